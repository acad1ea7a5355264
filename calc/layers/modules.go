package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Chain applies modules in a row within a caller's frame, whose variable x is.
func Chain(f *tape.Frame, x *tape.Tensor, ms ...Module) *tape.Tensor {
	for _, m := range ms {
		x = f.Re(x, m.Forward(x))
	}
	return x
}

// checkpointedModule runs a module again in backward instead of keeping what
// it saves.
type checkpointedModule struct {
	b *Builder
	m Module
}

// Checkpointed wraps a module in the run's form of gradient checkpointing, if
// the run has any.
func (b *Builder) Checkpointed(m Module) Module {
	if !b.Train.Checkpointing {
		return m
	}
	return checkpointedModule{b, m}
}

// Forward applies the module.
func (c checkpointedModule) Forward(x *tape.Tensor) *tape.Tensor {
	t := c.b.T
	if c.b.Train.CheckpointingForm == workload.Reentrant {
		return t.CheckpointReentrant(c.m.Forward, x)
	}
	return t.Checkpoint(func() *tape.Tensor { return c.m.Forward(x) }, x)
}

// DropPath is stochastic depth by sample: the residual branch times a number
// for each sample. A rate of 0 is the identity.
type DropPath struct {
	b    *Builder
	rate float64
}

// DropPath declares stochastic depth.
func (b *Builder) DropPath(rate float64) *DropPath { return &DropPath{b, rate} }

// Forward drops samples of a branch.
func (d *DropPath) Forward(x *tape.Tensor) *tape.Tensor {
	t := d.b.T
	f := t.Frame(x)
	if d.rate <= 0 {
		return f.Ret(x)
	}
	defer t.Scope("drop path")()
	dims := make([]tape.Dim, len(x.Dims()))
	for i := range dims {
		dims[i] = tape.One
	}
	dims[0] = x.Dims()[0]
	noise := f.V(t.Make("kept samples", x.DType(), dims))
	return f.Ret(t.Mul(x, noise))
}

// Dropout is torch.nn.Dropout.
type Dropout struct {
	b       *Builder
	rate    float64
	inPlace bool
}

// Dropout declares a dropout.
func (b *Builder) Dropout(rate float64) *Dropout { return &Dropout{b, rate, false} }

// DropoutInPlace declares a dropout that works in place.
func (b *Builder) DropoutInPlace(rate float64) *Dropout { return &Dropout{b, rate, true} }

// Forward drops elements.
func (d *Dropout) Forward(x *tape.Tensor) *tape.Tensor {
	t := d.b.T
	f := t.Frame(x)
	if d.inPlace {
		return f.Ret(t.DropoutInPlace(x, d.rate))
	}
	return f.Ret(t.Dropout(x, d.rate))
}

// Flatten joins all dimensions but the batch. A channels-last image of more
// than one pixel is copied.
func (b *Builder) Flatten(x *tape.Tensor) *tape.Tensor {
	t := b.T
	d := x.Dims()
	rest := tape.Numel(d[1:])
	if t.ChannelsLast && len(d) == 4 && !d[2].Times(d[3]).IsOne() {
		x = t.Contiguous(x)
	}
	return t.View(x, d[0], rest)
}

// CrossEntropy is torch's cross_entropy of [B, classes] with class numbers.
func (b *Builder) CrossEntropy(x, y *tape.Tensor) *tape.Tensor {
	t := b.T
	defer t.Scope("loss")()
	f := t.Frame(x, y)
	logp := t.LogSoftmax(x)
	if b.Train.LabelSmoothing <= 0 {
		return f.Ret(t.NLLLoss(logp, y))
	}
	f.V(logp)
	nll := f.V(t.NLLLoss(logp, y))
	smooth := f.V(t.Reduce(t.Neg(t.Reduce(logp, logp.Dims()[0])), tape.One))
	return f.Ret(t.Add(t.MulS(nll), t.MulS(smooth)))
}
