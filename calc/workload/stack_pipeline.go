package workload

// Pipeline is how a step's micro-batches pass through the stages of a pipeline
// (torch.distributed.pipelining).
type Pipeline struct {
	Rank          int64 `json:"rank,omitempty"`          // the stage that is asked for; -1 = whichever of first and last needs more
	Micros        int64 `json:"microbatches,omitempty"`  // of a step, 0 = gradientAccumulationSteps, and at least one a stage
	GPipe         bool  `json:"gpipe,omitempty"`         // all forwards, then all backwards; else one forward, one backward
	ReturnOutputs bool  `json:"returnOutputs,omitempty"` // the last stage keeps the logits of all micro-batches
}
