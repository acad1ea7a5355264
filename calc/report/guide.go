package report

import (
	"vramcalc/calc/check"
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// This file and its neighbours write out the documented closed forms. They are
// kept because they are documented, with their gaps: one GPU, no phases, no
// quantization constants, one router and one batch norm whatever the depth.
// compare says where each of them parts from what the model does.

// Activation bytes that the guide keeps per layer, token and hidden element in
// 16 bits: a transformer layer's 34 of Korthikanti et al. 2022, or its input
// alone under gradient checkpointing.
const (
	keptPerElement   = 34
	keptCheckpointed = 2
)

// The documented bounds of what CUDA and its libraries take.
const (
	leastReserved = 1 * unit.GiB
	mostReserved  = 2 * unit.GiB
)

// guideLines are the components by the documented closed forms.
func guideLines(w workload.Workload, b memory.Breakdown) []line {
	g := guide{Pass: sectionsOf(w), params: b.Params}
	var lines []line
	switch g.Kind {
	case workload.NLP:
		lines = g.nlp()
	case workload.Multimodal:
		lines = g.multimodal(countModel(w))
	case workload.MoE:
		lines = g.moe()
	case workload.CNN:
		lines = g.cnn(countModel(w))
	}
	lines = append(lines, g.optimizer(), g.gradients())
	var reserved unit.Bytes
	for _, l := range b.Lines {
		if l.Component == memory.Reserved {
			reserved = l.Bytes
		}
	}
	return append(lines, line{
		component: memory.Reserved,
		bytes:     min(max(reserved, leastReserved), mostReserved),
		notes:     []say.Text{say.F("1 to 2 GiB as documented.")},
	})
}

// guide is what the closed forms are evaluated over.
type guide struct {
	*check.Pass
	params memory.Counts
}

type values = map[string]float64

// form is a line whose bytes are a closed form over values. The form is printed
// and a test evaluates it.
func form(c memory.Component, bytes float64, formula string, v values) line {
	return line{component: c, bytes: unit.BytesOf(bytes), formula: formula, values: v}
}

// width is b, the bytes of one number in the precision.
func (g guide) width() float64 {
	switch g.Train.Precision {
	case workload.FP32:
		return 4
	case workload.INT8:
		return 1
	case workload.INT4:
		return 0.5
	}
	return 2
}

// moments is M, the numbers that the optimizer keeps for each parameter. The
// guide names sgd, sgd_momentum, adam and adamw; the others follow by what
// they keep in full size.
func (g guide) moments() float64 {
	switch g.Train.Optimizer {
	case workload.SGD, workload.Adafactor:
		return 0
	case workload.SGDMomentum, workload.Lion, workload.Lion8bit, workload.Muon, workload.RMSProp:
		return 1
	}
	return 2
}

func (g guide) optimizer() line {
	p, b, m := float64(g.params.Trainable), g.width(), g.moments()
	return form(memory.OptimizerStates, p*b*m, "P_t·b·M", values{"P_t": p, "b": b, "M": m})
}

func (g guide) gradients() line {
	p, b := float64(g.params.Trainable), g.width()
	return form(memory.GradientStorage, p*b, "P_t·b", values{"P_t": p, "b": b})
}

// base are the parameters without adapters.
func (g guide) base() float64 { return float64(g.params.Total - g.params.Adapters) }

func (g guide) nlp() []line {
	p, b := g.base(), g.width()
	batch, seq, hidden := float64(g.Train.Batch), float64(g.Train.Sequence), float64(g.Text.Hidden)
	layers := float64(g.Text.Layers + g.Text.DecoderLayers)
	n := float64(keptPerElement)
	if g.Train.Checkpointing {
		n = keptCheckpointed
	}
	lines := []line{
		form(memory.ModelWeights, p*b, "P·b", values{"P": p, "b": b}),
		form(memory.ActivationStorage, batch*seq*hidden*layers*n*b/2, "B·S·H·L·N·b/2",
			values{"B": batch, "S": seq, "H": hidden, "L": layers, "N": n, "b": b}),
		form(memory.KVCache, 2*batch*seq*hidden*layers*b, "2·B·S·H·L·b",
			values{"B": batch, "S": seq, "H": hidden, "L": layers, "b": b}),
	}
	if a := float64(g.params.Adapters); a > 0 {
		l := form(memory.LoRAParameters, 2*a*b, "2·P_lora·b", values{"P_lora": a, "b": b})
		l.notes = []say.Text{say.F("P_lora = Σ r·(d_in + d_out) over the adapted matrices; the guide counts a second copy.")}
		lines = append(lines, l)
	}
	return lines
}

func (g guide) moe() []line {
	b := g.width()
	batch, seq, hidden := float64(g.Train.Batch), float64(g.Train.Sequence), float64(g.Text.Hidden)
	experts, active := float64(g.Experts.Count), float64(g.Experts.Active)
	expert := float64(g.expertParameters())
	l := form(memory.ActiveExperts, active*expert*b, "K·P_expert·b", values{"K": active, "P_expert": expert, "b": b})
	l.notes = []say.Text{say.F("P_expert is one expert of every layer.")}
	return []line{
		form(memory.Router, hidden*experts*b, "H·E·b", values{"H": hidden, "E": experts, "b": b}),
		l,
		form(memory.RoutingProbabilities, batch*seq*experts*b, "B·S·E·b", values{"B": batch, "S": seq, "E": experts, "b": b}),
		form(memory.ExpertAssignment, batch*seq*active*b, "B·S·K·b", values{"B": batch, "S": seq, "K": active, "b": b}),
		form(memory.LoadBalance, experts*b, "E·b", values{"E": experts, "b": b}),
	}
}

// expertParameters counts one routed expert over all layers that have experts.
func (g guide) expertParameters() int64 {
	matrices := int64(2)
	if g.Text.Gated {
		matrices = 3
	}
	every := max(1, g.Experts.LayerFrequency)
	layers := (g.Text.Layers - g.Experts.FirstDense + g.Text.DecoderLayers) / every
	return matrices * g.Text.Hidden * g.Experts.Intermediate * layers
}

func (g guide) multimodal(m modelCounts) []line {
	vision, text, fusion := m.weights[memory.VisionEncoder], m.weights[memory.TextEncoder], m.weights[memory.FusionLayer]
	b := g.width()
	v := g.Vision
	width, height, channels := float64(v.Width), float64(v.Height), float64(max(1, v.Channels))
	patch := float64(max(1, v.Patch))
	batch, tokens, dim := float64(g.Train.Batch), float64(g.Train.Sequence), float64(v.Hidden)
	patches := width * height / (patch * patch)
	return []line{
		form(memory.VisionEncoder, (height*width*channels+vision)*b, "(H·W·C + P_vision)·b",
			values{"H": height, "W": width, "C": channels, "P_vision": vision, "b": b}),
		form(memory.TextEncoder, text*b, "P_text·b", values{"P_text": text, "b": b}),
		form(memory.FusionLayer, fusion*b, "P_fusion·b", values{"P_fusion": fusion, "b": b}),
		form(memory.ImageFeatures, batch*patches*dim*b, "B·(H·W/p^2)·D·b",
			values{"B": batch, "H": height, "W": width, "p": patch, "D": dim, "b": b}),
		form(memory.CrossModalAttention, batch*tokens*patches*b, "B·S_text·S_vision·b",
			values{"B": batch, "S_text": tokens, "S_vision": patches, "b": b}),
	}
}
