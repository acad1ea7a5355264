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
func Record(c *Config, unrolled bool) (*layers.Builder, error) {
	switch c.Train.Method {
	case workload.LoRA, workload.QLoRA, workload.Prefix:
		return nil, fmt.Errorf("%v is not written for image classifiers yet", c.Train.Method)
	}
	b := layers.New(tape.New(unrolled), c.Hardware, c.Train, c.Adapter, workload.Attention{Implementation: workload.SDPA}, workload.Inference{})
	b.FrozenStatistics = c.Conv.FreezeBatchNorm
	b.T.ChannelsLast = c.Conv.ChannelsLast
	n := &net{Builder: b, conv: c.Conv}
	m, err := n.declare()
	if err == nil {
		err = n.checkOverrides()
	}
	if err != nil {
		return nil, err
	}
	n.note()
	input := tape.F32
	if !c.Train.IsAutocast() {
		input = b.Weights
	}
	b.Counting = true
	b.Smooths = true
	return b, b.Run(&classifier{b: b, image: c.Conv.Image, input: input, m: m, augmented: c.Conv.AugmentOnGPU})
}

// note says what the numbers rest on.
func (n *net) note() {
	n.Notes = append(n.Notes, "cuDNN's convolution workspaces depend on the algorithm it picks and are not among the tensors: they are in the range of the total")
	if n.Train.Checkpointing && !n.conv.TIMM {
		n.Notes = append(n.Notes, "torchvision has no switch for gradient checkpointing: each block wrapped in torch.utils.checkpoint is modelled")
	}
}

// declare finds the architecture by its name.
func (n *net) declare() (layers.Module, error) {
	if s, ok := resnets[n.conv.Name]; ok {
		return newResNet(n, s), nil
	}
	if n.conv.TIMM {
		if m, err := n.declareTimm(); m != nil || err != nil {
			return m, err
		}
	}
	if s, ok := efficientNets[n.conv.Name]; ok {
		return newEfficientNet(n, s), nil
	}
	if s, ok := regnets[n.conv.Name]; ok {
		return newRegNet(n, s), nil
	}
	if s, ok := densenets[n.conv.Name]; ok {
		return newDenseNet(n, s), nil
	}
	if s, ok := convnexts[n.conv.Name]; ok {
		return newConvNeXt(n, s), nil
	}
	if s, ok := vggs[n.conv.Name]; ok {
		return newVGG(n, s), nil
	}
	if s, ok := mobileV3s[n.conv.Name]; ok {
		return newMobileNetV3(n, s), nil
	}
	switch n.conv.Name {
	case "alexnet":
		return newAlexNet(n), nil
	case "googlenet":
		return newGoogLeNet(n), nil
	case "inception_v3":
		return newInception(n), nil
	}
	if n.conv.Name == "mobilenet_v2" {
		return newMobileNetV2(n), nil
	}
	if s, ok := swins[n.conv.Name]; ok {
		return newSwin(n, s), nil
	}
	if s, ok := vits[n.conv.Name]; ok {
		return newViT(n, s), n.checkPatches(s.patch)
	}
	return nil, fmt.Errorf("%s is not written yet", n.conv.Name)
}

// declareTimm finds an architecture that timm writes in its own way, nil if
// there is none of the name.
func (n *net) declareTimm() (layers.Module, error) {
	name := n.conv.Name
	if s, ok := timmEfficientNet(name); ok {
		return newTimmEfficientNet(n, s), nil
	}
	if s, ok := mobileV3s[timmMobileV3s[name]]; ok {
		return newTimmMobileNetV3(n, s), nil
	}
	if name == "mobilenetv2_100" {
		return newTimmMobileNetV2(n), nil
	}
	if s, ok := convnexts[name]; ok {
		return newTimmConvNeXt(n, s), nil
	}
	if s, ok := vggs[name]; ok {
		return newTimmVGG(n, s), nil
	}
	if s, ok := regnets[name]; ok {
		return newTimmRegNet(n, s), nil
	}
	if s, ok := timmSwins[name]; ok {
		return newTimmSwin(n, s), nil
	}
	if s, ok := timmViTs[name]; ok {
		return newTimmViT(n, s), n.checkPatches(s.patch)
	}
	return nil, nil
}

// Macs is the number of multiply-adds of one image's forward: convolutions and
// matrix products.
func Macs(c *Config) (int64, error) {
	b, err := Record(c, false)
	if err != nil {
		return 0, err
	}
	return b.MultiplyAdds, nil
}
