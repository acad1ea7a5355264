package catalog_test

import (
	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
)

// countParams counts unique parameters of language models by formula, apart
// from the engines, to check shapes. ok is false for kinds that it does not
// know.
func countParams(m catalog.Model) (total int64, ok bool) {
	switch m.Kind {
	case workload.CNN:
		return 0, false
	case workload.Multimodal:
		return countMultimodal(m)
	}
	t, e := m.Text, m.Experts
	if m.Vision.Family == workload.Llama4Vision {
		tower, _ := countTower(m.Vision)
		total += tower + m.Vision.Projection*t.Hidden
	}
	c := counter{t: t, e: e}
	width := t.Hidden
	if t.EmbeddingDim > 0 {
		width = t.EmbeddingDim
		total += 2 * t.Hidden * t.EmbeddingDim
	}
	total += t.Vocab * width
	total += t.PositionRows*t.Hidden + t.TokenTypes*t.Hidden
	if !t.TiedEmbeddings && !t.Family.IsEncoder() {
		total += t.Vocab * width
	}
	if t.HeadBias && !t.Family.IsEncoder() {
		total += t.Vocab
	}
	if t.EmbeddingNorm {
		total += c.norm(t.Hidden)
	}
	switch {
	case t.Family.IsEncoder():
		total += c.encoder()
	case t.Family.IsEncoderDecoder():
		total += c.twoStacks()
	default:
		total += c.decoder()
	}
	return total, true
}

type counter struct {
	t workload.Text
	e workload.Experts
}

func linear(in, out int64, bias bool) int64 {
	if bias {
		return in*out + out
	}
	return in * out
}

func (c counter) norm(width int64) int64 {
	if c.t.Norm == workload.LayerNorm {
		return 2 * width
	}
	return width
}

func (c counter) attention() int64 {
	t := c.t
	if t.KVLoRARank > 0 {
		return c.latent()
	}
	q, kv := t.Heads*t.HeadDim, t.KVHeads*t.HeadDim
	n := linear(t.Hidden, q, t.QKVBias) + 2*linear(t.Hidden, kv, t.QKVBias) + linear(q, t.Hidden, t.OutBias)
	switch {
	case t.QKNorm && t.Family == workload.Cohere: // weights of each head
		n += q + kv
	case t.QKNorm:
		n += 2 * t.HeadDim
	case t.QKNormFull:
		n += q + kv
	}
	if t.Sinks {
		n += t.Heads
	}
	return n
}

func (c counter) latent() int64 {
	t := c.t
	query := t.Heads * (t.QKNopeDim + t.QKRopeDim)
	n := t.Hidden * query
	if t.QLoRARank > 0 {
		n = t.Hidden*t.QLoRARank + t.QLoRARank + t.QLoRARank*query
	}
	n += t.Hidden*(t.KVLoRARank+t.QKRopeDim) + t.KVLoRARank
	n += t.KVLoRARank * t.Heads * (t.QKNopeDim + t.VHeadDim)
	return n + t.Heads*t.VHeadDim*t.Hidden
}

func (c counter) mlp(inner int64, bias bool) int64 {
	n := linear(c.t.Hidden, inner, bias) + linear(inner, c.t.Hidden, bias)
	if c.t.Gated {
		n += linear(c.t.Hidden, inner, bias)
	}
	return n
}

func (c counter) mixture() int64 {
	e := c.e
	n := linear(c.t.Hidden, e.Count, e.RouterBias) + e.Count*c.mlp(e.Intermediate, e.ExpertBias)
	if e.SharedIntermediate > 0 {
		n += c.mlp(e.SharedIntermediate, false)
	}
	if e.SharedGate {
		n += c.t.Hidden
	}
	if e.CorrectionBias {
		n += e.Count
	}
	return n
}

func (c counter) decoder() int64 {
	t := c.t
	norms := 2 * c.norm(t.Hidden)
	switch {
	case t.FourNorms:
		norms *= 2
	case t.OneNorm:
		norms /= 2
	}
	n := t.Layers * (c.attention() + norms)
	if !t.NoFinalNorm {
		n += c.norm(t.Hidden)
	}
	for layer := range t.Layers {
		if c.e.Count > 0 && layer >= c.e.FirstDense && (layer+1)%c.e.LayerFrequency == 0 {
			n += c.mixture()
		} else {
			n += c.mlp(t.Intermediate, t.MLPBias)
		}
	}
	return n
}

// encoder adds the layers, the masked-language-model head and, where the model
// has one, the pooler.
func (c counter) encoder() int64 {
	t := c.t
	n := t.Layers * (c.attention() + c.mlp(t.Intermediate, true) + 2*c.norm(t.Hidden))
	n += linear(t.Hidden, t.Hidden, true) + c.norm(t.Hidden) + t.Vocab
	if t.Pooler {
		n += linear(t.Hidden, t.Hidden, true)
	}
	if t.RelativeBuckets > 0 {
		n += 2*t.RelativeBuckets*t.Hidden + c.norm(t.Hidden)
	}
	if t.ConvKernel > 0 {
		n += t.ConvKernel*t.Hidden*t.Hidden + t.Hidden + c.norm(t.Hidden)
	}
	return n
}

func (c counter) twoStacks() int64 {
	t := c.t
	sparse := func(layers, frequency int64) int64 {
		if c.e.Count == 0 {
			return layers * c.mlp(t.Intermediate, t.MLPBias)
		}
		with := layers / frequency
		return with*c.mixture() + (layers-with)*c.mlp(t.Intermediate, t.MLPBias)
	}
	second := c.e.DecoderFrequency
	if second == 0 {
		second = c.e.LayerFrequency
	}
	n := t.Layers*(c.attention()+2*c.norm(t.Hidden)) + sparse(t.Layers, c.e.LayerFrequency)
	n += t.DecoderLayers*(2*c.attention()+3*c.norm(t.Hidden)) + sparse(t.DecoderLayers, second)
	if !t.NoFinalNorm {
		n += 2 * c.norm(t.Hidden)
	}
	if t.Position == workload.Relative {
		n += 2 * t.RelativeBuckets * t.Heads
	}
	if t.Family == workload.BART {
		n += t.PositionRows*t.Hidden + c.norm(t.Hidden)
	}
	return n
}
