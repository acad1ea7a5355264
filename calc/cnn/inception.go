package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// inceptionDrop is the dropout before the classifier.
const inceptionDrop = 0.5

// inception is torchvision's and timm's Inception v3.
type inception struct {
	n        *net
	features []layers.Module
	aux      layers.Module // torchvision's auxiliary classifier
	auxAfter int           // modules of the features before it
	drop     *layers.Dropout
	fc       *layers.FC
}

func newInception(n *net) layers.Module {
	v := &inception{n: n}
	add := func(m ...layers.Module) { v.features = append(v.features, m...) }
	n.stage(0, func() {
		add(n.basic("Conv2d_1a_3x3", 3, 32, tape.Square(3, 2, 0)), n.basic("Conv2d_2a_3x3", 32, 32, tape.Square(3, 1, 0)))
		add(n.basic("Conv2d_2b_3x3", 32, 64, same(3, 1)), n.pool(workload.MaxPool, tape.Square(3, 2, 0)))
		add(n.basic("Conv2d_3b_1x1", 64, 80, point), n.basic("Conv2d_4a_3x3", 80, 192, tape.Square(3, 1, 0)))
		add(n.pool(workload.MaxPool, tape.Square(3, 2, 0)))
	})
	stage := int64(0)
	mixed := func(leaf string, m func() layers.Module) {
		stage++
		n.stage(stage, func() { n.within(leaf, func() { add(n.checkpointed(m())) }) })
	}
	for _, a := range []struct {
		leaf     string
		in, pool int64
	}{{"Mixed_5b", 192, 32}, {"Mixed_5c", 256, 64}, {"Mixed_5d", 288, 64}} {
		mixed(a.leaf, func() layers.Module { return n.inceptionA(a.in, a.pool) })
	}
	mixed("Mixed_6a", func() layers.Module { return n.inceptionB(288) })
	for _, c := range []struct {
		leaf  string
		width int64
	}{{"Mixed_6b", 128}, {"Mixed_6c", 160}, {"Mixed_6d", 160}, {"Mixed_6e", 192}} {
		mixed(c.leaf, func() layers.Module { return n.inceptionC(768, c.width) })
	}
	if !n.conv.TIMM {
		v.auxAfter = len(v.features)
		n.within("AuxLogits", func() { v.aux = n.inceptionAux(768) })
		n.Notes = append(n.Notes, say.F("Inception's auxiliary classifier runs and is not part of the loss, so that it gets no gradient; training with it adds its gradient and optimizer state, 3.3 million parameters"))
	}
	mixed("Mixed_7a", func() layers.Module { return n.inceptionD(768) })
	mixed("Mixed_7b", func() layers.Module { return n.inceptionE(1280) })
	mixed("Mixed_7c", func() layers.Module { return n.inceptionE(2048) })
	own := inceptionDrop
	if n.conv.TIMM {
		own = 0
	}
	v.drop = n.Dropout(n.dropRate(own))
	v.fc = n.FC("fc", 2048, n.conv.Classes, true)
	return v
}

// Forward is the network's forward. The auxiliary result stays beside the
// result until the network has returned.
func (v *inception) Forward(x *tape.Tensor) *tape.Tensor {
	if v.n.conv.TIMM {
		return v.timm(x)
	}
	n, t := v.n, v.n.T
	f := t.Frame(x)
	x = layers.Chain(f, x, v.features[:v.auxAfter]...)
	aux := f.V(v.auxiliary(x))
	x = layers.Chain(f, x, v.features[v.auxAfter:]...)
	x = f.Re(x, n.AdaptivePool(1, 1).Forward(x))
	x = f.Re(x, v.drop.Forward(x))
	x = f.Re(x, n.Flatten(x))
	x = f.Re(x, v.fc.Forward(x))
	x, aux = f.Ret2(x, aux)
	t.Done(aux)
	return x
}

// auxiliary runs the auxiliary classifier, whose multiply-adds do not count.
func (v *inception) auxiliary(x *tape.Tensor) *tape.Tensor {
	counting := v.n.Counting
	v.n.Counting = false
	defer func() { v.n.Counting = counting }()
	return v.aux.Forward(x)
}

// timm is timm's forward: the features stay until the head is done.
func (v *inception) timm(x *tape.Tensor) *tape.Tensor {
	n, t := v.n, v.n.T
	f := t.Frame(x)
	g := t.Frame(x)
	y := layers.Chain(g, x, v.features...)
	x = f.Re(x, g.Ret(y))
	h := t.Frame(x)
	z := h.V(n.AdaptivePool(1, 1).Forward(x))
	z = h.Re(z, n.Flatten(z))
	z = layers.Chain(h, z, v.drop, v.fc)
	return f.Ret(h.Ret(z))
}

// inceptionAux is InceptionAux: it pools, convolves to one pixel, classifies.
type inceptionAux struct {
	n            *net
	pool         layers.Module
	conv0, conv1 layers.Module
	fc           *layers.FC
}

func (n *net) inceptionAux(in int64) layers.Module {
	return &inceptionAux{n, n.AvgPool(tape.Square(5, 3, 0)), n.basic("conv0", in, 128, point), n.basic("conv1", 128, 768, tape.Square(5, 1, 0)), n.FC("fc", 768, n.conv.Classes, true)}
}

// Forward classifies.
func (a *inceptionAux) Forward(x *tape.Tensor) *tape.Tensor {
	n, t := a.n, a.n.T
	f := t.Frame(x)
	x = layers.Chain(f, x, a.pool, a.conv0, a.conv1)
	x = f.Re(x, n.AdaptivePool(1, 1).Forward(x))
	x = f.Re(x, n.Flatten(x))
	x = f.Re(x, a.fc.Forward(x))
	return f.Ret(x)
}
