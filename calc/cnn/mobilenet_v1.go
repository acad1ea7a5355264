package cnn

import (
	"strconv"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// mobileV1Strides are the strides of MobileNetV1's thirteen pairs of a depthwise
// convolution and one of single pixels; those of 2, and the first, double the
// width.
var mobileV1Strides = [13]int64{1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1}

const (
	mobileV1Stem = 32
	mobileV1Drop = 0.999 // classifier_dropout_prob of transformers' MobileNetV1Config
)

// mobileV1 is transformers' MobileNetV1ForImageClassification.
type mobileV1 struct {
	n          *net
	layers     []layers.Module
	mean, drop layers.Module
	fc         *layers.FC
}

func newMobileNetV1(n *net) layers.Module {
	m := &mobileV1{n: n, mean: n.AdaptivePool(1, 1)}
	width, in := int64(mobileV1Stem), n.wide(mobileV1Stem)
	n.within("mobilenet_v1", func() {
		n.stage(0, func() { m.layers = append(m.layers, n.paddedLayer("conv_stem", 3, in, same(3, 2), 1)) })
		stage := int64(0)
		for i, stride := range mobileV1Strides {
			if stride == 2 || i == 0 {
				width *= 2
				stage++
			}
			out := n.wide(width)
			n.stage(stage, func() {
				m.layers = append(m.layers,
					n.paddedLayer("layer."+strconv.Itoa(2*i), in, in, same(n.kernel(3), stride), in),
					n.paddedLayer("layer."+strconv.Itoa(2*i+1), in, out, point, 1))
			})
			in = out
		}
	})
	m.drop = n.DropoutInPlace(n.dropRate(mobileV1Drop))
	m.fc = n.FC("classifier", in, n.conv.Classes, true)
	return m
}

// Forward is the network's forward.
func (m *mobileV1) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.n.T
	f := t.Frame(x)
	g := t.Frame(x)
	h := g.V(m.layers[0].Forward(x))
	for _, l := range m.layers[1:] {
		h = g.Re(h, l.Forward(h))
	}
	pooled := g.V(m.n.Flatten(m.mean.Forward(h)))
	h, pooled = g.Ret2(h, pooled)
	f.V(h)
	pooled = f.V(pooled)
	return f.Ret(m.fc.Forward(m.drop.Forward(pooled)))
}

// paddedLayer is MobileNetV1ConvLayer: padding as TensorFlow has it, a
// convolution, a batch norm and ReLU6.
type paddedLayer struct {
	n    *net
	win  tape.Window
	conv *layers.Conv2D
	rest []layers.Module
}

func (n *net) paddedLayer(leaf string, in, out int64, win tape.Window, groups int64) layers.Module {
	defer n.In(leaf)()
	win.Padding = [2]int64{}
	return &paddedLayer{n, win, n.Conv2D("convolution", in, out, win, groups, false),
		[]layers.Module{n.BatchNorm("normalization", out), n.Activation(layers.PointReLU6, false)}}
}

// Forward is the layer's forward. Padding copies even where it adds nothing.
func (l *paddedLayer) Forward(x *tape.Tensor) *tape.Tensor {
	t, d := l.n.T, x.Dims()
	f := t.Frame(x)
	dims := []tape.Dim{d[0], d[1], paddedSide(d[2], l.win.Kernel[0], l.win.Stride[0]), paddedSide(d[3], l.win.Kernel[1], l.win.Stride[1])}
	x = f.Re(x, t.Pad(x, dims...))
	x = f.Re(x, l.conv.Forward(x))
	return f.Ret(layers.Chain(f, x, l.rest...))
}

// paddedSide is a side with TensorFlow's padding SAME.
func paddedSide(d tape.Dim, kernel, stride int64) tape.Dim {
	n, _ := d.Const()
	last := n % stride
	if last == 0 {
		last = stride
	}
	return tape.N(n + max(kernel-last, 0))
}
