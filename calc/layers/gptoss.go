package layers

import (
	"errors"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// gptOSSLayer is GptOssDecoderLayer: Llama's layer with a learned logit for each
// head in the softmax, and experts with biases.
type gptOSSLayer struct {
	b                *Builder
	m                workload.Text
	s                Sizes
	kind             int // 0 attends within a window, 1 to all tokens before
	sinks            *tape.Param
	q, k, v, o       *Linear
	mlp              *gptOSSExperts
	inNorm, postNorm wideRMSNorm
}

func (b *Builder) gptOSSLayer(m workload.Text, e workload.Experts, s Sizes, kind int) *gptOSSLayer {
	l := &gptOSSLayer{b: b, m: m, s: s, kind: kind}
	b.sinks = true
	func() {
		defer b.In("self_attn")()
		l.sinks = b.Weight("sinks", s.Heads)
		l.q = b.Linear("q_proj", s.H, s.Q, m.QKVBias)
		l.k = b.Linear("k_proj", s.H, s.K, m.QKVBias)
		l.v = b.Linear("v_proj", s.H, s.K, m.QKVBias)
		l.o = b.Linear("o_proj", s.Q, s.H, m.OutBias)
	}()
	l.mlp = b.gptOSSExperts("mlp", m, e, s.H)
	l.inNorm = wideRMSNorm{b.RMSNorm("input_layernorm", s.H)}
	l.postNorm = wideRMSNorm{b.RMSNorm("post_attention_layernorm", s.H)}
	return l
}

// onlyEager takes eager attention, which alone the library has for sinks.
func (b *Builder) onlyEager() {
	switch b.Attention.Implementation {
	case workload.Eager:
		return
	case workload.FlashAttention2:
		b.Fail(errors.New("attentionImplementation flash_attention_2 knows no sinks, which gpt-oss adds to its softmax; send eager or sdpa"))
	}
	b.Attention.Implementation = workload.Eager
	b.Notes = append(b.Notes, "gpt-oss adds a sink to each head's softmax, which no fused kernel of torch does: the library takes eager attention")
}

// Kind is the kind of mask that the layer takes.
func (l *gptOSSLayer) Kind() int { return l.kind }

// Forward is the layer's forward.
func (l *gptOSSLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	residual := f.V(x)
	h := f.V(l.inNorm.Forward(x))
	y, second := l.attention(h, c)
	h = f.Re(h, y)
	f.V(second)
	h = f.Re(h, t.Add(residual, h))
	residual = f.Re(residual, h)
	h = f.V(l.postNorm.Forward(h))
	y, weights := l.mlp.forward(h)
	h = f.Re(h, y)
	f.Re(second, weights)
	return f.Ret(f.Re(h, t.Add(residual, h)))
}

func (l *gptOSSLayer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attn")()
	f := t.Frame(x)
	d := x.Dims()
	heads := func(p *Linear, count tape.Dim) *tape.Tensor {
		return f.V(t.View(t.CopyBack(p.Forward(x), d[0], d[1], count, s.D), d[0], count, d[1], s.D))
	}
	q, k, v := heads(l.q, s.Heads), heads(l.k, s.KV), heads(l.v, s.KV)
	q2, k2 := b.applyHalves(q, k, c.Cos, c.Sin)
	q, k = f.Re(q, q2), f.Re(k, k2)
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.KV, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.AttentionDrop, Packed: true, Window: windowOf(l.m, l.kind),
	}
	k, v, h = b.remembered(f, k, v, h)
	y, weights = b.sunk(q, k, v, c.mask(l.kind), l.sinks, h)
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}

// sunk is eager attention with a sink: one more column of scores, which takes
// its part of the softmax and is dropped.
func (b *Builder) sunk(q, k, v, mask *tape.Tensor, sinks *tape.Param, h tape.Heads) (y, weights *tape.Tensor) {
	t := b.T
	defer t.Scope("eager attention")()
	f := t.Frame(q, k, v, mask)
	square := []tape.Dim{h.Batch, h.Heads, h.Queries, h.Keys}
	k = f.V(b.repeated(k, h, h.Dim))
	v = f.V(b.repeated(v, h, h.ValueDim))
	_, copyV := b.copiesKeys(k, v, h, scores{})
	w := f.V(t.MulS(t.MatMulCopied(q, k, false, false, square...)))
	if mask != nil {
		w = f.Re(w, t.Add(w, mask))
	}
	sink := f.V(t.Expand(t.View(sinks.T(), tape.One, h.Heads, tape.One, tape.One), h.Batch, h.Heads, h.Queries, tape.One))
	all := f.V(t.Cat([]tape.Dim{h.Batch, h.Heads, h.Queries, b.plusOne(h.Keys)}, w, sink))
	all = f.Re(all, t.Sub(all, t.MaxLast(all)))
	shares := f.V(t.Softmax(all, all.DType()))
	kept := f.V(t.Slice(shares, square...))
	w = f.Re(w, t.To(t.Dropout(kept, h.Dropout), v.DType()))
	y = f.V(t.MatMulCopied(w, v, false, copyV, h.Batch, h.Heads, h.Queries, h.ValueDim))
	y = f.Re(y, b.transposed(y, h))
	return f.Ret2(t.View(y, h.Batch, h.Queries, h.Heads.Times(h.ValueDim)), w)
}

