package schemas_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// stackRun is a call under a training stack with settings of it.
func stackRun(stack, options, more string) string {
	return fmt.Sprintf(`{"modelType":"nlp","modelId":"llama-7b","precision":"bf16","batchSize":4,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3,"trainingStack":%q,"stackOptions":%s%s}`, stack, options, more)
}

// TestStackOptions holds what settings of stacks do to the workload.
func TestStackOptions(t *testing.T) {
	whole := workload.WholeLiger()
	for _, c := range []struct {
		name, stack, options, more string
		want                       func(train *workload.Train, s *workload.Stack)
	}{
		{"Liger's switches", "liger", `{"rope":false,"cross_entropy":true,"fused_linear_cross_entropy":false}`, "", func(train *workload.Train, s *workload.Stack) {
			s.Liger.Rope, s.Liger.CrossEntropy, s.Liger.FusedLoss = false, true, false
			train.Loss = workload.StandardLoss
		}},
		{"Trainer patches the whole model", "transformers", `{"use_liger_kernel":true}`, "", func(train *workload.Train, s *workload.Stack) {
			s.Liger, train.Loss = whole, workload.FusedLoss
		}},
		{"TRL keeps its own loss", "trl-sft", `{"use_liger_kernel":true}`, "", func(_ *workload.Train, s *workload.Stack) {
			s.Liger = whole
			s.Liger.FusedLoss = false
		}},
		{"dft", "trl-sft", `{"loss_type":"DFT"}`, "", func(_ *workload.Train, s *workload.Stack) { s.SFT.WeighsTokens = true }},
		{"wrapped rows", "trl-sft", `{"packing_strategy":"wrapped"}`, `,"packing":true`, func(train *workload.Train, s *workload.Stack) {
			s.SFT.FlattensPacked, train.Packing = false, true
		}},
		{"reentrant", "trl-sft", `{"gradient_checkpointing_kwargs":{"use_reentrant":true}}`, "", func(train *workload.Train, _ *workload.Stack) {
			train.CheckpointingForm = workload.Reentrant
		}},
		{"no clipping", "transformers", `{"max_grad_norm":0}`, "", func(train *workload.Train, _ *workload.Stack) { train.Clipping = 0 }},
		{"padded to the longest", "transformers", `{}`, `,"sampleLengths":[100,70]`, func(train *workload.Train, _ *workload.Stack) {
			train.Lengths, train.Sequence = []int64{100, 70}, 100
		}},
		{"an older release", "transformers", `{"version":"4.52.4"}`, `,"gradientCheckpointing":true`, func(train *workload.Train, s *workload.Stack) {
			train.Checkpointing, train.CheckpointingForm, train.Implementation = true, workload.Reentrant, workload.Foreach
			s.Library = workload.Library{RepeatsHeads: true, CopiesHeads: true, SeparateExperts: true}
		}},
		{"the present release", "transformers", `{"version":"5.24"}`, "", func(*workload.Train, *workload.Stack) {}},
	} {
		got, _, findings := resolved(t, stackRun(c.stack, c.options, c.more))
		base, _, _ := resolved(t, stackRun(c.stack, `{}`, ""))
		if got == nil || base == nil {
			t.Errorf("%s: refused: %v", c.name, findings)
			continue
		}
		train, stack := base.Train, base.Stack
		c.want(&train, &stack)
		if diff := cmp.Diff(stack, got.Stack); diff != "" {
			t.Errorf("%s: Stack mismatch (-want +got)\n%s", c.name, diff)
		}
		if diff := cmp.Diff(train, got.Train); diff != "" {
			t.Errorf("%s: Train mismatch (-want +got)\n%s", c.name, diff)
		}
	}
}

// TestStackOptionsRefused holds that a setting which a stack does not have, or
// cannot read, is an error.
func TestStackOptionsRefused(t *testing.T) {
	for _, c := range []struct{ stack, options, rule string }{
		{"pytorch", `{"use_liger_kernel":true}`, "stack/option-unknown"},
		{"liger", `{"rope":1}`, "stack/option-value"},
		{"trl-sft", `{"loss_type":"chunked_nll"}`, "stack/option-value"},
		{"transformers", `{"version":"7.0"}`, "stack/option-value"},
		{"transformers", `{"gradient_checkpointing_kwargs":true}`, "stack/option-value"},
	} {
		args, _ := schemas.Decode[schemas.EstimateArgs]([]byte(stackRun(c.stack, c.options, "")))
		w, _, findings := args.Resolve(catalog.Load())
		found := false
		for _, f := range findings {
			found = found || f.ID == c.rule
		}
		if w != nil || !found {
			t.Errorf("%s with %s: want the error %s, got %v", c.stack, c.options, c.rule, findings)
		}
	}
}
