package schemas

import (
	"encoding/json"

	"vramcalc/calc/workload"
)

// ligerOptions are the switches of Liger's patching functions, and the one by
// which the trainers call them.
func ligerOptions() []stackOption {
	part := func(name string, field func(*workload.LigerKernels) *bool) stackOption {
		return switchOption(name, func(s *workload.Stack) *bool { return field(&s.Liger) }, workload.Liger)
	}
	swiglu := func(l *workload.LigerKernels) *bool { return &l.SwiGLU }
	return []stackOption{
		part("rope", func(l *workload.LigerKernels) *bool { return &l.Rope }),
		part("rms_norm", func(l *workload.LigerKernels) *bool { return &l.RMSNorm }),
		part("swiglu", swiglu),
		part("geglu", swiglu),
		part("fused_linear_cross_entropy", func(l *workload.LigerKernels) *bool { return &l.FusedLoss }),
		part("cross_entropy", func(l *workload.LigerKernels) *bool { return &l.CrossEntropy }),
		{
			name: "use_liger_kernel", want: "true or false",
			stacks: []workload.StackName{workload.Transformers, workload.TRLSFT},
			set: func(_ *resolver, s *workload.Stack, raw json.RawMessage) bool {
				var on bool
				if json.Unmarshal(raw, &on) != nil {
					return false
				}
				s.Liger = workload.LigerKernels{}
				if on {
					s.Liger = workload.WholeLiger()
					s.Liger.FusedLoss = s.Name != workload.TRLSFT // whose own loss stays
				}
				return true
			},
		},
	}
}
