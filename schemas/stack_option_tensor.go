package schemas

import "vramcalc/calc/workload"

// tensorOptions are settings of tensor parallelism in a plain loop: which of
// transformers' plan and torch's own parallel styles cuts the matrices, which
// takes the same memory, and what the latter can cut as well.
var tensorOptions = []stackOption{
	choiceOption("via", []string{"transformers", "dtensor"}, func(*workload.Stack, string) {}, workload.PyTorch),
	switchOption("sequence_parallel", func(s *workload.Stack) *bool { return &s.Tensor.Sequence }, workload.PyTorch),
	countOption("microbatches", 1, 65536, func(s *workload.Stack) *int64 { return &s.Pipeline.Micros }, workload.PyTorch),
	countOption("rank", 0, 65535, func(s *workload.Stack) *int64 { return &s.Pipeline.Rank }, workload.PyTorch),
	choiceOption("schedule", []string{"1f1b", "gpipe"}, func(s *workload.Stack, v string) { s.Pipeline.GPipe = v == "gpipe" }, workload.PyTorch),
	switchOption("return_outputs", func(s *workload.Stack) *bool { return &s.Pipeline.ReturnOutputs }, workload.PyTorch),
	switchOption("loss_parallel", func(s *workload.Stack) *bool { return &s.Tensor.Loss }, workload.PyTorch),
}
