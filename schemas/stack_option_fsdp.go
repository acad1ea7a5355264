package schemas

import (
	"encoding/json"

	"vramcalc/calc/workload"
)

// fsdpOptions are the settings of torch's sharding by their own names.
var fsdpOptions = []stackOption{
	switchOption("gradient_as_bucket_view", func(s *workload.Stack) *bool { return &s.DDP.BucketViews }, workload.DDP),
	precisionOption("param_dtype", func(s *workload.Stack) *workload.Precision { return &s.FSDP.Param }, workload.FSDP2, workload.FSDP1),
	precisionOption("reduce_dtype", func(s *workload.Stack) *workload.Precision { return &s.FSDP.Reduce }, workload.FSDP2, workload.FSDP1),
	contraryOption("reshard_after_forward", func(s *workload.Stack) *bool { return &s.FSDP.Keep }, workload.FSDP2),
	switchOption("no_sync", func(s *workload.Stack) *bool { return &s.FSDP.NoSync }, workload.FSDP2, workload.FSDP1),
	choiceOption("via", []string{string(workload.ViaTorch), string(workload.ViaAccelerate), string(workload.ViaTransformers)},
		func(s *workload.Stack, v string) { s.FSDP.Via = workload.FSDPVia(v) }, workload.FSDP2),
	choiceOption("via", []string{string(workload.ViaAccelerate), string(workload.ViaTorch)},
		func(s *workload.Stack, v string) { s.FSDP.Via = workload.FSDPVia(v) }, workload.FSDP1),
	choiceOption("strategy", []string{string(workload.FullShard), string(workload.ShardGradOp), string(workload.NoShard)},
		func(s *workload.Stack, v string) { s.FSDP.Shards = workload.FSDPStrategy(v) }, workload.FSDP1),
}

// precisionOption is a setting that is a floating-point type by any usual name.
func precisionOption(name string, field func(*workload.Stack) *workload.Precision, stacks ...workload.StackName) stackOption {
	names := map[string]workload.Precision{
		"bf16": workload.BF16, "bfloat16": workload.BF16, "fp16": workload.FP16, "float16": workload.FP16, "fp32": workload.FP32, "float32": workload.FP32,
	}
	return stackOption{name: name, stacks: stacks, want: "bf16, fp16 or fp32", set: func(_ *resolver, s *workload.Stack, raw json.RawMessage) bool {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return false
		}
		p, known := names[workload.Fold(text)]
		*field(s) = p
		return known
	}}
}

// contraryOption is a switch whose field says the contrary.
func contraryOption(name string, field func(*workload.Stack) *bool, stacks ...workload.StackName) stackOption {
	o := switchOption(name, field, stacks...)
	set := o.set
	o.set = func(r *resolver, s *workload.Stack, raw json.RawMessage) bool {
		ok := set(r, s, raw)
		*field(s) = !*field(s)
		return ok
	}
	return o
}

// gatherAs settles in which types sharded weights are gathered and gradients
// reduced where the stack's options do not say: with fp32 shards (precisionMode
// master) in the precision that is computed in and in fp32; accelerate reduces
// in the former too.
func gatherAs(s *workload.Stack, t workload.Train) {
	f := &s.FSDP
	if s.Name != workload.FSDP2 && s.Name != workload.FSDP1 {
		return
	}
	if f.Via == "" {
		f.Via = workload.ViaTorch
		if s.Name == workload.FSDP1 {
			f.Via = workload.ViaAccelerate
		}
	}
	if t.Mode != workload.Master {
		return
	}
	if f.Param == 0 {
		f.Param = t.Compute()
	}
	if f.Reduce == 0 {
		f.Reduce = workload.FP32
		if f.Via == workload.ViaAccelerate {
			f.Reduce = f.Param
		}
	}
}
