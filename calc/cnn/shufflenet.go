package cnn

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// shufflenets are the widths of torchvision's ShuffleNetV2s: of the stem, the
// three stages and the last convolution.
var shufflenets = map[string][5]int64{
	"shufflenet_v2_x0_5": {24, 48, 96, 192, 1024},
	"shufflenet_v2_x1_0": {24, 116, 232, 464, 1024},
	"shufflenet_v2_x1_5": {24, 176, 352, 704, 1024},
	"shufflenet_v2_x2_0": {24, 244, 488, 976, 2048},
}

// shuffleRepeats are the blocks of the stages, and shuffleFirst is the number in
// the first stage's name.
var shuffleRepeats = [3]int64{4, 8, 4}

const shuffleFirst = 2

// newShuffleNet is torchvision's ShuffleNetV2.
func newShuffleNet(n *net, widths [5]int64) layers.Module {
	var ms []layers.Module
	in := widths[0]
	n.stage(0, func() { ms = append(ms, n.cna("conv1", 3, in, same(3, 2), 1, layers.PointReLU)) })
	ms = append(ms, n.pool(workload.MaxPool, tape.Square(3, 2, 1)))
	for i, repeats := range shuffleRepeats {
		out := widths[i+1]
		var blocks []func() layers.Module
		for j := range repeats {
			from := in
			if j > 0 {
				from = out
			}
			blocks = append(blocks, func() layers.Module { return n.checkpointed(n.shuffleBlock(from, out, j == 0)) })
		}
		n.stage(int64(i)+1, func() { ms = append(ms, n.Sequential(fmt.Sprintf("stage%d", i+shuffleFirst), blocks...)) })
		in = out
	}
	last := widths[len(widths)-1]
	ms = append(ms, n.cna("conv5", in, last, point, 1, layers.PointReLU))
	return &meanNet{n: n, features: n.row(ms...), head: n.FC("fc", last, n.conv.Classes, true)}
}

// shuffleBlock is an inverted residual of ShuffleNetV2: half of the channels
// pass, or a branch of their own halves the image, and the two halves are
// shuffled.
type shuffleBlock struct {
	n           *net
	left, right *layers.Sequential
}

func (n *net) shuffleBlock(in, out int64, halves bool) layers.Module {
	b := &shuffleBlock{n: n}
	wide, stride, from := out/2, int64(1), out/2
	conv := func(in, out int64) func() layers.Module {
		return func() layers.Module { return n.Conv2D("", in, out, point, 1, false) }
	}
	deep := func(width int64) func() layers.Module {
		return func() layers.Module { return n.Conv2D("", width, width, same(n.kernel(3), stride), width, false) }
	}
	norm := func(width int64) func() layers.Module {
		return func() layers.Module { return n.BatchNorm("", width) }
	}
	relu := func() layers.Module { return n.Activation(layers.PointReLU, true) }
	if halves {
		stride, from = 2, in
		b.left = n.Sequential("branch1", deep(in), norm(in), conv(in, wide), norm(wide), relu)
	}
	b.right = n.Sequential("branch2", conv(from, wide), norm(wide), relu, deep(wide), norm(wide), conv(wide, wide), norm(wide), relu)
	return b
}

// Forward is the block's forward.
func (b *shuffleBlock) Forward(x *tape.Tensor) *tape.Tensor {
	t, d := b.n.T, x.Dims()
	f := t.Frame(x)
	var y *tape.Tensor
	if b.left == nil {
		c, _ := d[1].Const()
		part := []tape.Dim{d[0], tape.N(c / 2), d[2], d[3]}
		halves := t.Split(x, part, part)
		x1, x2 := f.V(halves[0]), f.V(halves[1])
		y = f.V(b.n.joined([]*tape.Tensor{x1, b.right.Forward(x2)}))
	} else {
		left := b.left.Forward(x)
		y = f.V(b.n.joined([]*tape.Tensor{left, b.right.Forward(x)}))
	}
	return f.Ret(f.Re(y, b.n.shuffled(y)))
}

// shuffled is channel_shuffle in two groups.
func (n *net) shuffled(x *tape.Tensor) *tape.Tensor {
	t, d := n.T, x.Dims()
	c, _ := d[1].Const()
	f := t.Frame(x)
	y := f.V(t.CopyBack(x, d[0], tape.N(2), tape.N(c/2), d[2], d[3]))
	y = f.Re(y, t.Contiguous(t.View(y, d[0], tape.N(c/2), tape.N(2), d[2], d[3])))
	return f.Ret(f.Re(y, t.View(y, d...)))
}
