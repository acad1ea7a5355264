package schemas

import (
	"cmp"
	"errors"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/cnn"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// bareSequence and bareImage are sizes of the run on which parameters are
// counted; a count does not depend on them.
const (
	bareSequence = 16
	bareImage    = 224
	bareImages   = 2 // batch norm takes no single value of a channel
)

// bare is the plainest run of a model: one short sample, every weight trained
// in fp32. Its parameters and modules are the model's own.
func bare(m catalog.Model) (workload.Workload, error) {
	train := workload.Train{
		Batch: 1, Sequence: bareSequence, DecoderSequence: bareSequence, AccumulationSteps: 1,
		Precision: workload.FP32, Half: workload.BF16, Mode: workload.Pure, Method: workload.Full,
		Optimizer: workload.SGD, Implementation: workload.Foreach, CheckpointingForm: workload.NonReentrant,
		Loss: workload.StandardLoss, Head: workload.LMHead, FrozenLayers: -1, Scheduler: workload.Constant,
	}
	adapter := workload.Adapter{Precision: workload.AdapterFP32, Quantization: workload.NoQuantization, Experts: workload.AttentionOnly}
	one := workload.Parallel{GPUs: 1, Tensor: 1, Pipeline: 1, Context: 1, Expert: 1, Offload: workload.NoOffload}
	attention := workload.Attention{Implementation: workload.SDPA}
	switch m.Kind {
	case workload.NLP:
		return &nlp.Config{Train: train, Text: m.Text, Attention: attention, Adapter: adapter, Parallel: one, Stack: workload.Stack{Name: workload.PyTorch}, Hardware: ampere()}, nil
	case workload.MoE:
		return &moe.Config{Train: train, Text: m.Text, Attention: attention, Experts: m.Experts, Vision: m.Vision, Adapter: adapter, Parallel: one, Stack: workload.Stack{Name: workload.PyTorch}, Hardware: ampere()}, nil
	case workload.Multimodal:
		return &multimodal.Config{Train: train, Text: m.Text, Attention: attention, Vision: bareVision(m.Vision), Experts: m.Experts, Adapter: adapter, Parallel: one, Stack: workload.Stack{Name: workload.PyTorch}, Hardware: ampere()}, nil
	case workload.CNN:
		c := m.Conv
		c.Image = cmp.Or(c.Image, bareImage) // some architectures need more than the usual size
		train.Batch = bareImages
		return &cnn.Config{Train: train, Conv: c, Adapter: adapter, Parallel: one, Stack: workload.Stack{Name: workload.PyTorch}, Hardware: ampere()}, nil
	}
	return nil, errors.New("the model has no type")
}

// bareVision shows a model one image, or a piece of audio.
func bareVision(v workload.Vision) workload.Vision {
	v.Width, v.Height = v.NativeSize, v.NativeSize
	if v.NativeSize == 0 {
		v.Width, v.Height = bareImage, bareImage
	}
	v.Tiles, v.Images = 1, 1
	if v.Family == workload.WhisperEncoder {
		v.Width, v.Height, v.Images, v.AudioSeconds = 0, 0, 0, whisperSeconds
	}
	return v
}

// count is the number of parameters of a model, counted on its declarations.
func count(m catalog.Model) (unit.Params, error) {
	w, err := bare(m)
	if err != nil {
		return 0, err
	}
	n, err := calc.Count(w)
	return n.Total, err
}

// sizeOf is a model's size in billions: the published count, else the counted
// one; 0 where neither is known.
func sizeOf(m catalog.Model) float64 {
	if m.Params > 0 {
		return m.Params.Billion()
	}
	n, err := count(m)
	if err != nil {
		return 0
	}
	return n.Billion()
}
