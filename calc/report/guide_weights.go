package report

import (
	"strings"

	"vramcalc/calc"
	"vramcalc/calc/memory"
	"vramcalc/calc/workload"
)

// What the guide needs of a model and its closed forms do not say: parameters
// by part, and the sizes of a network's convolutions.
type modelCounts struct {
	weights [memory.Components]float64 // parameters by component
	norms   float64                    // channels of norms
	maps    float64                    // numbers that the convolutions put out for one image
}

// The plain run that countModel looks at.
const (
	plainBytes = 2  // of a bf16 number
	plainBatch = 64 // large enough for feature maps to be the peak
)

// countModel reads them off a run of the same model in plain bf16 on one GPU,
// with nothing quantized, frozen, adapted or recomputed. Where that run is not
// modelled, all are zero.
func countModel(w workload.Workload) modelCounts {
	c := clone(w)
	p := sectionsOf(c)
	p.Train.Precision, p.Train.Mode, p.Train.Method = workload.BF16, workload.Pure, workload.Full
	p.Train.Optimizer, p.Train.AccumulationSteps, p.Train.Checkpointing = workload.SGD, 1, false
	p.Train.FrozenLayers, p.Train.FrozenModules, p.Train.TrainableModules = -1, nil, nil
	p.Train.Batch = 1
	if p.Kind == workload.CNN {
		p.Train.Batch = plainBatch
	}
	*p.Adapter = workload.Adapter{Quantization: workload.NoQuantization, Precision: workload.AdapterModel}
	*p.Parallel = workload.Parallel{GPUs: 1, Tensor: 1, Pipeline: 1, Context: 1, Expert: 1, Offload: workload.NoOffload}
	var m modelCounts
	b, err := calc.Estimate(c)
	if err != nil {
		return m
	}
	for _, l := range b.Lines {
		if l.Component.Category() == memory.Weights {
			m.weights[l.Component] += float64(l.Bytes / plainBytes)
		}
	}
	// A norm has a scale and a shift for each channel, and is what is left.
	m.norms = (float64(b.Params.Total) - m.weights[memory.ConvolutionLayers] - m.weights[memory.FullyConnected]) / 2
	for _, t := range b.Tensors {
		if isMap(t) {
			m.maps += float64(t.Bytes / plainBytes / plainBatch)
		}
	}
	return m
}

// isMap says whether a tensor is a convolution's output: [B, C, H, W].
func isMap(t memory.Tensor) bool {
	symbols, _, _ := strings.Cut(t.Shape, " = ")
	return strings.HasSuffix(t.Label, " output") && strings.Count(symbols, ",") == 3
}
