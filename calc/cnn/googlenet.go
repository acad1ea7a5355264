package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// googleBlock is an inception module of GoogLeNet: the widths of its branches.
// A pool comes before a module with one.
type googleBlock struct {
	name                         string
	one, reduce3, three, reduce5 int64
	five, pool                   int64
	poolBefore                   int64 // side of the pool, 0 = none
}

var googleBlocks = []googleBlock{
	{"inception3a", 64, 96, 128, 16, 32, 32, 3}, {"inception3b", 128, 128, 192, 32, 96, 64, 0},
	{"inception4a", 192, 96, 208, 16, 48, 64, 3}, {"inception4b", 160, 112, 224, 24, 64, 64, 0}, {"inception4c", 128, 128, 256, 24, 64, 64, 0},
	{"inception4d", 112, 144, 288, 32, 64, 64, 0}, {"inception4e", 256, 160, 320, 32, 128, 128, 0},
	{"inception5a", 256, 160, 320, 32, 128, 128, 2}, {"inception5b", 384, 192, 384, 48, 128, 128, 0},
}

// googleDrop is the dropout before the classifier.
const googleDrop = 0.2

// rounding is a pool that rounds its size up.
func rounding(w tape.Window) tape.Window {
	w.Ceil = true
	return w
}

// newGoogLeNet is torchvision's GoogLeNet as published weights give it, without
// the auxiliary classifiers.
func newGoogLeNet(n *net) layers.Module {
	c := &chainNet{n: n, flatHead: true}
	var features []layers.Module
	add := func(m ...layers.Module) { features = append(features, m...) }
	n.stage(0, func() {
		add(n.basic("conv1", 3, 64, tape.Square(7, 2, 3)), n.pool(workload.MaxPool, rounding(tape.Square(3, 2, 0))))
		add(n.basic("conv2", 64, 64, point), n.basic("conv3", 64, 192, same(n.kernel(3), 1)))
	})
	in := int64(192)
	for i, b := range googleBlocks {
		n.stage(int64(i)+1, func() {
			if b.poolBefore > 0 {
				add(n.pool(workload.MaxPool, rounding(tape.Square(b.poolBefore, 2, 0))))
			}
			add(n.checkpointed(n.googleBlock(b, in)))
			in = b.one + b.three + b.five + b.pool
		})
	}
	c.features = n.row(features...)
	c.mean = n.AdaptivePool(1, 1)
	c.drop = n.Dropout(n.dropRate(googleDrop))
	c.fc = n.FC("fc", in, n.conv.Classes, true)
	n.Notes = append(n.Notes, say.F("GoogLeNet is taken without its two auxiliary classifiers, as torchvision gives it with its weights"))
	return c
}

// googleBlock is torchvision's Inception module. The branch named after 5 has
// kernels of 3.
func (n *net) googleBlock(b googleBlock, in int64) layers.Module {
	defer n.In(b.name)()
	spatial := same(n.kernel(3), 1)
	pair := func(leaf string, reduced, out int64) branch {
		return branch{row: []layers.Module{n.row(n.basic(leaf+".0", in, reduced, point), n.basic(leaf+".1", reduced, out, spatial))}}
	}
	return &branches{n: n, parts: []branch{
		{row: []layers.Module{n.basic("branch1", in, b.one, point)}},
		pair("branch2", b.reduce3, b.three),
		pair("branch3", b.reduce5, b.five),
		{row: []layers.Module{n.row(n.MaxPool(rounding(tape.Square(3, 1, 1))), n.basic("branch4.1", in, b.pool, point))}},
	}}
}
