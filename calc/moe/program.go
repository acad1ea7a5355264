package moe

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// causal is a decoder with a causal language-model loss.
type causal struct {
	b *layers.Builder
	m *layers.Causal
}

// Batch is token ids and labels.
func (c causal) Batch() []*tape.Tensor {
	t := c.b.T
	dims := []tape.Dim{c.b.B, c.b.S}
	labels := dims
	if !c.b.HasTokenLabels() {
		labels = dims[:1] // one a sample
	}
	return []*tape.Tensor{t.Input("token ids", tape.I64, dims...), t.Input("labels", tape.I64, labels...)}
}

// Loss runs the model.
func (c causal) Loss(batch []*tape.Tensor) *tape.Tensor { return c.m.Loss(batch[0], batch[1]) }

// Next gives the logits of the token after the last.
func (c causal) Next(ids *tape.Tensor) *tape.Tensor { return c.m.Next(ids) }

// Record writes a run on a tape.
func Record(c *Config, extent tape.Extent) (*layers.Builder, error) {
	b, m, err := Declare(c, extent)
	if err != nil {
		return nil, err
	}
	return b, b.Execute(m)
}

// Declare declares a run's model on a tape, without a step.
func Declare(c *Config, extent tape.Extent) (*layers.Builder, layers.Model, error) {
	b := layers.New(tape.New(extent), c.Hardware, c.Train, c.Adapter, c.Attention, c.Stack, c.Inference)
	if err := b.Spread(c.Parallel); err != nil {
		return nil, nil, err
	}
	b.Component = memory.DenseWeights
	b.Patches(c.Text.Family)
	b.Aligned(c.Alignment)
	c = share(b, c)
	m, err := model(b, c)
	if err != nil {
		return nil, nil, err
	}
	_, b.TakesMask = m.(causal)
	b.KnowsLosses = b.TakesMask && !layers.Scales(c.Text)
	if err := b.Beside(func() (layers.Model, error) { return model(b, c) }); err != nil {
		return nil, nil, err
	}
	return b, inStages(b, m), nil
}

// model declares the model.
func model(b *layers.Builder, c *Config) (layers.Model, error) {
	var m layers.Model
	switch c.Text.Family {
	case workload.GLaM:
		b.Notes = append(b.Notes, "GLaM's code was never published: it is written from the paper as a pre-norm decoder with gated dense MLPs and plain experts with slots by capacity; its relative position bias (32 numbers a head and layer) is taken as rotary, and no run was measured")
		m = causal{b, b.MoECausal(c.Text, c.Experts, c.Train.FrozenLayers)}
	case workload.Llama4:
		m = causal{b, llama4(b, c)}
	case workload.Mixtral, workload.Qwen2MoE, workload.Qwen3MoE, workload.OLMoE, workload.DeepSeekMoE, workload.DeepSeekV2, workload.DeepSeekV3,
		workload.GLM4MoE, workload.PhiMoE, workload.GPTOSS, workload.GraniteMoE:
		m = causal{b, b.MoECausal(c.Text, c.Experts, c.Train.FrozenLayers)}
	case workload.Switch:
		m = seq2seq{b, b.Switch(c.Text, c.Experts, c.Train.FrozenLayers)}
	default:
		return nil, fmt.Errorf("%v is not written yet", c.Text.Family)
	}
	return m, nil
}

// llama4 declares LLaMA-4: with a tower the language model is a part of
// Llama4ForConditionalGeneration.
func llama4(b *layers.Builder, c *Config) *layers.Causal {
	if c.Vision.Family != workload.Llama4Vision {
		return b.MoECausal(c.Text, c.Experts, c.Train.FrozenLayers)
	}
	b.Llama4Tower(c.Text, c.Vision)
	defer b.In("language_model")()
	return b.MoECausal(c.Text, c.Experts, c.Train.FrozenLayers)
}
