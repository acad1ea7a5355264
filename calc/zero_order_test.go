package calc_test

import (
	"testing"

	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// FuzzZeROShardsMore holds that a higher stage, more GPUs and offloading never
// need more tensor bytes, but for the buffers that a stage states: the reduction
// bucket and its copy, and in stage 3 what is gathered.
func FuzzZeROShardsMore(f *testing.F) {
	f.Add(uint8(0), uint8(2), uint8(1), false)
	f.Add(uint8(1), uint8(3), uint8(2), true)
	f.Add(uint8(2), uint8(7), uint8(4), true)
	f.Add(uint8(3), uint8(5), uint8(3), false)
	f.Fuzz(func(t *testing.T, kind, gpus, layers uint8, checkpointing bool) {
		n, depth := int64(gpus%16)+1, int64(layers%5)+1
		w := func(stage, ranks int64, offload workload.Offload) unit.Bytes {
			return peakOfZeRO(t, int(kind), stage, ranks, depth, offload, checkpointing)
		}
		const elements = 2
		buffers := unit.Bytes(elements * (2*zeroBucket + 2*zeroLive))
		for stage := int64(1); stage <= 3; stage++ {
			one, more := w(stage, n, workload.NoOffload), w(stage, 2*n, workload.NoOffload)
			if more > one+buffers {
				t.Errorf("stage %d: %d GPUs need %d, %d need %d", stage, n, one, 2*n, more)
			}
			if host := w(stage, n, workload.OffloadOptimizer); host > one+buffers {
				t.Errorf("stage %d: %d, and %d with the optimizer on the host", stage, one, host)
			}
			if below := w(stage-1, n, workload.NoOffload); n > 1 && one > below+buffers {
				t.Errorf("%d GPUs: stage %d needs %d, stage %d needs %d", n, stage-1, below, stage, one)
			}
		}
	})
}

// zeroBucket and zeroLive are the sizes that the property's runs set, in
// elements.
const (
	zeroBucket = 200_000
	zeroLive   = 400_000
)

func peakOfZeRO(t *testing.T, kind int, stage, ranks, layers int64, offload workload.Offload, checkpointing bool) unit.Bytes {
	families := []string{"llama", "qwen2", "gemma", "gpt_neox"}
	a := map[string]any{
		"modelType": "nlp", "precision": "bf16", "batchSize": 1, "sequenceLength": 64, "learningRate": 1e-4, "optimizer": "adamw", "trainingEpochs": 1,
		"modelConfig": map[string]any{
			"model_type": families[kind%len(families)], "hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": layers,
			"num_attention_heads": 4, "num_key_value_heads": 4, "vocab_size": 700,
		},
		"trainingStack": "deepspeed", "numGpus": ranks, "zeroStage": stage, "cpuOffload": offload, "gradientCheckpointing": checkpointing,
		"stackOptions": map[string]any{"reduce_bucket_size": zeroBucket},
	}
	if stage == 3 {
		a["stackOptions"] = map[string]any{
			"reduce_bucket_size": zeroBucket, "stage3_prefetch_bucket_size": zeroLive,
			"stage3_max_live_parameters": zeroLive, "stage3_max_reuse_distance": zeroLive,
		}
	}
	peak, ok := peakOf(t, a)
	if !ok {
		t.Fatalf("%v is refused", a)
	}
	return peak
}
