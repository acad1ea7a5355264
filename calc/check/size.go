package check

import "vramcalc/calc/workload"

// Sizes that rules compare with a threshold, from the shape alone: no engine
// runs here. They leave out norms, biases and a vision tower's projector, a few
// percent of a model; a number that is told to the caller is never one of them.

// matrices is the number of matrices of an MLP without and with a gate.
const (
	plainMatrices = 2
	gatedMatrices = 3
)

// parameters is about how many parameters the transformers of a workload have,
// 0 where the kind has none.
func (p *Pass) parameters() float64 {
	if p.Text == nil {
		return 0
	}
	t := p.Text
	h, layers := float64(t.Hidden), float64(t.Layers+t.DecoderLayers)
	n := layers*attentionParameters(t) + float64(t.Vocab)*h
	if !t.TiedEmbeddings {
		n += float64(t.Vocab) * h
	}
	dense := layers
	if e := p.Experts; e != nil && e.Count > 0 {
		with := float64(max(0, t.Layers+t.DecoderLayers-e.FirstDense)) / float64(max(1, e.LayerFrequency))
		dense = layers - with
		n += with * h * mlpMatrices(t) * float64(e.Count*e.Intermediate+e.SharedIntermediate)
	}
	n += dense * h * mlpMatrices(t) * float64(t.Intermediate)
	if v := p.Vision; v != nil {
		n += float64(v.Layers) * float64(v.Hidden) * (4*float64(v.Hidden) + plainMatrices*float64(v.Intermediate))
	}
	return n
}

// attentionParameters are those of query, key, value and output of one layer.
func attentionParameters(t *workload.Text) float64 {
	width := float64(max(1, t.HeadDim))
	return float64(t.Hidden) * width * (2*float64(t.Heads) + 2*float64(t.KVHeads))
}

func mlpMatrices(t *workload.Text) float64 {
	if t.Gated {
		return gatedMatrices
	}
	return plainMatrices
}

// Bytes of a parameter in the widths that weights are kept in.
const (
	fullBytes    = 4
	halfBytes    = 2
	int8Bytes    = 1
	fourBitBytes = 0.5
)

// weightBytes is about what the base weights take. Fused experts are not
// quantized.
func (p *Pass) weightBytes() float64 {
	if p.Experts != nil && p.Text.Family != workload.Switch {
		return p.parameters() * weightWidth(p.Train)
	}
	switch p.Adapter.Quantization {
	case workload.Int8:
		return p.parameters() * int8Bytes
	case workload.NF4, workload.FP4, workload.NF4Double:
		return p.parameters() * fourBitBytes
	}
	return p.parameters() * weightWidth(p.Train)
}

func weightWidth(t *workload.Train) float64 {
	if t.Weights() == workload.FP32 {
		return fullBytes
	}
	return halfBytes
}

// adapts says whether the base weights stay as they are.
func (p *Pass) adapts() bool {
	switch p.Train.Method {
	case workload.LoRA, workload.QLoRA, workload.Prefix:
		return true
	}
	return false
}

// hasLoRA says whether adapters of LoRA are trained.
func (p *Pass) hasLoRA() bool {
	return p.Train.Method == workload.LoRA || p.Train.Method == workload.QLoRA
}

// tokens are those of a micro-batch, 0 where the kind has none.
func (p *Pass) tokens() int64 {
	if p.Text == nil {
		return 0
	}
	return p.Train.Batch * p.Train.Sequence
}

// effectiveBatch is the number of samples behind one optimizer step.
func (p *Pass) effectiveBatch() int64 {
	return max(1, p.Train.Batch*p.Train.AccumulationSteps*p.Parallel.DataParallel())
}

// isContrastive says whether samples of a batch are each other's negatives:
// two towers that meet in a shared space.
func (p *Pass) isContrastive() bool {
	return p.Vision != nil && (p.Vision.Model == workload.ArchCLIP || p.Vision.Model == workload.ArchSigLIP)
}
