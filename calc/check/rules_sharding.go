package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about how well a run is spread over GPUs.

var (
	zeroAlone = &Rule{
		ID:       "parallel/zero-on-one-gpu",
		Title:    "Nothing to shard on one GPU",
		Doc:      "ZeRO divides states, gradients and weights among data-parallel replicas. With one replica each keeps all of them and only the communication buffers are added.",
		Source:   "Rajbhandari et al. 2020, ZeRO",
		Severity: Warning,
		Params:   []string{"zeroStage", "numGpus"},
		Bad:      with(llama7B, `"zeroStage":3`),
		Good:     with(llama7B, `"zeroStage":3,"numGpus":8`),
		Run: func(p *Pass) *Told {
			if p.Parallel.ZeROStage == 0 || p.Parallel.DataParallel() > 1 {
				return nil
			}
			return &Told{
				Message: say.F("zeroStage %d shards nothing over one replica", p.Parallel.ZeROStage),
				Fix:     say.F("Send numGpus, or leave zeroStage out."),
				Change:  map[string]any{"zeroStage": nil},
			}
		},
	}
	tensorAcrossNodes = &Rule{
		ID:       "parallel/tensor-across-nodes",
		Title:    "Tensor parallelism across nodes",
		Doc:      "Tensor parallelism exchanges activations twice in every layer and needs NVLink within a node. Beyond the GPUs of a node, 8 as a rule, the network binds: use pipeline or data parallelism between nodes.",
		Source:   "Narayanan et al. 2021, section 3.2",
		Severity: Warning,
		Params:   []string{"tensorParallelSize"},
		Bad:      with(llama7B, `"tensorParallelSize":16`),
		Good:     with(llama7B, `"tensorParallelSize":8`),
		Run: func(p *Pass) *Told {
			node := int64(usualNode)
			if p.Card != nil && p.Card.MaxPerNode > 0 {
				node = p.Card.MaxPerNode
			}
			if p.Parallel.Tensor <= node {
				return nil
			}
			return &Told{
				Message: say.F("tensorParallelSize %d is more than the %d GPUs of a node", p.Parallel.Tensor, node),
				Fix:     say.F("Send tensorParallelSize %d.", node),
				Change:  map[string]any{"tensorParallelSize": node},
			}
		},
	}
	pipelineBubble = &Rule{
		ID:       "parallel/pipeline-bubble",
		Title:    "Most of the pipeline is idle",
		Doc:      "A pipeline of p stages idles for p - 1 of p - 1 + m micro-batches. With fewer micro-batches than stages more than a third of the time is lost: raise gradientAccumulationSteps to four times the stages.",
		Source:   "Huang et al. 2019, GPipe, section 2.3",
		Severity: Warning,
		Params:   []string{"pipelineParallelSize", "gradientAccumulationSteps"},
		Bad:      with(llama7B, `"pipelineParallelSize":4`),
		Good:     with(llama7B, `"pipelineParallelSize":4,"gradientAccumulationSteps":16`),
		Run: func(p *Pass) *Told {
			stages, m := p.Parallel.Pipeline, p.Train.AccumulationSteps
			if stages <= 1 || m >= stages {
				return nil
			}
			return &Told{
				Message: say.F("%d micro-batches leave a pipeline of %d stages idle %.0f%% of the time", m, stages, 100*float64(stages-1)/float64(stages-1+m)),
				Fix:     say.F("Send gradientAccumulationSteps %d.", min(mostSteps, fullPipeline*stages)),
				Change:  map[string]any{"gradientAccumulationSteps": min(mostSteps, fullPipeline*stages)},
			}
		},
	}
	contextShort = &Rule{
		ID:       "parallel/context-short",
		Title:    "Short sequences are split",
		Doc:      "Context parallelism divides a sequence and passes keys and values around in every layer. It pays for long sequences; below some thousand tokens a GPU waits for its neighbours.",
		Source:   "Liu et al. 2023, Ring Attention, section 3",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"contextParallelSize", "sequenceLength"},
		Bad:      with(llama7B, `"contextParallelSize":4,"sequenceLength":2048`),
		Good:     with(llama31, `"contextParallelSize":4,"sequenceLength":65536`),
		Run: func(p *Pass) *Told {
			c := p.Parallel.Context
			if c <= 1 || p.Train.Sequence/c >= shortPart {
				return nil
			}
			return &Told{
				Message: say.F("contextParallelSize %d leaves each GPU %d tokens", c, p.Train.Sequence/c),
				Fix:     say.F("Leave contextParallelSize out; data parallelism is faster here."),
				Change:  map[string]any{"contextParallelSize": nil},
			}
		},
	}
	offloadAdapters = &Rule{
		ID:       "parallel/offload-adapters",
		Title:    "There is little to offload",
		Doc:      "The states of adapters are a few megabytes. Offloading them saves next to nothing and moves gradients over PCIe in every step.",
		Source:   "Ren et al. 2021, ZeRO-Offload",
		Severity: Warning,
		Params:   []string{"cpuOffload", "fineTuningMethod"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","cpuOffload":"optimizer"`),
		Good:     with(llama7B, `"fineTuningMethod":"lora"`),
		Run: func(p *Pass) *Told {
			if p.Parallel.Offload != workload.OffloadOptimizer || !p.adapts() {
				return nil
			}
			return &Told{
				Message: say.F("cpuOffload optimizer saves next to nothing with fineTuningMethod %s", p.Train.Method),
				Fix:     say.F("Leave cpuOffload out."),
				Change:  map[string]any{"cpuOffload": nil},
			}
		},
	}
	targetCountBelow = &Rule{
		ID:       "gpu/count-below",
		Title:    "Fewer GPUs than the run uses",
		Doc:      "targetGpuCount says how many cards there are, numGpus how many the run uses. There must be at least as many.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Params:   []string{"targetGpuCount", "numGpus"},
		Bad:      with(llama7B, `"numGpus":8,"targetGpuCount":4`),
		Good:     with(llama7B, `"numGpus":1,"targetGpuCount":4`),
		Run: func(p *Pass) *Told {
			if !p.Given("targetGpuCount") || p.Hardware.TargetCount >= p.Parallel.GPUs {
				return nil
			}
			return &Told{
				Message: say.F("the run uses %d GPUs and there are %d", p.Parallel.GPUs, p.Hardware.TargetCount),
				Fix:     say.F("Send numGpus %d.", p.Hardware.TargetCount),
				Change:  map[string]any{"numGpus": p.Hardware.TargetCount},
			}
		},
	}
)

// Thresholds of this file.
const (
	usualNode    = 8
	fullPipeline = 4    // micro-batches a stage at which a fifth of the time is idle (GPipe)
	mostSteps    = 4096 // the valid maximum
	shortPart    = 2048 // tokens of a GPU below which passing keys and values is not hidden
)
