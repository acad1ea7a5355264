package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Prefix is PEFT's prefix tuning of a decoder: a trained table of one row for
// each virtual token, which holds keys and values of all layers. Each step
// looks it up, casts it to the weights' type, cuts it by layer and puts it in a
// cache to which attention joins its own keys and values. A cache means a
// mask: the kernel is the memory-efficient one, with repeated key and value
// heads.
type Prefix struct {
	b      *Builder
	s      Sizes
	tokens tape.Dim
	table  *tape.Param
	past   map[Block]*past
	order  []*past
}

// past is what the cache holds of a layer.
type past struct{ k, v *tape.Tensor }

// Prefix declares the table, nil for other methods.
func (b *Builder) Prefix(s Sizes) *Prefix {
	if b.Train.Method != workload.Prefix {
		return nil
	}
	b.prefixed = true
	tokens := b.T.Symbol("virtualTokens", "virtual tokens of prefix tuning", b.Train.PrefixLength)
	defer b.T.As(memory.LoRAParameters)()
	return &Prefix{
		b: b, s: s, tokens: tokens,
		table: b.T.Param("prompt_encoder.embedding.weight", tape.AdapterWeight, tape.F32, true, tokens, s.L.Times(s.K).By(2)),
	}
}

// errPrefixCheckpointing is PEFT's own refusal.
var errPrefixCheckpointing = say.Errorf("prefix tuning does not work with gradient checkpointing, which drops the cache that holds the prefix; set gradientCheckpointing false")

// Begin makes the cache of a step.
func (p *Prefix) Begin(stack *Stack) {
	b, t, s := p.b, p.b.T, p.s
	defer t.Scope("prefix")()
	p.past, p.order = map[Block]*past{}, nil
	f := t.Frame()
	ids := f.V(t.Make("virtual token ids", tape.I64, []tape.Dim{b.B, p.tokens}))
	x := f.V(t.Embedding(ids, p.table.Tensor))
	x = f.Re(x, t.To(x, b.Weights))
	x = f.Re(x, t.CopyBack(x, b.B, p.tokens, s.L.By(2), s.KV, s.D))
	half := []tape.Dim{b.B, s.KV, p.tokens, s.D}
	pair := append([]tape.Dim{tape.N(2)}, half...)
	var parts [][]tape.Dim
	stack.each(func(Block) { parts = append(parts, pair) })
	views := t.Split(x, parts...)
	for _, v := range views {
		f.V(v)
	}
	i := 0
	stack.each(func(l Block) {
		g := t.Frame()
		layer := g.V(t.Slice(views[i], pair...))
		kv := t.Split(layer, half, half)
		k, v := g.V(kv[0]), g.V(kv[1])
		e := &past{k: t.Keep(t.Cat(half, k)), v: t.Keep(t.Cat(half, v))}
		p.past[l], p.order = e, append(p.order, e)
		g.End()
		i++
	})
	f.End()
}

// End lets the cache go, with the model's output.
func (p *Prefix) End() {
	for _, e := range p.order {
		p.b.T.Release(e.k, e.v)
	}
	p.past, p.order = nil, nil
}

// Keys is the length of keys and values: prefix and sequence.
func (p *Prefix) Keys(seq tape.Dim) tape.Dim {
	return p.b.T.Sum("keyLength", "virtual tokens and sequence", p.tokens, seq)
}

// Extend joins a layer's keys and values to the cache's, which then holds them.
func (p *Prefix) Extend(f *tape.Frame, l Block, k, v *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t := p.b.T
	e := p.past[l]
	join := func(old, x *tape.Tensor) *tape.Tensor {
		d := x.Dims()
		y := t.Keep(t.Cat([]tape.Dim{d[0], d[1], p.Keys(d[2]), d[3]}, old, x))
		t.Release(old)
		return y
	}
	e.k = join(e.k, k)
	e.v = join(e.v, v)
	return f.Re(k, e.k), f.Re(v, e.v)
}

// Mask is the mask that a cache needs: boolean for the kernel, numbers for
// eager attention.
func (p *Prefix) Mask(dt tape.DType, queries tape.Dim) *tape.Tensor {
	b, t := p.b, p.b.T
	keys := p.Keys(queries)
	if b.eagerly() {
		return b.CausalMask(dt, queries, keys)
	}
	defer t.Scope("causal mask")()
	f := t.Frame()
	f.V(t.Make("batch index", tape.I64, []tape.Dim{b.B}))
	f.V(t.Make("head index", tape.I64, []tape.Dim{tape.One}))
	f.V(t.Make("query index", tape.I64, []tape.Dim{queries}, t.Make("range", tape.I64, []tape.Dim{queries})))
	f.V(t.Make("key index", tape.I64, []tape.Dim{keys}, t.Make("range", tape.I64, []tape.Dim{keys})))
	return f.Ret(t.Make("mask", tape.Bool, []tape.Dim{tape.One, tape.One, queries, keys}))
}

// each runs f for the recorded layers of a stack, as a part of each.
func (s *Stack) each(f func(l Block)) {
	for _, p := range s.parts {
		s.b.T.Each(p.section, func(i int) {
			if bs, ok := p.blocks[i].(blocks); ok {
				for _, l := range bs {
					f(l)
				}
				return
			}
			f(p.blocks[i])
		})
	}
}
