package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// whisperAttention is WhisperAttention: queries, keys and values are copied
// into one batch of matrices before the kernel.
type whisperAttention struct {
	b          *Builder
	heads, d   tape.Dim
	causal     bool
	drop       float64
	k, v, q, o *Linear
}

func (b *Builder) whisperAttention(leaf string, h, heads, d tape.Dim, causal bool, drop float64) *whisperAttention {
	defer b.In(leaf)()
	return &whisperAttention{
		b: b, heads: heads, d: d, causal: causal, drop: drop,
		k: b.Linear("k_proj", h, h, false),
		v: b.Linear("v_proj", h, h, true),
		q: b.Linear("q_proj", h, h, true),
		o: b.Linear("out_proj", h, h, true),
	}
}

// Forward attends from x to states. The second result is eager's weights.
func (a *whisperAttention) Forward(x, states, mask *tape.Tensor) (y, weights *tape.Tensor) {
	t, b := a.b.T, a.b
	defer t.Scope("attention")()
	f := t.Frame(x, states)
	d, from := x.Dims(), states.Dims()
	q := f.V(a.packed(t.MulS(a.q.Forward(x))))
	k := f.V(a.packed(a.k.Forward(states)))
	v := f.V(a.packed(a.v.Forward(states)))
	y, weights = b.plainCore(q, k, v, mask, nil, tape.Heads{
		Batch: d[0], Queries: d[1], Keys: from[1], Heads: a.heads, KVHeads: a.heads, Dim: a.d, ValueDim: a.d,
		Causal: a.causal, Dropout: a.drop, Packed: true,
	})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, a.o.Forward(y))
	return f.Ret2(y, weights)
}

// packed is view(B, S, heads, d).transpose(1, 2).contiguous() of a projection.
// The memory-efficient kernel gives gradients in the projection's layout, the
// flash kernel and matrix products in the copy's.
func (a *whisperAttention) packed(y *tape.Tensor) *tape.Tensor {
	t, d := a.b.T, y.Dims()
	if a.b.eagerly() || y.DType() != tape.F32 {
		y = t.CopyBack(y, d[0], d[1], a.heads, a.d)
	} else {
		y = t.View(y, d[0], d[1], a.heads, a.d)
	}
	y = t.View(y, d[0], a.heads, d[1], a.d)
	if a.heads.IsOne() || d[1].IsOne() {
		return y
	}
	return t.Contiguous(y)
}

// whisperLayer is WhisperEncoderLayer, or WhisperDecoderLayer where it attends
// across.
type whisperLayer struct {
	b           *Builder
	act         workload.Activation
	drop, inner float64 // dropout of the residual branches and inside the MLP
	turned      bool    // the hidden state lies transposed, as the convolution left it
	last        bool    // the layer ends its stack
	self, cross *whisperAttention
	norm, normX *LayerNorm
	fc1, fc2    *Linear
	normEnd     *LayerNorm
}

// attend is a norm, an attention and the residual sum in a layer's frame, which
// holds x as the hidden state and as the residual, and then the result so. old
// are eager's weights of the attention before.
func (l *whisperLayer) attend(f *tape.Frame, a *whisperAttention, norm *LayerNorm, x, states, mask, old *tape.Tensor) (y, weights *tape.Tensor) {
	t := l.b.T
	h := f.Re(x, norm.of(x, l.turned))
	if states == nil {
		states = h
	}
	y, weights = a.Forward(h, states, mask)
	h = f.Re(h, l.branch(x, y))
	weights = f.Re(old, weights)
	h = f.Re(h, t.Dropout(h, l.drop))
	h = f.Re(h, t.Add(x, h))
	return f.Re(x, h), weights
}

// run is the layer's forward. seen are the encoder's states.
func (l *whisperLayer) run(x, mask, seen *tape.Tensor) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x, mask, seen)
	if l.turned && l.b.reentrant() {
		x = t.CopyBack(x, x.Dims()...) // the gradient of a leaf is copied into its layout
	}
	f.V(x)
	x, weights := l.attend(f, l.self, l.norm, f.V(x), nil, mask, nil)
	if l.cross != nil {
		x, _ = l.attend(f, l.cross, l.normX, x, seen, nil, weights)
	}
	h := f.Re(x, l.normEnd.of(x, l.turned))
	h = f.Re(h, l.b.Act(l.act, l.fc1.Forward(h)))
	h = f.Re(h, t.Dropout(h, l.inner))
	h = f.Re(h, l.branch(x, l.fc2.Forward(h)))
	h = f.Re(h, t.Dropout(h, l.drop))
	h = f.Re(h, t.Add(x, h))
	if l.clamps(h) {
		h = f.Re(h, t.ClampNumbers(h))
	}
	return f.Ret(h)
}

// clamps says whether a layer limits its result: the encoder's in fp16.
func (l *whisperLayer) clamps(x *tape.Tensor) bool { return l.cross == nil && x.DType() == tape.F16 }

// branch is the last projection of a residual branch. Its gradient may lie
// transposed, as the residual x does, and is then copied into rows: behind a
// clamp, or where it has come through the leaf of a layer after this one.
func (l *whisperLayer) branch(x, y *tape.Tensor) *tape.Tensor {
	d := y.Dims()
	if !l.turned || d[0].IsOne() || !l.clamps(x) && (!l.b.reentrant() || l.last) {
		return y
	}
	return l.b.T.CopyBack(y, d...)
}

// reentrant says whether layers are checkpointed by the reentrant form.
func (b *Builder) reentrant() bool {
	return b.Train.Checkpointing && b.Train.CheckpointingForm == workload.Reentrant
}

// Forward is the layer as a member of a stack.
func (l *whisperLayer) Forward(x *tape.Tensor, _ *Context) *tape.Tensor { return l.run(x, nil, nil) }
