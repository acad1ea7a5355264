package cost_test

import (
	"encoding/json"
	"maps"
	"math"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/cost"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

type arguments = map[string]any

// runOf estimates arguments that must be taken.
func runOf(t *testing.T, a arguments) cost.Run {
	t.Helper()
	raw, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	args, problems := schemas.Decode[schemas.WorkloadArgs](raw)
	w, _, findings := args.Resolve(catalog.Load())
	if w == nil || check.HasErrors(problems) || check.HasErrors(findings) {
		t.Fatalf("%s is refused: %v %v", raw, problems, findings)
	}
	b, err := calc.Estimate(w)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return cost.RunOf(w, b.Work, cost.Dataset{Samples: args.DatasetSamples.Or(0), Tokens: args.DatasetTokens.Or(0)})
}

func gpu(t *testing.T, id string) catalog.GPU {
	t.Helper()
	g, _, ok := catalog.Load().GPU(id)
	if !ok {
		t.Fatalf("no GPU %s", id)
	}
	return g
}

func with(a, more arguments) arguments {
	out := maps.Clone(a)
	maps.Copy(out, more)
	return out
}

// The runs below were published with their speed. Where a setting was not, the
// recipe's default is taken. torchtune's rows of LoRA on consumer and
// workstation cards are left out: they are above what the cards can do.
var (
	// QwenLM/Qwen README, one A100-80GB: Trainer with bf16, checkpointing, micro-batch 1.
	qwen = arguments{"precision": "bf16", "precisionMode": "autocast-16", "batchSize": 1, "gradientCheckpointing": true}
	// torchtune README, single-device recipes.
	torchtune = arguments{"precision": "bf16", "sequenceLength": 2048, "batchSize": 2, "lossImplementation": "chunked"}
	// timm, results/benchmark-train-amp-nhwc-pt112-cu113-rtx3090.csv.
	timm = arguments{"precision": "fp16", "channelsLast": true, "batchSize": 128, "optimizer": "sgd_momentum", "learningRate": 0.1}
	// NVIDIA DeepLearningExamples, PyTorch ConvNets, one GPU.
	nvidia = arguments{"precision": "fp16", "channelsLast": true, "batchSize": 128, "optimizer": "sgd_momentum", "learningRate": 0.1}
	full32 = arguments{"precision": "fp32", "channelsLast": false}
)

// TestPublished holds the range of every published run: its speed lies inside,
// and the middle is no further off than the range is wide.
func TestPublished(t *testing.T) {
	lora := arguments{"loraRank": 64, "loraTargetModules": "all-linear"}
	qlora := with(lora, arguments{"precision": "int4", "kbitPreparation": false})
	for _, run := range []struct {
		name, gpu string
		base      arguments
		more      arguments
		rate      float64 // tokens or images a second
	}{
		{"qwen 7b lora 1k", "a100-80gb-sxm", qwen, with(lora, arguments{"modelId": "qwen1.5-7b", "sequenceLength": 1024}), 2900},
		{"qwen 7b lora 8k", "a100-80gb-sxm", qwen, with(lora, arguments{"modelId": "qwen1.5-7b", "sequenceLength": 8192}), 2900},
		{"qwen 7b qlora 256", "a100-80gb-sxm", qwen, with(qlora, arguments{"modelId": "qwen1.5-7b", "sequenceLength": 256}), 1160},
		{"qwen 7b qlora 1k", "a100-80gb-sxm", qwen, with(qlora, arguments{"modelId": "qwen1.5-7b", "sequenceLength": 1024}), 2300},
		{"qwen 14b lora 2k", "a100-80gb-sxm", qwen, with(lora, arguments{"modelId": "qwen1.5-14b", "sequenceLength": 2048}), 1900},
		{"qwen 72b qlora 8k", "a100-80gb-sxm", qwen, with(qlora, arguments{"modelId": "qwen1.5-72b", "sequenceLength": 8192}), 320},
		{"qwen 1.8b full 2k", "a100-80gb-sxm", qwen, arguments{"modelId": "qwen1.5-1.8b", "sequenceLength": 2048}, 9000},
		{"llama 3.2 3b full", "a100-80gb-sxm", torchtune, arguments{"modelId": "llama-3.2-3b"}, 8998},
		{"llama 3.2 3b full, checkpointed", "a100-80gb-sxm", torchtune, arguments{"modelId": "llama-3.2-3b", "gradientCheckpointing": true}, 7210},
		{"llama 3.2 3b lora, checkpointed", "a100-80gb-sxm", torchtune, arguments{"modelId": "llama-3.2-3b", "gradientCheckpointing": true, "loraRank": 8, "loraPrecision": "model"}, 8210},
		{"llama 3.1 8b full, 8-bit optimizer", "rtx-4090", torchtune, arguments{"modelId": "llama-3.1-8b", "gradientCheckpointing": true, "optimizer": "paged_adamw_8bit"}, 1650},
		{"resnet50", "rtx-3090", timm, arguments{"modelId": "timm/resnet50"}, 1218},
		{"resnet18", "rtx-3090", timm, arguments{"modelId": "timm/resnet18"}, 3482},
		{"resnet101", "rtx-3090", timm, arguments{"modelId": "timm/resnet101"}, 748},
		{"vgg11", "rtx-3090", timm, arguments{"modelId": "timm/vgg11"}, 954},
		{"densenet121", "rtx-3090", timm, arguments{"modelId": "timm/densenet121"}, 914},
		{"efficientnet_b0", "rtx-3090", timm, arguments{"modelId": "timm/efficientnet_b0"}, 1752},
		{"mobilenetv3_large_100", "rtx-3090", timm, arguments{"modelId": "timm/mobilenetv3_large_100"}, 2732},
		{"convnext_tiny", "rtx-3090", timm, arguments{"modelId": "timm/convnext_tiny"}, 819},
		{"resnext50_32x4d", "rtx-3090", timm, arguments{"modelId": "timm/resnext50_32x4d"}, 1001},
		{"inception_v3", "rtx-3090", timm, arguments{"modelId": "timm/inception_v3", "inputImageSize": 299}, 782},
		{"vit_small_patch16_224", "rtx-3090", timm, arguments{"modelId": "timm/vit_small_patch16_224"}, 1058},
		{"resnet50", "a100-80gb-sxm", nvidia, arguments{"modelId": "torchvision/resnet50"}, 2470},
		{"resnet50, TF32", "a100-80gb-sxm", nvidia, with(full32, arguments{"modelId": "torchvision/resnet50"}), 938},
		{"resnet50", "v100-sxm2-16gb", nvidia, arguments{"modelId": "torchvision/resnet50", "batchSize": 64}, 1200},
		{"resnet50, fp32", "v100-sxm2-16gb", nvidia, with(full32, arguments{"modelId": "torchvision/resnet50", "batchSize": 64}), 367},
		{"efficientnet_b0", "a100-80gb-sxm", nvidia, arguments{"modelId": "torchvision/efficientnet_b0"}, 2489},
		{"efficientnet_b0, TF32", "a100-80gb-sxm", nvidia, with(full32, arguments{"modelId": "torchvision/efficientnet_b0"}), 1078},
		{"efficientnet_b0", "v100-sxm2-16gb", nvidia, arguments{"modelId": "torchvision/efficientnet_b0"}, 1301},
		{"efficientnet_b0, fp32", "v100-sxm2-16gb", nvidia, with(full32, arguments{"modelId": "torchvision/efficientnet_b0"}), 655},
		{"efficientnet_b4", "a100-80gb-sxm", nvidia, arguments{"modelId": "torchvision/efficientnet_b4", "inputImageSize": 380, "batchSize": 64}, 331},
		{"efficientnet_b4, fp32", "v100-sxm2-16gb", nvidia, with(full32, arguments{"modelId": "torchvision/efficientnet_b4", "inputImageSize": 380, "batchSize": 32}), 83},
	} {
		r := runOf(t, with(run.base, run.more))
		c, err := cost.Of(r, gpu(t, run.gpu))
		if err != nil {
			t.Errorf("%s: %v", run.name, err)
			continue
		}
		amount := r.Tokens
		if r.Kind == workload.CNN {
			amount = r.Samples
		}
		low, typical, high := amount/c.Step.High, amount/c.Second, amount/c.Step.Low
		t.Logf("%-36s %-15s %6.0f a second, estimated %6.0f (%.0f to %.0f), %.0f to %.0f %% of the peak", run.name, run.gpu, run.rate, typical, low, high, 100*c.Utilization.Low, 100*c.Utilization.High)
		if run.rate < low || run.rate > high {
			t.Errorf("%s on %s: %.0f a second was published, estimated %.0f to %.0f", run.name, run.gpu, run.rate, low, high)
		}
		if math.IsNaN(typical) || high/low > 4.5 {
			t.Errorf("%s: a range of %.1f times says nothing", run.name, high/low)
		}
	}
}
