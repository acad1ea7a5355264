package layers

import "vramcalc/calc/tape"

// flamingoLayer is FlamingoLayer: a gated block, where there is one, and a
// decoder layer. Each has a checkpoint of its own.
type flamingoLayer struct {
	b     *Builder
	g     *Flamingo
	gated *gatedBlock
	layer *mptBlock
}

// checkpointsItself says that no checkpoint is put around the layer.
func (l *flamingoLayer) checkpointsItself() {}

// Forward gives the hidden state alone; Forward2 what the layer returns.
func (l *flamingoLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	y, weights := l.Forward2(x, c)
	l.b.T.Done(weights)
	return y
}

// Forward2 is the layer's forward, which returns the attention weights too.
func (l *flamingoLayer) Forward2(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, on := l.b.T, l.b.Train.Checkpointing
	f := t.Frame(x)
	x = f.V(x)
	if l.gated != nil {
		media, locations := c.Other[1], c.Other[2]
		before := x
		see := func() *tape.Tensor { return l.gated.forward(before, media, locations, l.g.images) }
		if on {
			x = f.Re(x, t.Checkpoint(see, x, media, locations))
		} else {
			x = f.Re(x, see())
		}
	}
	if !on {
		y, weights = l.layer.Forward2(x, c)
		return f.Ret2(y, weights)
	}
	out := t.CheckpointMany(func() []*tape.Tensor {
		y, weights := l.layer.Forward2(x, c)
		return []*tape.Tensor{y, weights}
	}, x, c.Mask, c.Other[0])
	return f.Ret2(out[0], out[1])
}
