package schemas

import (
	"encoding/json"

	"vramcalc/calc/workload"
)

// ligerOptions are the switches of Liger's patching functions, and the one by
// which the trainers call them.
func ligerOptions() []stackOption {
	part := func(name, doc string, field func(*workload.LigerKernels) *bool) stackOption {
		return switchOption(name, func(s *workload.Stack) *bool { return field(&s.Liger) }, workload.Liger).says(doc)
	}
	swiglu := func(l *workload.LigerKernels) *bool { return &l.SwiGLU }
	return []stackOption{
		part("rope", "rotary embeddings in place", func(l *workload.LigerKernels) *bool { return &l.Rope }),
		part("rms_norm", "norms that keep their input and one number a row", func(l *workload.LigerKernels) *bool { return &l.RMSNorm }),
		part("swiglu", "gated MLPs that keep gate and up alone and overwrite them in backward", swiglu),
		part("geglu", "the same of Gemma's MLPs", swiglu),
		part("fused_linear_cross_entropy", "the loss of chunks of tokens, its gradients made in forward", func(l *workload.LigerKernels) *bool { return &l.FusedLoss }),
		part("cross_entropy", "the gradient of the loss written over fp32 logits", func(l *workload.LigerKernels) *bool { return &l.CrossEntropy }),
		{
			name: "use_liger_kernel", want: "true or false", doc: "Liger's kernels, all that it puts in the model's place; under trl-sft all but its loss",
			stacks: trainerStacks,
			set: func(_ *resolver, s *workload.Stack, raw json.RawMessage) bool {
				var on bool
				if json.Unmarshal(raw, &on) != nil {
					return false
				}
				s.Liger = workload.LigerKernels{}
				if on {
					s.Liger = workload.WholeLiger()
					s.Liger.FusedLoss = s.Name == workload.Transformers // TRL's own losses stay
				}
				return true
			},
		},
	}
}
