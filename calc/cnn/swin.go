package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// swinShape is what differs among Swin transformers.
type swinShape struct {
	width  int64
	blocks [4]int64
	heads  [4]int64
	second bool // version 2: cosine attention, norms after it
}

// swins are torchvision's Swin transformers.
var swins = map[string]swinShape{
	"swin_t":    {96, [4]int64{2, 2, 6, 2}, [4]int64{3, 6, 12, 24}, false},
	"swin_s":    {96, [4]int64{2, 2, 18, 2}, [4]int64{3, 6, 12, 24}, false},
	"swin_b":    {128, [4]int64{2, 2, 18, 2}, [4]int64{4, 8, 16, 32}, false},
	"swin_v2_t": {96, [4]int64{2, 2, 6, 2}, [4]int64{3, 6, 12, 24}, true},
	"swin_v2_s": {96, [4]int64{2, 2, 18, 2}, [4]int64{3, 6, 12, 24}, true},
	"swin_v2_b": {128, [4]int64{2, 2, 18, 2}, [4]int64{4, 8, 16, 32}, true},
}

// total is the number of blocks.
func (s swinShape) total() int64 { return s.blocks[0] + s.blocks[1] + s.blocks[2] + s.blocks[3] }

const (
	swinPatch  = 4
	swinWindow = 7
	swinWiden  = 4 // ratio of an MLP's inner width to the block's
)

// swin is torchvision's SwinTransformer.
type swin struct {
	n        *net
	features *layers.Sequential
	norm     *layers.LayerNorm
	head     *layers.FC
}

func newSwin(n *net, s swinShape) layers.Module {
	w := &swin{n: n}
	rate := n.dropRate(0)
	parts := []func() layers.Module{func() layers.Module {
		return n.staged(0, func() layers.Module { return n.swinStem(s.width) })
	}}
	block, last := int64(0), len(s.blocks)-1
	for i, count := range s.blocks {
		width, heads := s.width<<i, s.heads[i]
		parts = append(parts, func() layers.Module {
			var blocks []func() layers.Module
			for j := range count {
				blocks = append(blocks, func() layers.Module {
					b := n.swinBlock(swinAttention{width, heads, j%2 == 1, s.second, rate}, n.pathRate(block, s.total()))
					block++
					return n.checkpointed(b)
				})
			}
			return n.staged(int64(i)+1, func() layers.Module { return n.Sequential("", blocks...) })
		})
		if i < last {
			parts = append(parts, func() layers.Module {
				return n.staged(int64(i)+1, func() layers.Module { return n.patchMerging(width, 2*width, s.second) })
			})
		}
	}
	w.features = n.Sequential("features", parts...)
	w.norm = n.layerNorm("norm", s.width<<last)
	w.head = n.FC("head", s.width<<last, n.conv.Classes, true)
	return w
}

// Forward is the model's forward. The gradient of the mean over the image
// comes in the standard layout, the norm works on rows.
func (w *swin) Forward(x *tape.Tensor) *tape.Tensor {
	t := w.n.T
	f := t.Frame(x)
	x = f.Re(x, w.features.Forward(x))
	d := x.Dims()
	x = f.Re(x, w.norm.Turned(x, false, !d[1].Times(d[2]).IsOne()))
	x = f.Re(x, t.View(x, d[0], d[3], d[1], d[2]))
	x = f.Re(x, t.AdaptiveMeanLast(x))
	x = f.Re(x, w.n.flattenPixel(x))
	x = f.Re(x, w.head.Forward(x))
	return f.Ret(x)
}

// swinStem is a convolution to patches, seen as rows, and a norm.
func (n *net) swinStem(width int64) layers.Module {
	return &swinStem{n, n.stemConv("0", width, swinPatch), n.layerNorm("2", width)}
}

type swinStem struct {
	n    *net
	conv *layerConv
	norm *layers.LayerNorm
}

// Forward is the stem's forward.
func (s *swinStem) Forward(x *tape.Tensor) *tape.Tensor {
	t := s.n.T
	f := t.Frame(x)
	x = f.Re(x, s.conv.Forward(x))
	d := x.Dims()
	x = f.Re(x, rowsOf(t, x))
	x = f.Re(x, s.norm.Turned(x, !t.ChannelsLast && !d[2].Times(d[3]).IsOne(), false))
	return f.Ret(x)
}

// patchMerging joins the pixels of each two by two and halves their width.
type patchMerging struct {
	n         *net
	norm      *layers.LayerNorm
	reduction *layers.FC
	second    bool // the norm comes last
}

func (n *net) patchMerging(in, out int64, second bool) layers.Module {
	reduction := n.FC("reduction", 4*in, out, false)
	if second {
		return &patchMerging{n, n.layerNorm("norm", out), reduction, true}
	}
	return &patchMerging{n, n.layerNorm("norm", 4*in), reduction, false}
}

// Forward is the module's forward.
func (m *patchMerging) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.n.T
	f := t.Frame(x)
	g := t.Frame(x)
	d := x.Dims()
	h, w := half(d[1]), half(d[2])
	x = g.Re(x, t.Pad(x, d[0], h.By(2), w.By(2), d[3]))
	var quarters []*tape.Tensor
	for range 4 {
		quarters = append(quarters, g.V(t.Slice(t.Slice(x, d[0], h, w.By(2), d[3]), d[0], h, w, d[3])))
	}
	x = g.Re(x, t.Cat([]tape.Dim{d[0], h, w, d[3].By(4)}, quarters...))
	x = f.V(g.Ret(x))
	if m.second {
		return f.Ret(layers.Chain(f, x, m.reduction, m.norm))
	}
	return f.Ret(layers.Chain(f, x, m.norm, m.reduction))
}

// half is half of a side, rounded up.
func half(d tape.Dim) tape.Dim {
	n, _ := d.Const()
	return tape.N((n + 1) / 2)
}

// swinBlock is torchvision's SwinTransformerBlock, in version 2 with its norms
// after attention and MLP.
type swinBlock struct {
	n            *net
	norm1, norm2 *layers.LayerNorm
	attention    *windowAttention
	second       bool
	path         *layers.DropPath
	mlp          *layers.Sequential
}

func (n *net) swinBlock(a swinAttention, path float64) layers.Module {
	b := &swinBlock{n: n, path: n.DropPath(path), second: a.second}
	b.norm1 = n.layerNorm("norm1", a.width)
	n.within("attn", func() { b.attention = n.windowAttention(a) })
	b.norm2 = n.layerNorm("norm2", a.width)
	b.mlp = n.mlpBlock("mlp", a.width, swinWiden*a.width, a.drop)
	return b
}

// Forward is the block's forward.
func (b *swinBlock) Forward(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	f := t.Frame(x)
	if b.second {
		x = f.Re(x, t.Add(x, b.path.Forward(b.norm1.Forward(b.attention.Forward(x)))))
		return f.Ret(f.Re(x, t.Add(x, b.path.Forward(b.norm2.Forward(b.mlp.Forward(x))))))
	}
	x = f.Re(x, t.Add(x, b.path.Forward(b.attention.Forward(b.norm1.Forward(x)))))
	x = f.Re(x, t.Add(x, b.path.Forward(b.mlp.Forward(b.norm2.Forward(x)))))
	return f.Ret(x)
}
