package workload

// Alignment is training on preferences, on rewards or on a model's own
// completions, as TRL's trainers run it. The zero value is any other training.
//
// Train.Batch counts completions where the model writes them itself, else
// pairs of a chosen and a rejected row. Train.Sequence is a whole row: prompt
// and completion.
type Alignment struct {
	Algorithm   Algorithm
	Prompt      int64 // tokens of a row before its completion, which are not scored
	Generations int64 // completions of one prompt
	Beta        float64
	Reference   Reference
	Rollout     Rollout
	Steps       int64   // micro-batches whose completions are written at once
	Iterations  int64   // times that a completion is learned from
	Precomputed bool    // the reference's log-probabilities were computed before training
	Warped      bool    // scores are divided by a temperature before a token is chosen
	Share       float64 // of the card's memory that a server in the same process takes
	Sleeps      bool    // that server lets go of the card while the model learns
}

// On says whether the run is one of alignment.
func (a Alignment) On() bool { return a.Algorithm != 0 }

// Writes says whether the model learns from completions of its own.
func (a Alignment) Writes() bool { return a.Algorithm == GRPO }

// Pairs says whether a sample is two rows, a chosen and a rejected one.
func (a Alignment) Pairs() bool { return a.On() && !a.Writes() }

// Generates says whether the training process itself writes the completions.
func (a Alignment) Generates() bool { return a.Writes() && a.Rollout == TransformersRollout }

// Rescores says whether the policy that wrote the completions scores them
// before it learns: a server's numbers are corrected by the model's own, and
// what was written some steps ago was written by an older policy.
func (a Alignment) Rescores(accumulation int64) bool {
	return a.Writes() && (a.Rollout != TransformersRollout || accumulation%max(1, a.Steps*a.Iterations) != 0)
}

// Serves says whether a server shares the card with the training process.
func (a Alignment) Serves() bool { return a.Writes() && a.Rollout == ColocatedRollout }
