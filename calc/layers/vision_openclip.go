package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// openCLIP is open_clip's VisionTransformer: CLIP's tower written with
// torch.nn.MultiheadAttention, which gives the tokens beside the pooled one.
type openCLIP struct {
	b         *Builder
	v         workload.Vision
	s         towerSizes
	class     *tape.Param
	positions *tape.Param
	proj      *tape.Param
	patch     *tape.Param
	pre, post *LayerNorm
	stack     *Stack
}

// openCLIP declares the tower.
func (b *Builder) openCLIP(v workload.Vision) *openCLIP {
	w := &openCLIP{b: b, v: v, s: b.towerSizes(v, true)}
	side := v.NativeSize / max(1, v.Patch)
	p := tape.N(v.Patch)
	w.class = b.Weight("class_embedding", w.s.H)
	w.positions = b.Weight("positional_embedding", tape.N(side*side+1), w.s.H)
	w.proj = b.Weight("proj", w.s.H, b.T.Symbol("hp", "width of CLIP's shared space", v.Projection))
	w.patch = b.param("conv1.weight", tape.ConvWeight, w.s.H, tape.N(v.Channels), p, p)
	w.pre = b.LayerNorm("ln_pre", w.s.H)
	func() {
		defer b.In("transformer")()
		defer b.In("resblocks")()
		defer b.In("*")()
		w.stack = b.Stack("vision layers", w.s.L, v.Layers, 0, func() Block { return b.openCLIPBlock(w.s, v) })
	}()
	w.post = b.LayerNorm("ln_post", w.s.H)
	return w
}

// Forward gives the tokens of each image, as slices behind the class token.
func (w *openCLIP) Forward(pixels *tape.Tensor) *tape.Tensor {
	t, s := w.b.T, w.s
	defer t.Scope("vision_encoder")()
	f := t.Frame(pixels)
	x := f.V(w.embed(pixels))
	x = f.Re(x, w.encode(x))
	x = f.V(w.b.castingNorm(w.post, x))
	tokens := f.V(t.Slice(x, s.Images, s.Patches, s.H))
	pooled := f.V(t.Slice(x, s.Images, s.H))
	f.Re(pooled, t.MatMul(pooled, w.proj.T(), s.Images, w.proj.T().Last()))
	return f.Ret(tokens)
}

func (w *openCLIP) embed(pixels *tape.Tensor) *tape.Tensor {
	t, s := w.b.T, w.s
	defer t.Scope("embeddings")()
	f := t.Frame(pixels)
	x := f.V(t.Patches(pixels, w.patch.T(), nil, s.win))
	class := t.To(t.Expand(w.class.T(), s.Images, tape.One, s.H), x.DType())
	x = f.Re(x, t.Cat([]tape.Dim{s.Images, s.Tokens, s.H}, class, x))
	x = f.Re(x, t.Add(x, t.To(w.positions.T(), x.DType())))
	return f.Ret(f.Re(x, w.b.castingNorm(w.pre, x)))
}

func (w *openCLIP) encode(x *tape.Tensor) *tape.Tensor {
	f := w.b.T.Frame(x)
	x = f.V(x)
	return f.Ret(w.stack.Forward(f, x, &Context{}))
}

// castingNorm is open_clip's LayerNorm, which casts back to its input's type.
func (b *Builder) castingNorm(n *LayerNorm, x *tape.Tensor) *tape.Tensor {
	t := b.T
	f := t.Frame(x)
	y := f.V(n.Forward(x))
	return f.Ret(f.Re(y, t.To(y, x.DType())))
}

// openCLIPBlock is ResidualAttentionBlock.
type openCLIPBlock struct {
	b          *Builder
	s          towerSizes
	v          workload.Vision
	ln1, ln2   *LayerNorm
	in, inBias *tape.Param
	out        *Linear
	fc, proj   *Linear
}

func (b *Builder) openCLIPBlock(s towerSizes, v workload.Vision) *openCLIPBlock {
	l := &openCLIPBlock{b: b, s: s, v: v}
	l.ln1 = b.LayerNorm("ln_1", s.H)
	func() {
		defer b.In("attn")()
		l.in = b.param("in_proj_weight", tape.LinearWeight, s.H.By(3), s.H)
		l.inBias = b.param("in_proj_bias", tape.Bias, s.H.By(3))
		kept := b.KeepPrecision // quantization leaves torch's attention module alone
		b.KeepPrecision = true
		l.out = b.Linear("out_proj", s.H, s.H, true)
		b.KeepPrecision = kept
	}()
	l.ln2 = b.LayerNorm("ln_2", s.H)
	defer b.In("mlp")()
	l.fc, l.proj = b.Linear("c_fc", s.H, s.F, true), b.Linear("c_proj", s.F, s.H, true)
	return l
}

// checkpointsItself says that no checkpoint is put around the block: it runs
// without gradients.
func (l *openCLIPBlock) checkpointsItself() {}

// Forward is the block's forward.
func (l *openCLIPBlock) Forward(x *tape.Tensor, _ *Context) *tape.Tensor {
	t, b := l.b.T, l.b
	f := t.Frame(x)
	h := f.V(t.Add(x, l.attention(b.castingNorm(l.ln1, x))))
	h = f.Re(h, t.Add(h, b.plainMLP(b.castingNorm(l.ln2, h), l.fc, l.proj, l.v.Activation)))
	return f.Ret(h)
}

// attention is multi_head_attention_forward of one sequence with itself, which
// runs with the tokens before the images.
func (l *openCLIPBlock) attention(x *tape.Tensor) *tape.Tensor {
	t, s := l.b.T, l.s
	defer t.Scope("attn")()
	f := t.Frame(x)
	turned := []tape.Dim{s.Tokens, s.Images, s.H}
	h := tape.Heads{Batch: s.Images, Queries: s.Tokens, Keys: s.Tokens, Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D}
	q, k, v := l.projections(t.View(x, turned...))
	q, k, v = f.V(q), f.V(k), f.V(v)
	y := f.V(t.SDPA(q, k, v, h))
	f.Del(q)
	f.Del(k)
	f.Del(v)
	if y.DType() == tape.F32 && !s.Images.IsOne() { // flash gives its output in the query's layout, tokens first
		y = f.Re(y, t.Contiguous(y))
	}
	y = f.Re(y, t.View(y, s.Tokens.Times(s.Images), s.H))
	y = f.Re(y, l.out.Forward(y))
	return f.Ret(t.View(y, s.Images, s.Tokens, s.H))
}

// projections is _in_projection_packed: one product, whose parts are put one
// after the other.
func (l *openCLIPBlock) projections(x *tape.Tensor) (q, k, v *tape.Tensor) {
	t, s := l.b.T, l.s
	f := t.Frame(x)
	var p *tape.Tensor
	if s.Images.IsOne() {
		p = t.Linear(x, l.in.T(), l.inBias.T())
	} else {
		p = t.LinearSlice(x, l.in.T(), l.inBias.T())
	}
	p = f.V(t.Contiguous(p))
	part := func() *tape.Tensor { return f.V(t.View(t.Slice(p, x.Dims()...), s.Images, s.Heads, s.Tokens, s.D)) }
	q, k, v = part(), part(), part()
	return f.Ret3(q, k, v)
}
