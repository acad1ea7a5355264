package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// t5Stack is T5Stack.
type t5Stack struct {
	b      *Builder
	m      workload.Text
	side   t5Side
	name   string
	masked bool // makes a mask of ones
	stack  *Stack
	period int
	norm   *t5Norm
}

func (b *Builder) t5Stack(name string, m workload.Text, s Sizes, side t5Side, layers tape.Dim, count, frozen, period int64,
	ff func(s Sizes, side t5Side, at int) forward) *t5Stack {
	defer b.In(name)()
	k := &t5Stack{b: b, m: m, side: side, name: name, period: int(period)}
	func() {
		defer b.In("block")()
		defer b.In("*")()
		first := true
		k.stack = b.Periodic(name, layers, count, frozen, period, func(at int) Block {
			l := b.t5Block(m, s, side, first, func() forward { return ff(s, side, at) })
			first = false
			return t5Unit{l}
		})
	}()
	k.norm = b.t5Norm("final_layer_norm", s.H)
	return k
}

// t5Unit is a block as a member of a stack.
type t5Unit struct{ l *t5Block }

// Forward is not how these layers are called: they pass on more than the
// hidden states.
func (u t5Unit) Forward(x *tape.Tensor, _ *Context) *tape.Tensor { return x }

// t5Blocks are the blocks of one repetition.
func t5Blocks(unit Block) []*t5Block {
	if u, ok := unit.(t5Unit); ok {
		return []*t5Block{u.l}
	}
	var out []*t5Block
	for _, u := range unit.(blocks) {
		out = append(out, t5Blocks(u)...)
	}
	return out
}

// Forward embeds tokens and runs the layers and the final norm.
func (k *t5Stack) Forward(shared *Embedding, ids, encoder *tape.Tensor) *tape.Tensor {
	return k.forward(shared, ids, encoder, nil)
}

// forward is Forward with a mask of the encoder's tokens.
func (k *t5Stack) forward(shared *Embedding, ids, encoder, tokens *tape.Tensor) *tape.Tensor {
	t := k.b.T
	defer t.Scope(k.name)()
	f := t.Frame(ids, encoder, tokens)
	return k.states(f, f.V(shared.TokenEmbedding(ids)), encoder, tokens)
}

// of runs the layers and the final norm on embeddings, under a mask of tokens.
func (k *t5Stack) of(x, tokens *tape.Tensor) *tape.Tensor {
	t := k.b.T
	defer t.Scope(k.name)()
	return k.states(t.Frame(x, tokens), x, nil, tokens)
}

// states runs the layers and the final norm and returns from the call. tokens
// is a mask of the encoder's tokens, nil for none.
func (k *t5Stack) states(f *tape.Frame, embedded, encoder, tokens *tape.Tensor) *tape.Tensor {
	b, t := k.b, k.b.T
	mask := f.V(k.mask(f, embedded.DType()))
	if tokens != nil {
		b.readMask(tokens.Dims()[0], tokens.Dims()[1])
	}
	now := states{x: f.V(b.drop(embedded, k.m.EmbeddingDrop))}
	for _, p := range k.stack.parts {
		t.Each(p.section, func(i int) {
			for _, l := range t5Blocks(p.blocks[i]) {
				next := l.checkpointed(now, mask, encoder)
				now.x = f.Re(now.x, next.x)
				now.bias = f.Re(now.bias, next.bias)
				now.crossBias = f.Re(now.crossBias, next.crossBias)
			}
		})
	}
	x := f.Re(now.x, k.norm.Forward(now.x))
	x = f.Re(x, b.drop(x, k.m.EmbeddingDrop))
	return f.Ret(x)
}

// mask is the additive mask of eager attention. A Switch makes one of ones for
// its encoder, and for its decoder one that combines ones with the causal mask.
func (k *t5Stack) mask(f *tape.Frame, dt tape.DType) *tape.Tensor {
	b, t := k.b, k.b.T
	d := []tape.Dim{b.B, k.side.length}
	switch {
	case k.side.decoder && b.session != nil:
		return b.causalMask(dt, tape.One, 0)
	case k.masked && !k.side.decoder:
		ones := f.V(t.Make("tokens", tape.F32, d))
		g := t.Frame()
		mask := g.V(t.To(t.View(ones, b.B, tape.One, tape.One, k.side.length), dt))
		return g.Ret(t.Make("mask", dt, mask.Dims(), t.Make("padding", dt, mask.Dims())))
	case k.masked:
		f.V(t.Make("tokens", tape.F32, d))
		return b.PaddedCausalMask(dt, k.side.length)
	case k.side.decoder && b.Attention.Implementation == workload.Eager:
		return b.CausalMask(dt, k.side.length, k.side.length)
	}
	return nil
}

// checkpointed runs a block under the run's form of gradient checkpointing.
func (l *t5Block) checkpointed(in states, mask, encoder *tape.Tensor) states {
	b := l.b
	run := func(xs []*tape.Tensor) []*tape.Tensor {
		out := l.Forward(states{xs[0], xs[2], xs[4]}, xs[1], xs[3])
		return []*tape.Tensor{out.x, out.bias, out.crossBias}
	}
	xs := []*tape.Tensor{in.x, mask, in.bias, encoder, in.crossBias}
	ys := b.throughMany(t5Unit{l}, xs, func(xs []*tape.Tensor) []*tape.Tensor { return b.checkpointedMany(run, xs...) })
	return states{ys[0], ys[1], ys[2]}
}
