package workload

// LigerKernels is which parts of a model Liger's kernels replace, by the names of its
// patching functions. Its fused linear cross entropy is the run's loss:
// FusedLoss.
type LigerKernels struct {
	Rope         bool `json:"rope,omitempty"`     // rotary embeddings in place
	RMSNorm      bool `json:"rms_norm,omitempty"` // norms that keep one number a row
	SwiGLU       bool `json:"swiglu,omitempty"`   // gated activations written over their operands in backward; GeGLU likewise
	FusedLoss    bool `json:"fused_linear_cross_entropy,omitempty"`
	CrossEntropy bool `json:"cross_entropy,omitempty"` // gradients written over fp32 logits
}

// On says whether any part is replaced.
func (l LigerKernels) On() bool { return l != LigerKernels{} }

// WholeLiger is what its patching functions replace unless told otherwise.
func WholeLiger() LigerKernels {
	return LigerKernels{Rope: true, RMSNorm: true, SwiGLU: true, FusedLoss: true}
}
