package cnn

import (
	"fmt"
	"math"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// regnetShape are the design parameters of a RegNet: depth, initial width,
// slope, step in log space and width of a group ("Designing Network Design
// Spaces", arXiv 2003.13678).
type regnetShape struct {
	depth   int
	w0      int64
	wa, wm  float64
	group   int64
	squeeze bool // squeeze-and-excitation: the Y variants
}

var regnets = map[string]regnetShape{
	"regnet_y_400mf": {16, 48, 27.89, 2.09, 8, true},
	"regnet_y_800mf": {14, 56, 38.84, 2.4, 16, true},
	"regnet_y_1_6gf": {27, 48, 20.71, 2.65, 24, true},
	"regnet_y_3_2gf": {21, 80, 42.63, 2.66, 24, true},
	"regnet_y_8gf":   {17, 192, 76.82, 2.19, 56, true},
	"regnet_y_16gf":  {18, 200, 106.23, 2.48, 112, true},
	"regnet_y_32gf":  {20, 232, 115.89, 2.53, 232, true},
	"regnet_y_128gf": {27, 456, 160.83, 2.52, 264, true},
	"regnet_x_400mf": {22, 24, 24.48, 2.54, 16, false},
	"regnet_x_800mf": {16, 56, 35.73, 2.28, 16, false},
	"regnet_x_1_6gf": {18, 80, 34.01, 2.25, 24, false},
	"regnet_x_3_2gf": {25, 88, 26.31, 2.25, 48, false},
	"regnet_x_8gf":   {23, 80, 49.56, 2.88, 120, false},
	"regnet_x_16gf":  {22, 216, 55.59, 2.1, 128, false},
	"regnet_x_32gf":  {23, 320, 69.86, 2.0, 168, false},
	"regnetx_002":    {13, 24, 36.44, 2.49, 8, false},
	"regnetx_004":    {22, 24, 24.48, 2.54, 16, false},
	"regnetx_006":    {16, 48, 36.97, 2.24, 24, false},
	"regnetx_008":    {16, 56, 35.73, 2.28, 16, false},
	"regnetx_016":    {18, 80, 34.01, 2.25, 24, false},
	"regnetx_032":    {25, 88, 26.31, 2.25, 48, false},
	"regnetx_040":    {23, 96, 38.65, 2.43, 40, false},
	"regnetx_064":    {17, 184, 60.83, 2.07, 56, false},
	"regnetx_080":    {23, 80, 49.56, 2.88, 120, false},
	"regnetx_120":    {19, 168, 73.36, 2.37, 112, false},
	"regnetx_160":    {22, 216, 55.59, 2.1, 128, false},
	"regnetx_320":    {23, 320, 69.86, 2.0, 168, false},
	"regnety_002":    {13, 24, 36.44, 2.49, 8, true},
	"regnety_004":    {16, 48, 27.89, 2.09, 8, true},
	"regnety_006":    {15, 48, 32.54, 2.32, 16, true},
	"regnety_008":    {14, 56, 38.84, 2.4, 16, true},
	"regnety_016":    {27, 48, 20.71, 2.65, 24, true},
	"regnety_032":    {21, 80, 42.63, 2.66, 24, true},
	"regnety_040":    {22, 96, 31.41, 2.24, 64, true},
	"regnety_064":    {25, 112, 33.22, 2.27, 72, true},
	"regnety_080":    {17, 192, 76.82, 2.19, 56, true},
	"regnety_120":    {19, 168, 73.36, 2.37, 112, true},
	"regnety_160":    {18, 200, 106.23, 2.48, 112, true},
	"regnety_320":    {20, 232, 115.89, 2.53, 232, true},
	"regnety_640":    {20, 352, 147.48, 2.4, 328, true},
	"regnety_1280":   {27, 456, 160.83, 2.52, 264, true},
}

const (
	regnetGranule = 8    // widths are multiples of this
	regnetStem    = 32   // channels of the stem
	regnetSqueeze = 0.25 // squeezed channels, of the block's input
)

// regnetStage is a run of blocks of one width.
type regnetStage struct{ width, group, blocks int64 }

// stages computes the widths. torchvision keeps a width that is rounded to
// the group from falling more than a tenth; timm rounds to the nearest.
func (s regnetShape) stages(timm bool) []regnetStage {
	var out []regnetStage
	for i := range s.depth {
		w := float64(s.w0) + s.wa*float64(i)
		step := math.RoundToEven(math.Log(w/float64(s.w0)) / math.Log(s.wm))
		width := int64(math.RoundToEven(float64(s.w0)*math.Pow(s.wm, step)/regnetGranule)) * regnetGranule
		if n := len(out); n > 0 && out[n-1].width == width {
			out[n-1].blocks++
		} else {
			out = append(out, regnetStage{width, s.group, 1})
		}
	}
	for i := range out {
		w := &out[i]
		w.group = min(w.group, w.width)
		whole := int64(math.RoundToEven(float64(w.width)/float64(w.group))) * w.group
		if !timm {
			whole = max(w.group, (w.width+w.group/2)/w.group*w.group)
			if float64(whole) < 0.9*float64(w.width) {
				whole += w.group
			}
		}
		w.width = whole
	}
	return out
}

// regnet is torchvision's RegNet.
type regnet struct {
	n     *net
	stem  layers.Module
	trunk []layers.Module
	mean  layers.Module
	drop  *layers.Dropout
	fc    *layers.FC
}

func newRegNet(n *net, s regnetShape) layers.Module {
	r := &regnet{n: n}
	in := int64(regnetStem)
	r.stem = n.staged(0, func() layers.Module {
		var m layers.Module
		n.within("stem", func() { m = n.cna("", 3, in, same(3, 2), 1, layers.PointReLU) })
		return m
	})
	n.within("trunk_output", func() {
		for i, st := range s.stages(false) {
			r.trunk = append(r.trunk, n.staged(int64(i)+1, func() layers.Module {
				var blocks []layers.Module
				for j := range st.blocks {
					stride := int64(1)
					if j == 0 {
						stride = 2
					}
					n.within(fmt.Sprintf("block%d.block%d-%d", i+1, i+1, j), func() {
						blocks = append(blocks, n.checkpointed(n.regnetBlock(s, in, st, stride)))
					})
					in = st.width
				}
				return n.row(blocks...)
			}))
		}
	})
	r.mean = n.AdaptivePool(1, 1)
	r.drop = n.Dropout(n.dropRate(0))
	r.fc = n.FC("fc", in, n.conv.Classes, true)
	return r
}

// Forward is the network's forward.
func (r *regnet) Forward(x *tape.Tensor) *tape.Tensor {
	f := r.n.T.Frame(x)
	x = layers.Chain(f, x, r.stem)
	trunk := r.n.T.Frame(x)
	y := layers.Chain(trunk, x, r.trunk...)
	x = f.Re(x, trunk.Ret(y))
	x = f.Re(x, r.mean.Forward(x))
	x = f.Re(x, r.n.Flatten(x))
	x = layers.Chain(f, x, r.drop, r.fc)
	return f.Ret(x)
}

// regnetBlock is a residual bottleneck with grouped convolutions.
type regnetBlock struct {
	n    *net
	f    layers.Module
	proj layers.Module
	act  *layers.Activation
}

func (n *net) regnetBlock(s regnetShape, in int64, st regnetStage, stride int64) *regnetBlock {
	b := &regnetBlock{n: n, act: n.Activation(layers.PointReLU, true)}
	w := st.width
	if stride != 1 || in != w {
		n.within("proj", func() { b.proj = n.cna("", in, w, tape.Square(1, stride, 0), 1, layers.Identity) })
	}
	var parts []layers.Module
	part := func(leaf string, make func() layers.Module) {
		n.within("f."+leaf, func() { parts = append(parts, make()) })
	}
	part("a", func() layers.Module { return n.cna("", in, w, point, 1, layers.PointReLU) })
	part("b", func() layers.Module { return n.cna("", w, w, same(n.kernel(3), stride), w/st.group, layers.PointReLU) })
	if s.squeeze {
		part("se", func() layers.Module {
			return n.squeeze(w, int64(math.RoundToEven(regnetSqueeze*float64(in))), layers.PointReLU, layers.PointSigmoid)
		})
	}
	part("c", func() layers.Module { return n.cna("", w, w, point, 1, layers.Identity) })
	b.f = n.row(parts...)
	return b
}

// Forward is the block's forward.
func (b *regnetBlock) Forward(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	f := t.Frame(x)
	shortcut := x
	if b.proj != nil {
		shortcut = b.proj.Forward(x)
	}
	y := b.f.Forward(x)
	sum := f.V(t.Add(shortcut, y))
	return f.Ret(b.act.Forward(sum))
}
