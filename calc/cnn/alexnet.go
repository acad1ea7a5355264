package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// alexConv is a convolution of AlexNet, and whether a pool follows.
type alexConv struct {
	out, kernel, stride, padding int64
	pool                         bool
}

var alexConvs = []alexConv{{64, 11, 4, 2, true}, {192, 5, 1, 2, true}, {384, 3, 1, 1, false}, {256, 3, 1, 1, false}, {256, 3, 1, 1, true}}

const (
	alexPooled = 6    // side of the pooled features
	alexHidden = 4096 // width of the classifier
	alexDrop   = 0.5
)

// newAlexNet is torchvision's AlexNet.
func newAlexNet(n *net) layers.Module {
	v := &vgg{n: n}
	in := int64(3)
	relu := func() layers.Module { return n.Activation(layers.PointReLU, true) }
	var parts []func() layers.Module
	for i, c := range alexConvs {
		from, out := in, n.wide(c.out)
		parts = append(parts, func() layers.Module {
			return n.staged(int64(i), func() layers.Module {
				return n.Conv2D("", from, out, tape.Square(c.kernel, c.stride, c.padding), 1, true)
			})
		}, relu)
		if c.pool {
			parts = append(parts, func() layers.Module { return n.pool(workload.MaxPool, tape.Square(3, 2, 0)) })
		}
		in = out
	}
	v.features = n.Sequential("features", parts...)
	v.mean = n.AdaptivePool(alexPooled, alexPooled)
	drop := func() layers.Module { return n.Dropout(n.dropRate(alexDrop)) }
	fc := func(in, out int64) func() layers.Module {
		return func() layers.Module { return n.FC("", in, out, true) }
	}
	v.classifier = n.Sequential("classifier", drop, fc(in*alexPooled*alexPooled, alexHidden), relu, drop, fc(alexHidden, alexHidden), relu, fc(alexHidden, n.conv.Classes))
	return v
}
