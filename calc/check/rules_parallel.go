package check

import (
	"fmt"

	"vramcalc/calc/workload"
)

// Rules about GPUs: which one, how many, and how a model is spread over them.

var (
	sizesDivideGPUs = &Rule{
		ID:       "parallel/sizes-divide-gpus",
		Title:    "The parallel sizes do not divide the GPUs",
		Doc:      "Each replica of the model takes tensorParallelSize × pipelineParallelSize × contextParallelSize GPUs, so numGpus is a multiple of that.",
		Source:   "Megatron-LM, parallel_state",
		Severity: Error,
		Params:   []string{"numGpus", "tensorParallelSize", "pipelineParallelSize", "contextParallelSize"},
		Bad:      with(llama7B, `"numGpus":6,"tensorParallelSize":4`),
		Good:     with(llama7B, `"numGpus":8,"tensorParallelSize":4`),
		Run: func(p *Pass) *Told {
			n := modelGPUs(p.Parallel)
			if p.Parallel.GPUs%n == 0 {
				return nil
			}
			want := nearestMultiple(p.Parallel.GPUs, n)
			return &Told{
				Message: fmt.Sprintf("numGpus %d is no multiple of the %d GPUs of one replica", p.Parallel.GPUs, n),
				Fix:     fmt.Sprintf("Send numGpus %d.", want),
				Change:  map[string]any{"numGpus": want},
			}
		},
	}
	expertsDivideReplicas = &Rule{
		ID:       "parallel/expert-size-divides-replicas",
		Title:    "expertParallelSize does not divide the replicas",
		Doc:      "Experts are spread over data-parallel replicas, so expertParallelSize divides numGpus / (tensor × pipeline × context).",
		Source:   "Megatron-LM, parallel_state",
		Severity: Error,
		Applies:  mixtures,
		Params:   []string{"expertParallelSize", "numGpus"},
		Bad:      with(mixtral, `"numGpus":4,"expertParallelSize":3`),
		Good:     with(mixtral, `"numGpus":4,"expertParallelSize":4`),
		Run: func(p *Pass) *Told {
			d := p.Parallel.DataParallel()
			if p.Parallel.Expert <= 0 || d%p.Parallel.Expert == 0 {
				return nil
			}
			n := nearestDivisor(d, p.Parallel.Expert)
			return &Told{
				Message: fmt.Sprintf("expertParallelSize %d does not divide the %d replicas", p.Parallel.Expert, d),
				Fix:     fmt.Sprintf("Send expertParallelSize %d.", n),
				Change:  map[string]any{"expertParallelSize": n},
			}
		},
	}
	tensorDividesHeads = &Rule{
		ID:       "parallel/tensor-divides-heads",
		Title:    "tensorParallelSize does not divide the heads",
		Doc:      "Tensor parallelism gives each GPU whole attention heads.",
		Source:   "Shoeybi et al. 2019, section 3",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"tensorParallelSize", "numAttentionHeads"},
		Bad:      with(llama7B, `"tensorParallelSize":3`),
		Good:     with(llama7B, `"tensorParallelSize":4`),
		Run: func(p *Pass) *Told {
			return divides("tensorParallelSize", p.Parallel.Tensor, p.Text.Heads, "attention heads")
		},
	}
	pipelineDividesLayers = &Rule{
		ID:       "parallel/pipeline-divides-layers",
		Title:    "pipelineParallelSize does not divide the layers",
		Doc:      "Pipeline parallelism gives each stage the same number of layers.",
		Source:   "Narayanan et al. 2021, section 2.2",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"pipelineParallelSize", "numLayers"},
		Bad:      with(llama7B, `"pipelineParallelSize":5`),
		Good:     with(llama7B, `"pipelineParallelSize":4`),
		Run: func(p *Pass) *Told {
			return divides("pipelineParallelSize", p.Parallel.Pipeline, p.Text.Layers, "layers")
		},
	}
	expertSizeDividesExperts = &Rule{
		ID:       "parallel/expert-size-divides-experts",
		Title:    "expertParallelSize does not divide the experts",
		Doc:      "Expert parallelism gives each GPU the same number of experts.",
		Source:   "Lepikhin et al. 2020, section 3",
		Severity: Error,
		Applies:  mixtures,
		Params:   []string{"expertParallelSize", "numExperts"},
		Bad:      with(mixtral, `"expertParallelSize":3`),
		Good:     with(mixtral, `"expertParallelSize":4`),
		Run: func(p *Pass) *Told {
			return divides("expertParallelSize", p.Parallel.Expert, p.Experts.Count, "experts")
		},
	}
	// NotModelled fires where a way of running is asked for that has no numbers yet.
	NotModelled = &Rule{
		ID:       "stack/not-modelled",
		Title:    "This way of running is not modelled yet",
		Doc:      "Training stacks, sharding, offloading, compilation and packing change what is in memory. Those that are not written down yet are refused: a number for a plain PyTorch loop on one GPU would be the answer to another question. Leave the argument out to get that number.",
		Source:   "rough edges",
		Severity: Error,
		Params:   []string{"trainingStack", "stackOptions", "torchCompile", "packing", "sampleLengths", "numGpus", "tensorParallelSize", "pipelineParallelSize", "contextParallelSize", "expertParallelSize", "zeroStage", "cpuOffload"},
		Bad:      with(llama7B, `"trainingStack":"megatron","numGpus":8`),
		Good:     with(llama7B, `"trainingStack":"pytorch","numGpus":1,"zeroStage":0`),
	}
	// GPUUnknown fires where the catalogue has no card of the name.
	GPUUnknown = &Rule{
		ID:       "gpu/unknown",
		Title:    "The GPU is not in the catalogue",
		Doc:      "targetGpu names a catalogue entry by id, name or usual spelling. For any other card, or a MIG slice, send targetMemoryGiB.",
		Source:   "catalogue of GPUs",
		Severity: Error,
		Params:   []string{"targetGpu"},
		Bad:      with(llama7B, `"targetGpu":"RTX 9999"`),
		Good:     with(llama7B, `"targetGpu":"A100 80GB"`),
	}
	// GPUWithoutBF16 fires where the card computes bf16 only by emulation.
	GPUWithoutBF16 = &Rule{
		ID:       "gpu/no-bf16",
		Title:    "The GPU has no bf16",
		Doc:      "Cards before Ampere have no bf16 arithmetic: it is emulated and slow, or refused. Memory is the same in fp16, which they have.",
		Source:   "NVIDIA data sheets",
		Severity: Warning,
		Params:   []string{"targetGpu", "precision"},
		Bad:      with(llama7B, `"targetGpu":"V100 32GB"`),
		Good:     with(llama7B, `"targetGpu":"A100 80GB"`),
	}
)

// modelGPUs is how many GPUs one replica of the model takes.
func modelGPUs(p *workload.Parallel) int64 { return max(1, p.Tensor*p.Pipeline*p.Context) }

// divides tells that size must divide a count of the model.
func divides(argument string, size, count int64, what string) *Told {
	if size <= 0 || count <= 0 || count%size == 0 {
		return nil
	}
	n := nearestDivisor(count, size)
	return &Told{
		Message: fmt.Sprintf("%s %d does not divide the model's %d %s", argument, size, count, what),
		Fix:     fmt.Sprintf("Send %s %d.", argument, n),
		Change:  map[string]any{argument: n},
	}
}
