package schemas

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// tellShape records every dimension that was not given.
func (r *resolver) tellShape() {
	if r.kind != workload.CNN {
		r.tellText(r.model.Text)
	}
	switch r.kind {
	case workload.MoE:
		r.tellExperts(r.model.Experts)
	case workload.Multimodal:
		r.tellVision(r.model.Vision)
	case workload.CNN:
		r.tellConv(r.model.Conv)
	}
}

func (r *resolver) tellText(t workload.Text) {
	a, why := r.args, r.whence()
	for _, d := range []struct {
		name  string
		given Opt[int64]
		value int64
	}{
		{"hiddenSize", a.HiddenSize, t.Hidden},
		{"numLayers", a.NumLayers, t.Layers},
		{"numAttentionHeads", a.NumAttentionHeads, t.Heads},
		{"numKeyValueHeads", a.NumKeyValueHeads, t.KVHeads},
		{"headDim", a.HeadDim, t.HeadDim},
		{"intermediateSize", a.IntermediateSize, t.Intermediate},
		{"vocabSize", a.VocabSize, t.Vocab},
	} {
		if d.value > 0 {
			take(r, d.name, d.given, d.value, r.origin, why)
		}
	}
	take(r, "tieWordEmbeddings", a.TieWordEmbeddings, t.TiedEmbeddings, r.origin, why)
	if t.Position != 0 {
		take(r, "positionEncodingType", a.PositionEncodingType, t.Position, r.origin, why)
	}
}

func (r *resolver) tellExperts(e workload.Experts) {
	a, why := r.args, r.whence()
	take(r, "numExperts", a.NumExperts, e.Count, r.origin, why)
	take(r, "numActiveExperts", a.NumActiveExperts, e.Active, r.origin, why)
	take(r, "numSharedExperts", a.NumSharedExperts, e.Shared, r.origin, why)
	if a.MoEIntermediateSize.Or(0) == 0 {
		r.assume("moeIntermediateSize", e.Intermediate, r.origin, why)
	}
	take(r, "firstDenseLayers", a.FirstDenseLayers, e.FirstDense, r.origin, why)
	take(r, "moeLayerFrequency", a.MoELayerFrequency, e.LayerFrequency, r.origin, why)
	if e.Routing != 0 {
		take(r, "routingStrategy", a.RoutingStrategy, e.Routing, r.origin, why)
	}
}

func (r *resolver) tellVision(v workload.Vision) {
	a, why := r.args, r.whence()
	if v.Hidden > 0 {
		take(r, "visionFeatureDim", a.VisionFeatureDim, v.Hidden, r.origin, why)
	}
	if v.Patch > 0 {
		take(r, "patchSize", a.PatchSize, v.Patch, r.origin, why)
	}
}

func (r *resolver) tellConv(c workload.Conv) {
	a, why := r.args, r.whence()
	take(r, "classificationHeadDim", a.ClassificationHeadDim, c.Classes, r.origin, why)
	if c.Kernel > 0 {
		take(r, "kernelSize", a.KernelSize, c.Kernel, r.origin, why)
	}
	if c.Pooling != 0 {
		take(r, "poolingStrategy", a.PoolingStrategy, c.Pooling, r.origin, why)
	}
}

// whence says where dimensions that were not given come from.
func (r *resolver) whence() say.Text {
	switch {
	case r.args.ModelConfig.IsSet() && r.named:
		return say.F("the pasted config.json")
	case r.named:
		return say.F("the shape of %s", r.model.ID)
	}
	return say.F("the shape derived from modelSize")
}
