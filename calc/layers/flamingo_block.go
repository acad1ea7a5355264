package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// gatedBlock is GatedCrossAttentionBlock: text attends to the latents of the
// image before it; attention and feed-forward enter through gates.
type gatedBlock struct {
	b                *Builder
	c                crossSizes
	attnGate, ffGate *tape.Param
	norm             *LayerNorm
	q, kv, out       *Linear
	ff               *feedForward
}

// gatedWiden is the inner width of the feed-forward in widths (ff_mult).
const gatedWiden = 4

func (b *Builder) gatedBlock(v workload.Vision, h, media tape.Dim) *gatedBlock {
	defer b.In("gated_cross_attn_layer")()
	g := &gatedBlock{b: b, c: b.crossSizes(v)}
	g.attnGate, g.ffGate = b.Weight("attn_gate", tape.One), b.Weight("ff_gate", tape.One)
	func() {
		defer b.In("attn")()
		g.norm = b.LayerNorm("norm", h)
		g.q, g.kv = b.Linear("to_q", h, g.c.inner, false), b.Linear("to_kv", media, g.c.inner.By(2), false)
		g.out = b.Linear("to_out", g.c.inner, h, false)
	}()
	g.ff = b.feedForward("ff", h, h.By(gatedWiden))
	return g
}

// forward adds what the text sees in the media [B, images, latents, width];
// locations says which tokens are images.
func (g *gatedBlock) forward(x, media, locations *tape.Tensor, images int64) *tape.Tensor {
	t := g.b.T
	defer t.Scope("gated_cross_attn_layer")()
	f := t.Frame(x, media, locations)
	gated := func(y *tape.Tensor, gate *tape.Param, x *tape.Tensor) *tape.Tensor {
		return t.Add(t.Mul(y, t.UnaryResult("tanh", gate.T())), x)
	}
	x = f.V(gated(g.attention(x, media, locations, images), g.attnGate, x))
	return f.Ret(f.Re(x, gated(g.ff.Forward(x), g.ffGate, x)))
}

// attention is MaskedCrossAttention: each token attends to the latents of the
// last image before it.
func (g *gatedBlock) attention(x, media, locations *tape.Tensor, images int64) *tape.Tensor {
	b, t := g.b, g.b.T
	defer t.As(memory.CrossModalAttention)()
	defer t.Scope("attn")()
	f := t.Frame(x, media, locations)
	d, m := x.Dims(), media.Dims()
	keys := tape.N(images * latents(m))
	x = f.V(g.norm.Forward(x))
	q := f.V(g.q.Forward(x))
	media = f.V(t.View(media, m[0], keys, m[3]))
	h := tape.Heads{Batch: d[0], Queries: d[1], Keys: keys, Heads: g.c.heads, KVHeads: g.c.heads, Dim: g.c.width, ValueDim: g.c.width}
	a := b.crossAttention(f, q, g.kv.Forward(media), h, false)
	scores := f.V(a.scores())
	times := f.V(b.mediaTimes(images))
	text := f.V(b.textTimes(locations))
	mask := f.V(b.mediaMask(text, times, keys, images))
	scores = f.Re(scores, t.MaskedFill(scores, t.Make("hidden from the text", tape.Bool, mask.Dims())))
	scores = f.Re(scores, b.lessLargest(scores))
	weights := f.V(b.softmaxOwn(scores))
	alone := f.V(t.Make("text without an image", tape.Bool, d[:2]))
	y := f.V(a.output(f.Re(weights, t.MaskedFill(weights, alone))))
	return f.Ret(g.out.Forward(y))
}

// latents is the number of latents of an image.
func latents(media []tape.Dim) int64 {
	n, _ := media[2].Const()
	return n
}

// mediaTimes are the numbers of a sample's images.
func (b *Builder) mediaTimes(images int64) *tape.Tensor {
	t, n := b.T, []tape.Dim{tape.N(images)}
	return t.Make("numbers of the images", tape.I64, n, t.Make("range", tape.I64, n))
}

// textTimes is how many images there are before each token.
func (b *Builder) textTimes(locations *tape.Tensor) *tape.Tensor {
	t, d := b.T, locations.Dims()
	count := t.Make("images before each token", tape.I64, d)
	wide := t.Make("image tokens as int64", tape.I64, d)
	t.Done(wide)
	return count
}

// mediaMask says which latents belong to the last image before a token.
func (b *Builder) mediaMask(text, times *tape.Tensor, keys tape.Dim, images int64) *tape.Tensor {
	t, d := b.T, text.Dims()
	var numbers *tape.Tensor
	if images > 1 {
		numbers = t.Make("numbers of the latents' images", tape.I64, []tape.Dim{keys})
	}
	return t.Make("seen by the text", tape.Bool, []tape.Dim{d[0], tape.One, d[1], keys}, numbers)
}
