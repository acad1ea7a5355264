package workload

// TensorParallel is how matrices are spread over GPUs.
type TensorParallel struct {
	Sequence bool `json:"sequence,omitempty"` // norms and the residual stream are cut by tokens (torch's SequenceParallel)
	Loss     bool `json:"loss,omitempty"`     // logits stay cut by vocabulary (torch's loss_parallel)
}
