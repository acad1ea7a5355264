package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Tower is a vision transformer: CLIPVisionModel, SiglipVisionModel,
// BlipVisionModel, Blip2VisionModel.
type Tower struct {
	b        *Builder
	v        workload.Vision
	s        towerSizes
	embed    *patchEmbeddings
	pre      *LayerNorm
	first    *Stack // up to the hidden state that a projector takes
	rest     *Stack // the layers after it, nil if there are none
	post     *LayerNorm
	pool     *poolingHead
	selected bool
	turned   bool // without a class token the hidden state keeps the convolution's layout
	unnormed bool // the projector takes the last layer's result, before the norm at the end
	returned bool // the last hidden state's gradient comes transposed
}

// Seen is what a tower gives: its last hidden state, the pooled one, and the
// hidden state that a projector takes.
type Seen struct {
	Last, Pooled, Selected *tape.Tensor
}

// Tower declares a tower. feature is the number of layers after which the
// projector takes the hidden state, all of them where it takes the last.
func (b *Builder) Tower(v workload.Vision, feature int64) *Tower {
	blip := v.Family == workload.BLIPVision || v.Family == workload.BLIP2Vision
	class := v.Family == workload.CLIPVision || blip
	w := &Tower{b: b, v: v, s: b.towerSizes(v, class), selected: feature < v.Layers, turned: v.Family == workload.SigLIPVision}
	w.embed = b.patchEmbeddings(v, w.s)
	if v.Family == workload.CLIPVision {
		w.pre = b.LayerNorm("pre_layrnorm", w.s.H)
	}
	func() {
		defer b.In("encoder")()
		defer b.In("layers")()
		defer b.In("*")()
		make := func() Block {
			if blip {
				return b.blipVisionLayer(w.s, v)
			}
			l := b.clipLayer(w.s.H, w.s.F, w.s.Heads, w.s.D, v.Activation, false, 0)
			l.turned = w.turned
			return l
		}
		if !w.selected {
			w.first = b.Stack("vision layers", w.s.L, v.Layers, 0, make)
			return
		}
		n := b.T.Symbol("Lf", "layers of the vision tower up to the feature", feature)
		m := b.T.Symbol("Lr", "layers of the vision tower after the feature", v.Layers-feature)
		w.first = b.Stack("vision layers", n, feature, 0, make)
		w.rest = b.Stack("last vision layers", m, v.Layers-feature, 0, make)
	}()
	w.post = b.LayerNorm("post_layernorm", w.s.H)
	if v.Family == workload.SigLIPVision && v.UseHead {
		w.pool = b.poolingHead(w.s, v)
	}
	return w
}

// Forward sees images. The caller binds what it keeps of the result.
func (w *Tower) Forward(pixels *tape.Tensor) Seen {
	t := w.b.T
	defer t.Scope("vision_model")()
	f := t.Frame(pixels)
	h := f.V(w.embed.Forward(pixels))
	if w.pre != nil {
		h = f.Re(h, w.pre.Forward(h))
	}
	last, selected := w.encode(h)
	last = f.V(last)
	if selected != last {
		f.V(selected)
	}
	var pooled *tape.Tensor
	switch {
	case w.v.Family == workload.CLIPVision:
		pooled = f.V(w.post.rows(t.Slice(last, w.s.Images, w.s.H)))
	case w.v.Family == workload.BLIPVision, w.v.Family == workload.BLIP2Vision:
		last = f.Re(last, w.post.Forward(last))
		pooled = f.V(w.post.rows(t.Slice(last, w.s.Images, w.s.H)))
	default:
		if w.unnormed {
			selected = f.V(last)
		}
		last = f.Re(last, w.post.last(last, w.turned, w.returned))
		if w.pool != nil {
			pooled = f.V(w.pool.Forward(last))
		}
	}
	last, pooled, selected = f.Ret3(last, pooled, selected)
	return Seen{Last: last, Pooled: pooled, Selected: selected}
}

// encode runs the layers; the second result is the hidden state of the
// projector.
func (w *Tower) encode(x *tape.Tensor) (last, selected *tape.Tensor) {
	t := w.b.T
	f := t.Frame(x)
	h := f.V(x)
	h = w.first.Forward(f, h, &Context{})
	selected = h
	if w.rest != nil {
		h = f.V(h)
		h = w.rest.Forward(f, h, &Context{})
	}
	if selected == h {
		return f.Ret(h), nil
	}
	return f.Ret2(h, selected)
}

// rows applies the norm to rows that lie apart in memory.
func (n *LayerNorm) rows(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	return f.Ret(t.LayerNormRows(x, n.W.T(), n.Bias.T(), false))
}

// last applies the norm to the last hidden state, whose gradient may come
// transposed.
func (n *LayerNorm) last(x *tape.Tensor, turned, returned bool) *tape.Tensor {
	if !returned {
		return n.of(x, turned)
	}
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	return f.Ret(t.LayerNormRows(x, n.W.T(), n.Bias.T(), true))
}
