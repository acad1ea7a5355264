package catalog

import (
	"strings"

	"vramcalc/calc/workload"
)

// This file reads the encoder-decoders.

// t5 reads the fields that T5 and Switch share: relative positions, RMS norms,
// no bias anywhere.
func t5(r *reader, d dialect) workload.Text {
	t := workload.Text{
		Family:          d.family,
		Position:        workload.Relative,
		Norm:            workload.RMSNorm,
		Vocab:           r.size("vocab_size"),
		Hidden:          r.size("hidden_size"),
		Layers:          r.layers("num_hidden_layers"),
		Heads:           r.size("num_attention_heads"),
		HeadDim:         r.size("d_kv"),
		Intermediate:    r.size("d_ff"),
		RelativeBuckets: r.size("relative_attention_num_buckets"),
	}
	t.KVHeads = t.Heads
	t.DecoderLayers = t.Layers
	if v := r.sizeOr("num_decoder_layers", t.Layers, "as many as num_layers"); v <= largestLayers {
		t.DecoderLayers = v
	} else {
		among(r, "num_decoder_layers", v, "the limit", largestLayers)
	}
	drop := r.rate("dropout_rate")
	t.EmbeddingDrop, t.AttentionDrop, t.ResidualDrop, t.ActivationDrop = drop, drop, drop, drop
	return t
}

// readT5 reads T5, its versions 1.1 and multilingual ones. The library ties the
// embeddings of a freshly built model whatever the config says; a checkpoint of
// version 1.1 has a head of its own.
func readT5(r *reader, d dialect, m *Model) {
	t := t5(r, d)
	t.Gated, t.Activation = feedForward(r)
	t.TiedEmbeddings = true
	t.ScaledHead = d.family == workload.T5
	if tied, given := r.given["tie_word_embeddings"].(bool); given && !tied {
		t.ScaledHead = false
		r.note("tie_word_embeddings", "true", r.known.Library+" ties T5's embeddings in every model that it builds")
	}
	m.Text = t
}

// feedForward splits "gated-gelu" into its two parts.
func feedForward(r *reader) (gated bool, a workload.Activation) {
	text := r.word("feed_forward_proj")
	name, gated := strings.CutPrefix(text, "gated-")
	if gated && name == "gelu" {
		return true, workload.GELUNew // the library reads it so
	}
	if err := a.UnmarshalText([]byte(name)); err != nil {
		r.problem("feed_forward_proj", "send relu or gated-gelu", "is %q, which is not known", clip(text))
		return gated, workload.ReLU
	}
	return gated, a
}

// The library's defaults of a Switch router (configuration_switch_transformers.py).
const (
	switchCapacity = 64
	switchJitter   = 0.01
)

// readSwitch: every n-th feed-forward block of each stack is a mixture with one
// expert a token.
func readSwitch(r *reader, d dialect, m *Model) {
	t := t5(r, d)
	t.Activation = r.activation("dense_act_fn")
	t.TiedEmbeddings = r.flag("tie_word_embeddings")
	t.ScaledHead = t.TiedEmbeddings
	e := workload.Experts{
		Count:           r.size("num_experts"),
		Active:          1,
		Intermediate:    t.Intermediate,
		Routing:         workload.SwitchRouting,
		Implementation:  workload.ExpertLoop,
		RouterBias:      r.flag("router_bias"),
		Capacity:        r.sizeOr("expert_capacity", switchCapacity, "the library's"),
		RouterJitter:    switchJitter,
		LoadBalanceLoss: r.coefficient("router_aux_loss_coef"),
		AuxiliaryLoss:   r.coefficient("router_z_loss_coef"),
		Dropout:         t.ActivationDrop,
		Init:            workload.PretrainedInit,
	}
	among(r, "num_experts", e.Count, "the limit", mostSwitchExperts)
	e.Count = min(e.Count, mostSwitchExperts)
	if noise, given := r.given["router_jitter_noise"].(float64); given {
		e.RouterJitter = noise
	}
	e.LayerFrequency = sparseStep(r, "num_sparse_encoder_layers", t.Layers)
	if f := sparseStep(r, "num_sparse_decoder_layers", t.DecoderLayers); f != e.LayerFrequency {
		e.DecoderFrequency = f
	}
	m.Text, m.Experts = t, e
}

// sparseStep is the distance of the layers with experts. None at all is a dense
// T5, which this model type does not name.
func sparseStep(r *reader, field string, layers int64) int64 {
	sparse := r.count(field)
	if sparse == 0 || sparse > layers {
		r.problem(field, "send an integer from 1 to the number of layers; a T5 without experts is model_type t5",
			"is %d for %d layers", sparse, layers)
		return 1
	}
	return layers / sparse
}

// readBART reads BART: learned positions, norms after the sums, both stacks of
// one width.
func readBART(r *reader, d dialect, m *Model) {
	t := workload.Text{
		Family:         d.family,
		Position:       workload.Absolute,
		Norm:           workload.LayerNorm,
		Vocab:          r.size("vocab_size"),
		Hidden:         r.size("hidden_size"),
		Layers:         r.layers("num_hidden_layers"),
		DecoderLayers:  r.layers("decoder_layers"),
		Heads:          r.size("num_attention_heads"),
		Intermediate:   r.size("encoder_ffn_dim"),
		Context:        r.size("max_position_embeddings"),
		TiedEmbeddings: r.flag("tie_word_embeddings"),
		Activation:     r.activation("activation_function"),
		QKVBias:        true,
		OutBias:        true,
		MLPBias:        true,
		PostNorm:       true,
		EmbeddingNorm:  true,
		NoFinalNorm:    true,
		ResidualDrop:   r.rate("dropout"),
		AttentionDrop:  r.rate("attention_dropout"),
		ActivationDrop: r.rate("activation_dropout"),
	}
	t.EmbeddingDrop = t.ResidualDrop
	t.PositionRows = t.Context + positionOffset
	splitHeads(r, &t)
	if !t.TiedEmbeddings {
		r.problem("tie_word_embeddings", "send true", "is false: BART with three more matrices of the vocabulary is not modelled")
	}
	same(r, "decoder_attention_heads", t.Heads, "encoder_attention_heads")
	same(r, "decoder_ffn_dim", t.Intermediate, "encoder_ffn_dim")
	m.Text = t
}

// same refuses a decoder that is shaped otherwise than its encoder.
func same(r *reader, field string, want int64, other string) {
	if got := r.size(field); got != want {
		r.problem(field, "send the same number", "is %d and %s %d: stacks of different shape are not modelled", got, other, want)
	}
}
