package check

import (
	"slices"
	"strings"

	"vramcalc/calc/catalog"
	"vramcalc/calc/cnn"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/workload"
)

// Pass is a resolved workload as rules see it. A section that the kind does
// not have is nil.
type Pass struct {
	Kind      workload.Kind
	Train     *workload.Train
	Text      *workload.Text
	Attention *workload.Attention
	Vision    *workload.Vision
	Experts   *workload.Experts
	Conv      *workload.Conv
	Adapter   *workload.Adapter
	Parallel  *workload.Parallel
	Stack     *workload.Stack
	Hardware  *workload.Hardware
	Card      *catalog.GPU        // the card that was named, nil where none was
	Named     bool                // a model was named or pasted, not only sized
	Inference *workload.Inference // nil where the kind generates nothing, and off in training
	given     func(string) bool
}

// NewPass looks at a workload. given says which arguments the caller sent.
func NewPass(w workload.Workload, named bool, given func(argument string) bool) *Pass {
	p := &Pass{Kind: w.Kind(), Named: named, given: given}
	switch c := w.(type) {
	case *nlp.Config:
		p.Attention = &c.Attention
		p.Train, p.Text, p.Adapter, p.Parallel, p.Hardware = &c.Train, &c.Text, &c.Adapter, &c.Parallel, &c.Hardware
		p.Stack = &c.Stack
		p.Inference = &c.Inference
	case *multimodal.Config:
		p.Attention = &c.Attention
		p.Train, p.Text, p.Adapter, p.Parallel, p.Hardware = &c.Train, &c.Text, &c.Adapter, &c.Parallel, &c.Hardware
		p.Stack = &c.Stack
		p.Vision, p.Inference = &c.Vision, &c.Inference
	case *moe.Config:
		p.Attention = &c.Attention
		p.Train, p.Text, p.Adapter, p.Parallel, p.Hardware = &c.Train, &c.Text, &c.Adapter, &c.Parallel, &c.Hardware
		p.Stack = &c.Stack
		p.Experts, p.Inference = &c.Experts, &c.Inference
	case *cnn.Config:
		p.Train, p.Adapter, p.Parallel, p.Hardware = &c.Train, &c.Adapter, &c.Parallel, &c.Hardware
		p.Stack = &c.Stack
		p.Conv = &c.Conv
	}
	return p
}

// serves says whether nothing is trained.
func (p *Pass) serves() bool { return p.Inference != nil && p.Inference.On }

// Given says whether the caller sent any of the arguments.
func (p *Pass) Given(arguments ...string) bool {
	for _, a := range arguments {
		if p.given(a) {
			return true
		}
	}
	return false
}

// relevant are the arguments of a rule that the caller sent, or all of them
// where it sent none.
func (p *Pass) relevant(params []string) []string {
	var out []string
	for _, name := range params {
		if p.given(name) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return params
	}
	return out
}

// layers is the depth of the deepest stack, 0 where the kind has no count.
func (p *Pass) layers() int64 {
	if p.Text == nil {
		return 0
	}
	return max(p.Text.Layers, p.Text.DecoderLayers)
}

// isConv says whether the classifier's name begins with one of the names.
func (p *Pass) isConv(names ...string) bool {
	return p.Conv != nil && slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(p.Conv.Name, n) })
}

// attends says whether a classifier is a vision transformer, or trained as one.
func (p *Pass) attends() bool { return p.isConv("vit", "deit", "swin", "convnext") }

// normsBatches says whether a classifier has batch norm.
func (p *Pass) normsBatches() bool {
	if p.Conv == nil || p.attends() || p.isConv("alexnet") {
		return false
	}
	return !p.isConv("vgg") || strings.Contains(p.Conv.Name, "bn")
}
