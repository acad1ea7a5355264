package cnn

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// maxvitShape is what differs among MaxViTs.
type maxvitShape struct {
	stem   int64
	widths []int64
	blocks []int64 // layers of each stage
}

var maxvits = map[string]maxvitShape{"maxvit_t": {64, []int64{64, 128, 256, 512}, []int64{2, 2, 5, 2}}}

const (
	maxvitPartition = 7  // side of a window, and of the grid
	maxvitHead      = 32 // width of an attention head
	maxvitWiden     = 4  // inner width of convolution and MLP
	maxvitSqueeze   = 4  // of a block's width to the squeezed one
)

// maxvit is torchvision's MaxVit.
type maxvit struct {
	n          *net
	stem       *layers.Sequential
	stages     [][]layers.Module
	classifier *layers.Sequential
}

func newMaxViT(n *net, s maxvitShape) (layers.Module, error) {
	m := &maxvit{n: n}
	side, err := maxvitSides(n.conv.Image, len(s.widths))
	if err != nil {
		return nil, err
	}
	n.stage(0, func() {
		m.stem = n.Sequential("stem",
			func() layers.Module { return n.plainCNA("", 3, s.stem, same(3, 2), 1) },
			func() layers.Module {
				return n.Sequential("", func() layers.Module { return n.Conv2D("", s.stem, s.stem, same(3, 1), 1, true) })
			})
	})
	in, block, total := s.stem, int64(0), int64(0)
	for _, count := range s.blocks {
		total += count
	}
	for i, count := range s.blocks {
		out := s.widths[i]
		var row []layers.Module
		n.stage(int64(i)+1, func() {
			for j := range count {
				leave := n.In(fmt.Sprintf("blocks.%d.layers.%d.layers", i, j))
				row = append(row, n.checkpointed(n.maxvitLayer(maxvitPart{in, out, side[i], n.pathRate(block, total)}, j == 0)))
				leave()
				in = out
				block++
			}
		})
		m.stages = append(m.stages, row)
	}
	m.classifier = n.Sequential("classifier",
		func() layers.Module { return n.AdaptivePool(1, 1) },
		func() layers.Module { return flatten{n} },
		func() layers.Module { return n.layerNorm("", in) },
		func() layers.Module { return n.FC("", in, in, true) },
		func() layers.Module { return n.Activation(layers.PointTanh, false) },
		func() layers.Module { return n.FC("", in, n.conv.Classes, false) })
	return m, nil
}

// maxvitSides are the sides of the stages' images, each a multiple of the
// partition.
func maxvitSides(image int64, stages int) ([]int64, error) {
	win := same(3, 2)
	side, _ := win.Out(image, image)
	var out []int64
	for range stages {
		side, _ = win.Out(side, side)
		if side == 0 || side%maxvitPartition != 0 {
			return nil, fmt.Errorf("images of %d pixels do not divide into windows of %d; send inputImageSize 224 or 448", image, maxvitPartition)
		}
		out = append(out, side)
	}
	return out, nil
}

// Forward is the model's forward.
func (m *maxvit) Forward(x *tape.Tensor) *tape.Tensor {
	f := m.n.T.Frame(x)
	x = f.Re(x, m.stem.Forward(x))
	for _, row := range m.stages {
		x = f.Re(x, m.n.row(row...).Forward(x))
	}
	return f.Ret(m.classifier.Forward(x))
}

// flatten is torch.nn.Flatten as a module.
type flatten struct{ n *net }

// Forward flattens an image of one pixel.
func (m flatten) Forward(x *tape.Tensor) *tape.Tensor { return m.n.Flatten(x) }

// plainCNA is a convolution, a batch norm and GELU, numbered as torchvision's
// Conv2dNormActivation.
func (n *net) plainCNA(leaf string, in, out int64, win tape.Window, groups int64) *layers.Sequential {
	return n.Sequential(leaf,
		func() layers.Module { return n.Conv2D("", in, out, win, groups, false) },
		func() layers.Module { return n.BatchNorm("", out) },
		func() layers.Module { return n.Activation(layers.PointGELU, false) })
}

// maxvitPart is what a layer's parts are made for.
type maxvitPart struct {
	in, out, side int64
	path          float64
}

// maxvitLayer is MaxVitLayer: a convolution, attention in windows, attention
// over a grid.
func (n *net) maxvitLayer(p maxvitPart, halves bool) layers.Module {
	defer n.In("")()
	var ms []layers.Module
	n.within("MBconv", func() { ms = append(ms, n.maxvitConv(p, halves)) })
	n.within("window_attention", func() { ms = append(ms, n.partitioned(p, maxvitPartition, false)) })
	n.within("grid_attention", func() { ms = append(ms, n.partitioned(p, p.side/maxvitPartition, true)) })
	return n.row(n.row(ms...))
}

// maxvitConv is MaxVit's MBConv.
type maxvitConv struct {
	n     *net
	proj  *layers.Sequential // nil: the identity
	parts layers.Module
	path  *layers.DropPath
}

func (n *net) maxvitConv(p maxvitPart, halves bool) layers.Module {
	c := &maxvitConv{n: n, path: n.DropPath(p.path)}
	stride, wide := int64(1), maxvitWiden*p.out
	if halves {
		stride = 2
		c.proj = n.Sequential("proj",
			func() layers.Module { return n.AvgPool(tape.Square(3, 2, 1)) },
			func() layers.Module { return n.Conv2D("", p.in, p.out, point, 1, true) })
	}
	n.within("layers", func() {
		ms := []layers.Module{
			n.BatchNorm("pre_norm", p.in),
			n.plainCNA("conv_a", p.in, wide, point, 1),
			n.plainCNA("conv_b", wide, wide, same(n.kernel(3), stride), wide),
		}
		n.within("squeeze_excitation", func() {
			s := n.squeeze(wide, p.out/maxvitSqueeze, layers.PointSiLU, layers.PointSigmoid)
			s.act = n.Activation(layers.PointSiLU, false)
			ms = append(ms, s)
		})
		ms = append(ms, n.Conv2D("conv_c", wide, p.out, point, 1, true))
		c.parts = n.row(ms...)
	})
	return c
}

// Forward is the module's forward.
func (c *maxvitConv) Forward(x *tape.Tensor) *tape.Tensor {
	t := c.n.T
	f := t.Frame(x)
	residual := f.V(x)
	if c.proj != nil {
		residual = f.Re(residual, c.proj.Forward(x))
	}
	x = f.Re(x, c.path.Forward(c.parts.Forward(x)))
	return f.Ret(t.Add(residual, x))
}
