package cnn

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// classifier is an image model with a cross-entropy loss.
type classifier struct {
	b     *layers.Builder
	image int64
	input tape.DType
	m     layers.Module
	// augmented says that the batch is augmented on the card: what it was
	// made of stays beside it until forward is done.
	augmented bool
}

// Batch is images and class numbers.
func (c *classifier) Batch() []*tape.Tensor {
	t := c.b.T
	defer t.As(memory.DataAugmentation)()
	images := func(label string) *tape.Tensor {
		return t.Input(label, c.input, c.b.B, tape.N(3), tape.N(c.image), tape.N(c.image))
	}
	batch := []*tape.Tensor{images("images"), t.Input("labels", tape.I64, c.b.B)}
	if c.augmented {
		batch = append(batch, images("images before augmentation"))
	}
	return batch
}

// Loss runs the model.
func (c *classifier) Loss(batch []*tape.Tensor) *tape.Tensor {
	t := c.b.T
	defer t.As(memory.FeatureMaps)()
	f := t.Frame()
	out := f.V(c.m.Forward(batch[0]))
	loss := c.b.CrossEntropy(out, batch[1])
	c.b.Counting = false
	return f.Ret(loss)
}

// Record writes a run on a tape.
func Record(c *Config, extent tape.Extent) (*layers.Builder, error) {
	b, m, err := Declare(c, extent)
	if err != nil {
		return nil, err
	}
	return b, b.Run(m)
}

// Declare declares a run's model on a tape, without a step.
func Declare(c *Config, extent tape.Extent) (*layers.Builder, layers.Model, error) {
	switch c.Train.Method {
	case workload.LoRA, workload.QLoRA, workload.Prefix:
		return nil, nil, fmt.Errorf("%v is not written for image classifiers yet", c.Train.Method)
	}
	b := layers.New(tape.New(extent), c.Hardware, c.Train, c.Adapter, workload.Attention{Implementation: workload.SDPA}, c.Stack, workload.Inference{})
	if err := b.Spread(c.Parallel); err != nil {
		return nil, nil, err
	}
	b.Undivided(c.Parallel)
	b.FrozenStatistics = c.Conv.FreezeBatchNorm
	b.T.ChannelsLast = c.Conv.ChannelsLast
	n := &net{Builder: b, conv: c.Conv}
	m, err := n.declare()
	if err == nil {
		err = n.checkOverrides()
	}
	if err != nil {
		return nil, nil, err
	}
	b.T.Settle()
	if c.Conv.ChannelsLast {
		b.T.Relayout()
	}
	n.note()
	input := tape.F32
	if !c.Train.IsAutocast() {
		input = b.Weights
	}
	b.Counting = true
	b.Smooths = true
	return b, &classifier{b: b, image: c.Conv.Image, input: input, m: m, augmented: c.Conv.AugmentOnGPU}, nil
}

// note says what the numbers rest on.
func (n *net) note() {
	n.Notes = append(n.Notes, "cuDNN's convolution workspaces depend on the algorithm it picks and are not among the tensors: they are in the range of the total")
	if n.Train.Checkpointing && !n.conv.TIMM {
		n.Notes = append(n.Notes, "torchvision has no switch for gradient checkpointing: each block wrapped in torch.utils.checkpoint is modelled")
	}
}

// Macs is the number of multiply-adds of one image's forward: convolutions and
// matrix products.
func Macs(c *Config) (int64, error) {
	b, err := Record(c, tape.OneStep)
	if err != nil {
		return 0, err
	}
	return b.MultiplyAdds, nil
}
