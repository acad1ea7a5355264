package workload

// Pipeline is how a step's micro-batches pass through the stages of a pipeline
// (torch.distributed.pipelining).
type Pipeline struct {
	Rank          int64 `json:"rank,omitempty"`          // the stage that is asked for, or WorstStage
	Micros        int64 `json:"microbatches,omitempty"`  // of a step, 0 = gradientAccumulationSteps, and at least one a stage
	GPipe         bool  `json:"gpipe,omitempty"`         // all forwards, then all backwards; else one forward, one backward
	ReturnOutputs bool  `json:"returnOutputs,omitempty"` // the last stage keeps the logits of all micro-batches
}

// WorstStage asks for the first or the last stage of a pipeline, whichever needs
// more: the first has the embedding and the most micro-batches in flight, the
// last the head and the logits.
const WorstStage int64 = -1
