package schemas

import (
	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
)

// overlay lays the given dimensions over a model and moves those that follow
// from them: heads keep their width, inner widths their ratio to the hidden
// size. Laying it twice changes nothing more.
func (r *resolver) overlay(m catalog.Model) catalog.Model {
	switch m.Kind {
	case workload.CNN:
		m.Conv = r.overlayConv(m.Conv)
		return m
	case workload.Multimodal:
		m.Vision = r.overlayVision(m.Vision)
	case workload.MoE:
		m.Experts = r.overlayExperts(m.Experts, m.Text)
	}
	m.Text = r.overlayText(m.Text)
	return m
}

func (r *resolver) overlayText(old workload.Text) workload.Text {
	a, t := r.args, old
	t.Hidden = a.HiddenSize.Or(old.Hidden)
	t.Layers = a.NumLayers.Or(old.Layers)
	if old.DecoderLayers > 0 && old.Layers > 0 {
		t.DecoderLayers = scaled(old.DecoderLayers, t.Layers, old.Layers, 1)
	}
	widthOfHeads := old.Heads*old.HeadDim == old.Hidden // else heads have a width of their own
	t.Heads = old.Heads
	if widthOfHeads && t.Hidden != old.Hidden && old.HeadDim > 0 && t.Hidden%old.HeadDim == 0 {
		t.Heads = t.Hidden / old.HeadDim
	}
	t.Heads = a.NumAttentionHeads.Or(t.Heads)
	if widthOfHeads && t.Heads > 0 {
		t.HeadDim = max(1, t.Hidden/t.Heads)
	}
	t.HeadDim = a.HeadDim.Or(t.HeadDim)
	t.KVHeads = a.NumKeyValueHeads.Or(keyValueHeads(t.Heads, old))
	t.Intermediate = a.IntermediateSize.Or(scaled(old.Intermediate, t.Hidden, old.Hidden, granule(old.Intermediate)))
	t.Vocab = a.VocabSize.Or(old.Vocab)
	t.TiedEmbeddings = a.TieWordEmbeddings.Or(old.TiedEmbeddings)
	if old.HeadDim > 0 {
		t.RotaryDim = scaled(old.RotaryDim, t.HeadDim, old.HeadDim, 2)
	}
	t.EmbeddingDim = scaled(old.EmbeddingDim, t.Hidden, old.Hidden, 1)
	return t
}

// keyValueHeads keeps the size of a group of query heads, or the single
// key-value head, where the number of heads changes.
func keyValueHeads(heads int64, old workload.Text) int64 {
	if heads == old.Heads || old.KVHeads <= 1 {
		return old.KVHeads
	}
	if group := old.Heads / old.KVHeads; group > 0 && heads%group == 0 {
		return heads / group
	}
	return heads
}

func (r *resolver) overlayExperts(old workload.Experts, text workload.Text) workload.Experts {
	a, e := r.args, old
	e.Count = a.NumExperts.Or(old.Count)
	e.Routing = a.RoutingStrategy.Or(old.Routing)
	e.Active = min(old.Active, e.Count)
	if v, ok := a.RoutingStrategy.Get(); ok && v == workload.SwitchRouting {
		e.Active = 1
	}
	e.Active = a.NumActiveExperts.Or(e.Active)
	hidden := a.HiddenSize.Or(text.Hidden)
	e.Intermediate = scaled(old.Intermediate, hidden, text.Hidden, granule(old.Intermediate))
	if v := a.MoEIntermediateSize.Or(0); v > 0 {
		e.Intermediate = v
	}
	e.Shared = a.NumSharedExperts.Or(old.Shared)
	switch {
	case e.Shared == 0:
		e.SharedIntermediate, e.SharedGate = 0, false
	case old.Shared == 0:
		e.SharedIntermediate = e.Shared * e.Intermediate
	default:
		e.SharedIntermediate = scaled(old.SharedIntermediate, hidden*e.Shared, text.Hidden*old.Shared, 1)
	}
	e.FirstDense = a.FirstDenseLayers.Or(old.FirstDense)
	e.LayerFrequency = max(1, a.MoELayerFrequency.Or(old.LayerFrequency))
	if a.MoELayerFrequency.IsSet() {
		e.DecoderFrequency = 0 // as LayerFrequency
	}
	return e
}

func (r *resolver) overlayVision(old workload.Vision) workload.Vision {
	v := old
	v.Hidden = r.args.VisionFeatureDim.Or(old.Hidden)
	v.Intermediate = scaled(old.Intermediate, v.Hidden, old.Hidden, 1)
	v.Patch = r.args.PatchSize.Or(old.Patch)
	return v
}

func (r *resolver) overlayConv(c workload.Conv) workload.Conv {
	a := r.args
	c.Kernel = a.KernelSize.Or(c.Kernel)
	c.Pooling = a.PoolingStrategy.Or(c.Pooling)
	c.Classes = a.ClassificationHeadDim.Or(c.Classes)
	if c.Classes == 0 {
		c.Classes = imageNetClasses
	}
	if c.WidthMultiplier == 0 {
		c.WidthMultiplier = 1
	}
	return c
}

// imageNetClasses is the head of every published classifier of the catalogue
// and the documented default.
const imageNetClasses = 1000

// scaled is size × now / before, rounded to a multiple of step and at least one
// step; a size of zero, and an unchanged ratio, stay.
func scaled(size, now, before, step int64) int64 {
	if size <= 0 || before <= 0 || now == before {
		return size
	}
	x := float64(size) * float64(now) / float64(before) / float64(step)
	return max(1, int64(x+0.5)) * step
}

// granule is the multiple to which an architecture rounds its inner widths, as
// far as a model shows it.
func granule(size int64) int64 {
	for _, step := range []int64{256, 64} {
		if size > 0 && size%step == 0 {
			return step
		}
	}
	return 1
}
