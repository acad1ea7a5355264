package schemas

import (
	"encoding/json"

	"vramcalc/calc/workload"
)

// largestSize bounds DeepSpeed's sizes, in elements: its own files write 5e8 to
// 1e9, and 1e15 for no limit.
const largestSize = 1_000_000_000_000_000

// deepspeedOptions are the settings of DeepSpeed's zero_optimization that bear
// on memory, and ours: auto, which fills in what transformers puts for "auto",
// and rank.
var deepspeedOptions = []stackOption{
	{name: "auto", stacks: []workload.StackName{workload.DeepSpeed}, want: "true or false", set: autoSizes},
	zeroSwitch("contiguous_gradients", func(z *workload.ZeRO) *bool { return &z.Contiguous }),
	zeroSwitch("overlap_comm", func(z *workload.ZeRO) *bool { return &z.OverlapComm }),
	zeroCount("rank", 0, func(z *workload.ZeRO) *int64 {
		z.WorstRank = false
		return &z.Rank
	}),
	zeroCount("reduce_bucket_size", 1, func(z *workload.ZeRO) *int64 { return &z.ReduceBucket }),
	zeroSwitch("reduce_scatter", func(z *workload.ZeRO) *bool { return &z.ReduceScatter }),
	zeroCount("stage3_max_live_parameters", 0, func(z *workload.ZeRO) *int64 { return &z.MaxLive }),
	zeroCount("stage3_max_reuse_distance", 0, func(z *workload.ZeRO) *int64 { return &z.MaxReuse }),
	zeroCount("stage3_param_persistence_threshold", 0, func(z *workload.ZeRO) *int64 { return &z.Persistence }),
	zeroCount("stage3_prefetch_bucket_size", 0, func(z *workload.ZeRO) *int64 { return &z.PrefetchBucket }),
	zeroCount("sub_group_size", 1, func(z *workload.ZeRO) *int64 { return &z.SubGroup }),
}

func zeroSwitch(name string, field func(*workload.ZeRO) *bool) stackOption {
	return switchOption(name, func(s *workload.Stack) *bool { return field(&s.ZeRO) }, workload.DeepSpeed)
}

func zeroCount(name string, low int64, field func(*workload.ZeRO) *int64) stackOption {
	return countOption(name, low, largestSize, func(s *workload.Stack) *int64 { return field(&s.ZeRO) }, workload.DeepSpeed)
}

// autoSizes are the values that transformers' Trainer puts where DeepSpeed's
// configuration says "auto" (transformers/integrations/deepspeed.py,
// trainer_config_finalize). Settings that are given beside it beat them: their
// names come later.
func autoSizes(r *resolver, s *workload.Stack, raw json.RawMessage) bool {
	const (
		prefetched = 9 // tenths of a square matrix
		rows       = 10
	)
	h := r.model.Text.Hidden
	switch string(raw) {
	case "true":
		s.ZeRO.ReduceBucket = h * h
		s.ZeRO.PrefetchBucket = int64(float64(prefetched*h*h) / 10)
		s.ZeRO.Persistence = rows * h
	case "false":
	default:
		return false
	}
	return h > 0 || string(raw) == "false"
}
