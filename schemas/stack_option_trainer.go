package schemas

import (
	"encoding/json"

	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// trainerOptions are settings of transformers' TrainingArguments that bear on
// memory and have no argument of their own here.
func trainerOptions() []stackOption {
	trainers := trainerStacks
	return []stackOption{
		{
			name: "max_grad_norm", stacks: trainers, want: "a number, 0 for no clipping", doc: "the same as gradientClipping; Trainer takes the norm of the gradients in any case",
			set: func(r *resolver, _ *workload.Stack, raw json.RawMessage) bool {
				var norm float64
				if json.Unmarshal(raw, &norm) != nil || norm < 0 {
					return false
				}
				fillIn(r, "gradientClipping", &r.args.GradientClipping, norm)
				return true
			},
		},
		{
			name: "gradient_checkpointing_kwargs", stacks: trainers, want: `an object such as {"use_reentrant": false}`, doc: "the form of gradient checkpointing, as checkpointingImplementation",
			set: func(r *resolver, _ *workload.Stack, raw json.RawMessage) bool {
				var given struct {
					Reentrant *bool `json:"use_reentrant"`
				}
				if json.Unmarshal(raw, &given) != nil || given.Reentrant == nil {
					return false
				}
				form := workload.NonReentrant
				if *given.Reentrant {
					form = workload.Reentrant
				}
				fillIn(r, "checkpointingImplementation", &r.args.CheckpointingImplementation, form)
				return true
			},
		},
	}
}

// fillIn gives an argument that the caller did not send the value that a
// setting of the stack means.
func fillIn[T any](r *resolver, name string, o *Opt[T], v T) {
	if o.IsSet() {
		return
	}
	*o = Some(v)
	r.assume(name, v, report.Derived, "stackOptions")
}
