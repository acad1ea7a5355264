package schemas

import "vramcalc/calc/workload"

// tensorOptions are settings of tensor parallelism in a plain loop: which of
// transformers' plan and torch's own parallel styles cuts the matrices, which
// takes the same memory, and what the latter can cut as well.
var tensorOptions = []stackOption{
	choiceOption("via", []string{"transformers", "dtensor"}, func(*workload.Stack, string) {}, workload.PyTorch),
	switchOption("sequence_parallel", func(s *workload.Stack) *bool { return &s.Tensor.Sequence }, workload.PyTorch),
	switchOption("loss_parallel", func(s *workload.Stack) *bool { return &s.Tensor.Loss }, workload.PyTorch),
}
