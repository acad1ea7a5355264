package workload

// Algorithm is how a model is aligned.
type Algorithm uint8

// The values of Algorithm; zero stands for ordinary training.
const (
	GRPO Algorithm = iota + 1
	DPO
	ORPO
	PPO
	RewardModel
)

var algorithmNames = table{
	{name: "grpo", aliases: []string{"group relative policy optimization", "dr grpo", "dapo"}},
	{name: "dpo", aliases: []string{"direct preference optimization"}},
	{name: "orpo"},
	{name: "ppo", aliases: []string{"proximal policy optimization"}},
	{name: "reward", aliases: []string{"reward model", "rm"}},
}

// String is the name on the wire.
func (a Algorithm) String() string { return algorithmNames.name(uint8(a)) }

// Values lists the names in order.
func (Algorithm) Values() []string { return algorithmNames.names() }

// MarshalText gives the name on the wire.
func (a Algorithm) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (a *Algorithm) UnmarshalText(text []byte) error {
	value, err := algorithmNames.parse(string(text))
	*a = Algorithm(value)
	return err
}

// Rollout is who writes the completions that a model learns from.
type Rollout uint8

// The values of Rollout; zero is invalid.
const (
	TransformersRollout Rollout = iota + 1 // the model itself, by generate
	ColocatedRollout                       // a server in the same process, on the same card
	ServerRollout                          // a server on other cards
)

var rolloutNames = table{
	{name: "transformers", aliases: []string{"generate", "hf"}},
	{name: "vllm-colocate", aliases: []string{"colocate", "vllm"}},
	{name: "vllm-server", aliases: []string{"server"}},
}

// String is the name on the wire.
func (r Rollout) String() string { return rolloutNames.name(uint8(r)) }

// Values lists the names in order.
func (Rollout) Values() []string { return rolloutNames.names() }

// MarshalText gives the name on the wire.
func (r Rollout) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (r *Rollout) UnmarshalText(text []byte) error {
	value, err := rolloutNames.parse(string(text))
	*r = Rollout(value)
	return err
}

// Reference is what the policy is compared with.
type Reference uint8

// The values of Reference; zero stands for none: the algorithm needs no
// reference, or its log-probabilities were computed before training.
const (
	NoReference    Reference = iota
	ReferenceCopy            // a second, frozen copy of the weights
	AdaptersSwitch           // the policy with its adapters switched off
)
