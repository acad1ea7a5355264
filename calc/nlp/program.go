package nlp

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// decoder is a model that gives the loss of token ids and labels.
type decoder interface {
	Loss(ids, labels *tape.Tensor) *tape.Tensor
	Next(ids *tape.Tensor) *tape.Tensor
}

// causal is a decoder with a causal language-model loss.
type causal struct {
	b *layers.Builder
	m decoder
}

// Batch is token ids and labels.
func (c causal) Batch() []*tape.Tensor {
	t := c.b.T
	dims := []tape.Dim{c.b.B, c.b.S}
	labels := dims
	if !c.b.HasTokenLabels() {
		labels = dims[:1] // one a sample
	}
	batch := []*tape.Tensor{t.Input("token ids", tape.I64, dims...), t.Input("labels", tape.I64, labels...)}
	if c.b.GivesPositions() {
		batch = append(batch, t.Input("positions", tape.I64, c.b.PositionDims()...))
	}
	return batch
}

// Loss runs the model.
func (c causal) Loss(batch []*tape.Tensor) *tape.Tensor {
	if c.b.GivesPositions() {
		defer c.b.Give(batch[2])()
	}
	return c.m.Loss(batch[0], batch[1])
}

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
	b := layers.New(tape.New(extent), c.Hardware, layers.Share(c.Train, c.Parallel), c.Adapter, c.Attention, c.Stack, c.Inference)
	if err := b.Spread(c.Parallel); err != nil {
		return nil, nil, err
	}
	b.Component = memory.ModelWeights
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
	case workload.Llama, workload.Mistral, workload.Qwen2, workload.Qwen3, workload.Granite, workload.MiniCPM:
		m = causal{b, b.Causal(c.Text, c.Train.FrozenLayers)}
	case workload.Gemma, workload.Gemma2, workload.Gemma3, workload.Phi3, workload.GLM, workload.GLM4,
		workload.Phi, workload.StarCoder2, workload.OLMo2, workload.Cohere, workload.StableLM, workload.SmolLM3,
		workload.ChatGLM, workload.InternLM2, workload.Baichuan, workload.OLMo, workload.Nemotron:
		m = causal{b, b.RotaryDecoder(c.Text, c.Train.FrozenLayers)}
	case workload.BLOOM:
		m = causal{b, b.BLOOM(c.Text, c.Train.FrozenLayers)}
	case workload.MPT:
		m = causal{b, b.MPT(c.Text, c.Train.FrozenLayers)}
	case workload.OPT:
		m = causal{b, b.OPT(c.Text, c.Train.FrozenLayers)}
	case workload.GPTNeoX:
		m = causal{b, b.NeoX(c.Text, c.Train.FrozenLayers)}
	case workload.Falcon:
		m = causal{b, b.Falcon(c.Text, c.Train.FrozenLayers)}
	case workload.GPTJ:
		m = causal{b, b.GPTJ(c.Text, c.Train.FrozenLayers)}
	case workload.GPTNeo:
		m = causal{b, b.GPTNeo(c.Text, c.Train.FrozenLayers)}
	case workload.GPTBigCode:
		m = causal{b, b.BigCode(c.Text, c.Train.FrozenLayers)}
	case workload.GPT2:
		m = causal{b, b.GPT2(c.Text, c.Train.FrozenLayers)}
	case workload.BERT, workload.RoBERTa, workload.DistilBERT, workload.DeBERTaV2:
		m = encoder{b, b.Encoder(c.Text, c.Train.FrozenLayers)}
	case workload.Transformer2017:
		m = seq2seq{b, b.Transformer(c.Text, c.Train.FrozenLayers)}
	case workload.BART:
		m = seq2seq{b, b.BART(c.Text, c.Train.FrozenLayers)}
	case workload.T5, workload.MT5:
		m = generating(seq2seq{b, b.T5(c.Text, c.Train.FrozenLayers)})
	default:
		return nil, fmt.Errorf("%v is not written yet", c.Text.Family)
	}
	b.Biased = c.Text.Position == workload.ALiBi || c.Text.Position == workload.Relative
	return m, nil
}
