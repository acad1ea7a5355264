package layers

import (
	"fmt"

	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// deepStack is what a tower hands to the first layers of the language model:
// features of some of its layers, added to the image tokens after each.
type deepStack struct {
	b        *Builder
	mask     *tape.Tensor
	features []*tape.Tensor
}

// deepLayer is a layer of the language model after which features are added.
type deepLayer struct {
	Block
	deep  *deepStack
	level int
}

// After is _deepstack_process.
func (l deepLayer) After(x *tape.Tensor) *tape.Tensor {
	t := l.deep.b.T
	defer t.Scope("deepstack")()
	feature := l.deep.features[l.level]
	f := t.Frame(x, feature)
	added := f.V(t.To(feature, x.DType()))
	y := f.V(t.Clone(x))
	rows := f.V(t.Add(t.MaskedRows(y, l.deep.mask, feature.Dims()[0]), added))
	return f.Ret(t.PutMasked(y, l.deep.mask, rows))
}

// stack declares the language model's layers: those after which features are
// added, one by one, and the rest.
func (d *deepStack) stack(c *Causal, m workload.Text, levels, frozen int64, layer func() Block) *Stack {
	b, s := d.b, &Stack{b: d.b}
	levels = min(levels, m.Layers)
	for i := range levels {
		label := fmt.Sprintf("layer %d", i)
		one := part{section: b.T.NewSection(label, b.T.SymbolFor(fmt.Sprintf("layer_%d", i), say.Name(label), 1), 1)}
		warm := b.cool(i < frozen)
		b.T.Each(one.section, func(int) { one.blocks = append(one.blocks, deepLayer{layer(), d, int(i)}) })
		warm()
		s.parts = append(s.parts, one)
	}
	rest := c.s.L
	if levels > 0 {
		rest = b.T.Symbol("Ld", "layers after those that take features of the tower", m.Layers-levels)
	}
	s.parts = append(s.parts, b.Stack("layers", rest, m.Layers-levels, frozen-levels, layer).parts...)
	return s
}

// qwen3Layer is a layer of Qwen3-VL's language model, with experts where it
// has them.
func (b *Builder) qwen3Layer(m workload.Text, e workload.Experts, s Sizes) *llamaLayer {
	if e.Count == 0 {
		return b.llamaLayer(m, s)
	}
	return b.llamaBlock(m, s, func() FeedForward { return b.SparseMoE("mlp", m, e, s.H) })
}
