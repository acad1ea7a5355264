package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// vggShape is the number of convolutions between pools, with or without batch
// norm.
type vggShape struct {
	convs [5]int64
	norm  bool
}

var vggs = map[string]vggShape{
	"vgg11": {[5]int64{1, 1, 2, 2, 2}, false}, "vgg11_bn": {[5]int64{1, 1, 2, 2, 2}, true},
	"vgg13": {[5]int64{2, 2, 2, 2, 2}, false}, "vgg13_bn": {[5]int64{2, 2, 2, 2, 2}, true},
	"vgg16": {[5]int64{2, 2, 3, 3, 3}, false}, "vgg16_bn": {[5]int64{2, 2, 3, 3, 3}, true},
	"vgg19": {[5]int64{2, 2, 4, 4, 4}, false}, "vgg19_bn": {[5]int64{2, 2, 4, 4, 4}, true},
}

var vggWidths = [5]int64{64, 128, 256, 512, 512}

const (
	vggPooled = 7    // side of the pooled features
	vggHidden = 4096 // width of the classifier
	vggDrop   = 0.5
)

// vgg is torchvision's VGG.
type vgg struct {
	n          *net
	features   *layers.Sequential
	mean       layers.Module
	classifier *layers.Sequential
}

func newVGG(n *net, s vggShape) layers.Module {
	v := &vgg{n: n}
	var in int64
	v.features, in = n.vggFeatures(s)
	v.mean = n.AdaptivePool(vggPooled, vggPooled)
	relu := func() layers.Module { return n.Activation(layers.PointReLU, true) }
	drop := func() layers.Module { return n.Dropout(n.dropRate(vggDrop)) }
	fc := func(in, out int64) func() layers.Module {
		return func() layers.Module { return n.FC("", in, out, true) }
	}
	v.classifier = n.Sequential("classifier", fc(in*vggPooled*vggPooled, vggHidden), relu, drop, fc(vggHidden, vggHidden), relu, drop, fc(vggHidden, n.conv.Classes))
	return v
}

// vggFeatures are the convolutions, and the width of the last.
func (n *net) vggFeatures(s vggShape) (*layers.Sequential, int64) {
	in := int64(3)
	var parts []func() layers.Module
	for i, count := range s.convs {
		out := n.wide(vggWidths[i])
		for range count {
			from := in
			stage := int64(i)
			parts = append(parts, func() layers.Module {
				return n.staged(stage, func() layers.Module { return n.Conv2D("", from, out, same(n.kernel(3), 1), 1, true) })
			})
			if s.norm {
				parts = append(parts, func() layers.Module {
					return n.staged(stage, func() layers.Module { return n.BatchNorm("", out) })
				})
			}
			parts = append(parts, func() layers.Module { return n.Activation(layers.PointReLU, true) })
			in = out
		}
		parts = append(parts, func() layers.Module { return n.pool(workload.MaxPool, tape.Square(2, 2, 0)) })
	}
	return n.Sequential("features", parts...), in
}

// Forward is the network's forward.
func (v *vgg) Forward(x *tape.Tensor) *tape.Tensor {
	f := v.n.T.Frame(x)
	x = layers.Chain(f, x, v.features, v.mean)
	x = f.Re(x, v.n.Flatten(x))
	x = layers.Chain(f, x, v.classifier)
	return f.Ret(x)
}
