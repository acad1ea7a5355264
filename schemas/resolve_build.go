package schemas

import (
	"vramcalc/calc/check"
	"vramcalc/calc/cnn"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/workload"
)

// workload puts the sections together.
func (r *resolver) workload() workload.Workload {
	stack := r.stack()
	r.switches = stack
	train := r.train() // settles the lengths of inference too
	adapter := r.adapter()
	parallel := r.parallel()
	gatherAs(&stack, train)
	hardware := r.hardware()
	r.alignable()
	if r.kind == workload.CNN {
		if r.inference.On {
			r.classifierServed()
		}
		return &cnn.Config{Train: train, Conv: r.conv(), Adapter: adapter, Parallel: parallel, Stack: stack, Hardware: hardware}
	}
	text := r.text()
	attention := workload.Attention{Implementation: byDefault(r, "attentionImplementation", r.args.AttentionImplementation, workload.SDPA)}
	switch r.kind {
	case workload.MoE:
		return &moe.Config{Inference: r.inference, Alignment: r.alignment, Train: train, Text: text, Attention: attention, Experts: r.experts(), Vision: r.model.Vision, Adapter: adapter, Parallel: parallel, Stack: stack, Hardware: hardware}
	case workload.Multimodal:
		return &multimodal.Config{Inference: r.inference, Train: train, Text: text, Attention: attention, Vision: r.vision(), Experts: r.visionExperts(), Adapter: adapter, Parallel: parallel, Stack: stack, Hardware: hardware}
	}
	return &nlp.Config{Inference: r.inference, Alignment: r.alignment, Train: train, Text: text, Attention: attention, Adapter: adapter, Parallel: parallel, Stack: stack, Hardware: hardware}
}

// text is the transformer of the shape with the given rates of dropout.
func (r *resolver) text() workload.Text {
	t := r.model.Text
	r.dropout(&t)
	if p, ok := r.args.PositionEncodingType.Get(); ok && t.Position != 0 && p != t.Position {
		r.report(check.PositionsFixed, []string{"positionEncodingType"}, check.Told{
			Message: "positionEncodingType " + p.String() + " is not the architecture's, which is " + t.Position.String() + "; the estimate keeps it",
			Fix:     "Leave positionEncodingType out.",
			Change:  map[string]any{"positionEncodingType": nil},
		})
	}
	return t
}

// normalize writes a workload's choices without effect in one form, after the
// rules have spoken about them: autocast to fp32 is no autocast.
func normalize(w workload.Workload) {
	var t *workload.Train
	switch c := w.(type) {
	case *nlp.Config:
		t = &c.Train
	case *moe.Config:
		t = &c.Train
	case *multimodal.Config:
		t = &c.Train
	case *cnn.Config:
		t = &c.Train
	default:
		return
	}
	if t.Precision == workload.FP32 {
		t.Mode = workload.Pure
	}
}