// applyHalves rotates the halves of each head against each other.
func (b *Builder) applyHalves(q, k, cos, sin *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary")()
	f := t.Frame(q, k, cos, sin)
	c := f.V(t.View(cos, b.withHeads(cos)...))
	s := f.V(t.View(sin, b.withHeads(sin)...))
	one := func(x *tape.Tensor) *tape.Tensor {
		g := t.Frame(x, c, s)
		d := x.Dims()
		half := []tape.Dim{d[0], d[1], d[2], c.Last()}
		parts := t.Split(x, half, half)
		first, second := g.V(parts[0]), g.V(parts[1])
		left := g.V(t.Sub(t.Mul(first, c), t.Mul(second, s)))
		right := g.V(t.Add(t.Mul(second, c), t.Mul(first, s)))
		return g.Ret(t.Cat(d, left, right))
	}
	qe := f.V(one(q))
	return f.Ret2(qe, f.V(one(k)))
}

// halfRotary makes cos and sin of [P, S, d/2], one angle for both halves.
func (b *Builder) halfRotary(positions *tape.Tensor, dim tape.Dim, dt tape.DType) (cos, sin *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary_emb")()
	p := positions.Dims()
	half := append(append([]tape.Dim(nil), p...), b.Half("half", dim))
	f := t.Frame(positions)
	f.V(t.Make("angles", tape.F32, half, t.Make("positions in fp32", tape.F32, p)))
	cos = f.V(t.Make("cos", tape.F32, half, t.Make("cos before scaling", tape.F32, half)))
	sin = f.V(t.Make("sin", tape.F32, half, t.Make("sin before scaling", tape.F32, half)))
	return f.Ret2(t.To(cos, dt), t.To(sin, dt))
}

// gptOSSExperts is GptOssMLP.
type gptOSSExperts struct {
	*routedExperts
}

func (b *Builder) gptOSSExperts(leaf string, m workload.Text, e workload.Experts, h tape.Dim) *gptOSSExperts {
	defer b.In(leaf)()
	r := &gptOSSExperts{b.routedExperts(m, e, h, true)}
	r.gateOf = r.clamped
	return r
}

// forward applies the experts; the weights of a token's experts come back too.
func (r *gptOSSExperts) forward(x *tape.Tensor) (y, weights *tape.Tensor) {
	t := r.b.T
	defer t.Scope("mlp")()
	f := t.Frame(x)
	d := x.Dims()
	h := f.V(t.View(x, x.Rows(), r.h))
	logits, weights, indices := r.routed(h, r.chosen)
	f.V(logits)
	r.notesBalance(logits)
	weights, indices = f.V(weights), f.V(indices)
	h = f.Re(h, r.apply(h, indices, weights))
	return f.Ret2(f.Re(h, t.View(h, d...)), weights)
}

// chosen is GptOssTopKRouter: the largest logits, their softmax as weights.
func (r *gptOSSExperts) chosen(x *tape.Tensor) (logits, weights, indices *tape.Tensor) {
	t := r.b.T
	defer t.As(memory.RoutingProbabilities)()
	defer t.Scope("router")()
	f := t.Frame(x)
	logits = f.V(t.Linear(x, r.router.Tensor, r.routerBias.T()))
	top, at := t.TopK(logits, r.k)
	top, indices = f.V(top), f.V(at)
	weights = f.V(t.Softmax(top, top.DType()))
	return f.Ret3(logits, weights, indices)
}

// clamped is GptOssExperts' gate: both halves, which alternate in memory, are
// clamped; the gate is x·σ(αx), the other half is shifted by one.
func (r *gptOSSExperts) clamped(x *tape.Tensor) *tape.Tensor {
	t := r.b.T
	f := t.Frame(x)
	half := []tape.Dim{x.Dims()[0], r.f}
	gate := f.V(t.Slice(x, half...))
	up := f.V(t.Slice(x, half...))
	gate = f.Re(gate, t.ClampTo(gate, false))
	up = f.Re(up, t.ClampTo(up, true))
	glu := f.V(t.Mul(gate, t.UnaryResult("sigmoid", t.MulS(gate))))
	return f.Ret(f.V(t.Mul(t.AddS(up), glu)))
}
