package cnn

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// timmSwins are timm's Swin transformers with windows of 7.
var timmSwins = map[string]swinShape{
	"swin_tiny_patch4_window7_224":  {96, [4]int64{2, 2, 6, 2}, [4]int64{3, 6, 12, 24}, false},
	"swin_small_patch4_window7_224": {96, [4]int64{2, 2, 18, 2}, [4]int64{3, 6, 12, 24}, false},
	"swin_base_patch4_window7_224":  {128, [4]int64{2, 2, 18, 2}, [4]int64{4, 8, 16, 32}, false},
	"swin_large_patch4_window7_224": {192, [4]int64{2, 2, 18, 2}, [4]int64{6, 12, 24, 48}, false},
}

// timmSwinPath is drop_path_rate of timm's SwinTransformer unless given.
const timmSwinPath = 0.1

// timmSwin is timm's SwinTransformer.
type timmSwin struct {
	n      *net
	stem   layers.Module
	stages []layers.Module
	norm   *layers.LayerNorm
	drop   *layers.Dropout
	fc     *layers.FC
}

func newTimmSwin(n *net, s swinShape) layers.Module {
	w := &timmSwin{n: n}
	if n.conv.StochasticDepth == 0 {
		n.conv.StochasticDepth = timmSwinPath
	}
	n.stage(0, func() {
		defer n.In("patch_embed")()
		w.stem = &swinStem{n, n.stemConv("proj", s.width, swinPatch), n.layerNorm("norm", s.width)}
	})
	side := n.conv.Image / swinPatch
	block := int64(0)
	for i, count := range s.blocks {
		width := s.width << i
		n.stage(int64(i)+1, func() {
			defer n.In(fmt.Sprintf("layers.%d", i))()
			var stage []layers.Module
			if i > 0 {
				n.within("downsample", func() { stage = append(stage, n.timmMerging(width/2, width)) })
				side = (side + 1) / 2
			}
			var blocks []layers.Module
			for j := range count {
				n.within(fmt.Sprintf("blocks.%d", j), func() {
					blocks = append(blocks, n.checkpointed(n.timmSwinBlock(width, s.heads[i], side, j%2 == 1, n.pathRate(block, s.total()))))
				})
				block++
			}
			w.stages = append(w.stages, n.row(append(stage, n.row(blocks...))...))
		})
	}
	top := s.width << (len(s.blocks) - 1)
	w.norm = n.layerNorm("norm", top)
	w.drop = n.Dropout(n.dropRate(0))
	w.fc = n.FC("head.fc", top, n.conv.Classes, true)
	return w
}

// Forward is the model's forward: the features stay until the head is done.
func (w *timmSwin) Forward(x *tape.Tensor) *tape.Tensor {
	t := w.n.T
	f := t.Frame(x)
	g := t.Frame(x)
	y := layers.Chain(g, x, w.stem, w.n.row(w.stages...), w.norm)
	x = f.Re(x, g.Ret(y))
	h := t.Frame(x)
	z := h.V(t.MeanRows(x))
	z = layers.Chain(h, z, w.drop, w.fc)
	return f.Ret(h.Ret(z))
}

// timmMerging is timm's PatchMerging: pixels two by two are joined by a copy.
type timmMerging struct {
	n         *net
	norm      *layers.LayerNorm
	reduction *layers.FC
}

func (n *net) timmMerging(in, out int64) layers.Module {
	return &timmMerging{n, n.layerNorm("norm", 4*in), n.FC("reduction", 4*in, out, false)}
}

// Forward is the module's forward.
func (m *timmMerging) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.n.T
	f := t.Frame(x)
	d := x.Dims()
	h, w := half(d[1]), half(d[2])
	x = f.Re(x, t.Pad(x, d[0], h.By(2), w.By(2), d[3]))
	x = f.Re(x, t.Contiguous(t.View(t.RowsCopiedBack(x), d[0], h, w, d[3].By(4))))
	x = layers.Chain(f, x, m.norm, m.reduction)
	return f.Ret(x)
}

// timmSwinBlock is timm's SwinTransformerBlock, which keeps the mask of its
// shifted windows as a buffer.
type timmSwinBlock struct {
	n            *net
	side         int64 // of a window: no larger than the image
	shifts       bool
	mask         *tape.Param
	norm1, norm2 *layers.LayerNorm
	attention    *timmWindowAttention
	path         *layers.DropPath
	mlp          layers.Module
}

func (n *net) timmSwinBlock(width, heads, image int64, shifts bool, rate float64) layers.Module {
	b := &timmSwinBlock{n: n, side: min(swinWindow, image), path: n.DropPath(rate)}
	b.shifts = shifts && image > swinWindow
	b.norm1 = n.layerNorm("norm1", width)
	n.within("attn", func() { b.attention = n.timmWindowAttention(width, heads, b.side) })
	b.norm2 = n.layerNorm("norm2", width)
	n.within("mlp", func() { b.mlp = n.timmMLP(width, swinWiden*width) })
	if b.shifts {
		defer n.Of(memory.FullyConnected)()
		count, tokens := windowsOver(tape.N(image), b.side), tape.N(b.side*b.side)
		b.mask = n.Buffer("attn_mask", n.Weights, tape.N(count*count), tokens, tokens)
	}
	return b
}

// Forward is the block's forward.
func (b *timmSwinBlock) Forward(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	f := t.Frame(x)
	d := x.Dims()
	rows := []tape.Dim{d[0], d[1].Times(d[2]), d[3]}
	x = f.Re(x, t.Add(x, b.path.Forward(b.attend(b.norm1.Forward(x)))))
	x = f.Re(x, t.View(x, rows...))
	x = f.Re(x, t.Add(x, b.path.Forward(b.mlp.Forward(b.norm2.Forward(x)))))
	x = f.Re(x, t.View(x, d...))
	return f.Ret(x)
}

// attend is _attn. A plain function takes over what is passed to it.
func (b *timmSwinBlock) attend(x *tape.Tensor) *tape.Tensor {
	n, t := b.n, b.n.T
	defer t.Scope("attention")()
	f := t.Frame()
	x = f.V(x)
	d := x.Dims()
	w := cut(x, b.side, b.shifts)
	shifted := f.V(x)
	if w.shifted {
		shifted = f.Re(shifted, t.RollImage(x))
	}
	image := []tape.Dim{d[0], w.height, w.width, d[3]}
	shifted = f.Re(shifted, t.Pad(shifted, image...))
	cutUp := f.V(n.regroup(shifted, w, w.rows, w.tokens, d[3]))
	attended := f.V(b.attention.forward(cutUp, b.mask.T(), w))
	shifted = f.Re(shifted, n.regroup(attended, w, image...))
	if w.height != d[1] {
		shifted = f.Re(shifted, t.Contiguous(t.Slice(t.Slice(shifted, d[0], d[1], w.width, d[3]), d...)))
	}
	if w.shifted {
		x = f.Re(x, t.RollImage(shifted))
	} else {
		x = f.Re(x, shifted)
	}
	return f.Ret(x)
}
