package catalog

import (
	"strings"

	"vramcalc/calc/workload"
)

// This file reads the bidirectional encoders.

// encoder reads the fields that BERT and what derives from it share.
func encoder(r *reader, d dialect) workload.Text {
	t := workload.Text{
		Family:         d.family,
		Position:       workload.Absolute,
		Norm:           workload.LayerNorm,
		Vocab:          r.size("vocab_size"),
		Hidden:         r.size("hidden_size"),
		Layers:         r.layers("num_hidden_layers"),
		Heads:          r.size("num_attention_heads"),
		TiedEmbeddings: r.flag("tie_word_embeddings"),
		QKVBias:        true,
		OutBias:        true,
		MLPBias:        true,
		HeadBias:       true,
		PostNorm:       true,
		EmbeddingNorm:  true,
		NoFinalNorm:    true,
	}
	splitHeads(r, &t)
	t.PositionRows = r.size("max_position_embeddings")
	t.Context = t.PositionRows
	return t
}

// robertaOffset is the number of position rows that RoBERTa leaves unused: its
// positions start after the padding index 1.
const robertaOffset = 2

func readBERT(r *reader, d dialect, m *Model) {
	t := encoder(r, d)
	t.Intermediate = r.size("intermediate_size")
	t.Activation = r.activation("hidden_act")
	t.TokenTypes = r.count("type_vocab_size")
	t.ResidualDrop = r.rate("hidden_dropout_prob")
	t.EmbeddingDrop = t.ResidualDrop
	t.AttentionDrop = r.rate("attention_probs_dropout_prob")
	if d.family == workload.RoBERTa {
		t.Context = max(1, t.PositionRows-robertaOffset)
	}
	m.Text = t
}

func readDistilBERT(r *reader, d dialect, m *Model) {
	t := encoder(r, d)
	t.Intermediate = r.size("hidden_dim")
	t.Activation = r.activation("activation")
	t.ResidualDrop = r.rate("dropout")
	t.EmbeddingDrop = t.ResidualDrop
	t.AttentionDrop = r.rate("attention_dropout")
	m.Text = t
}

// readDeBERTa reads the second and third version: relative positions in
// buckets, whose keys and queries share the projections of the content. Without
// relative_attention it is BERT with another attention.
func readDeBERTa(r *reader, d dialect, m *Model) {
	t := encoder(r, d)
	t.Intermediate = r.size("intermediate_size")
	t.Activation = r.activation("hidden_act")
	t.TokenTypes = r.count("type_vocab_size")
	t.ResidualDrop = r.rate("hidden_dropout_prob")
	t.EmbeddingDrop = t.ResidualDrop
	t.AttentionDrop = r.rate("attention_probs_dropout_prob")
	if r.flag("relative_attention") {
		t.Position = workload.Relative
		t.RelativeBuckets = relativeBuckets(r)
	} else if strings.Contains(r.word("norm_rel_ebd"), "layer_norm") {
		r.problem("norm_rel_ebd", "send none, or relative_attention true", "is a norm of relative positions without relative_attention")
	}
	if r.has("conv_kernel_size") {
		if t.ConvKernel = r.count("conv_kernel_size"); t.ConvKernel > 0 {
			convolution(r, &t)
		}
	}
	if width := r.sizeOr("embedding_size", t.Hidden, "as wide as hidden_size"); width != t.Hidden {
		r.problem("embedding_size", "send hidden_size's number", "is %d and hidden_size %d, which is not modelled", width, t.Hidden)
	}
	if v, given := r.given["legacy"].(bool); given && !v {
		r.problem("legacy", "send true, or head none or classification", "is false: the other masked-language-model head is not modelled")
	}
	if !r.flag("position_biased_input") {
		t.PositionRows = 0
	}
	m.Text = t
}

// relativeBuckets checks the form of relative attention that the published
// models have.
func relativeBuckets(r *reader) int64 {
	kinds := ""
	switch v := r.given["pos_att_type"].(type) {
	case string:
		kinds = v
	case []any:
		for _, x := range v {
			kinds += compact(x)
		}
	}
	buckets := r.count("position_buckets")
	normed := strings.Contains(r.word("norm_rel_ebd"), "layer_norm")
	if !r.flag("share_att_key") || buckets == 0 || !normed || !strings.Contains(kinds, "c2p") || !strings.Contains(kinds, "p2c") {
		r.problem("relative_attention", `send position_buckets 256, share_att_key true, norm_rel_ebd "layer_norm" and pos_att_type "p2c|c2p", or relative_attention false`,
			"is true without the form of the published DeBERTa-v2 and v3, the only one modelled")
	}
	return buckets
}

// convolution checks the convolution of version 2.
func convolution(r *reader, t *workload.Text) {
	among(r, "conv_kernel_size", t.ConvKernel, "the limit", largestRatio)
	if t.ConvKernel%2 == 0 {
		r.problem("conv_kernel_size", "send an odd number", "is %d, which does not keep the length", t.ConvKernel)
	}
	if groups := r.sizeOr("conv_groups", 1, "the library's"); groups != 1 {
		r.problem("conv_groups", "send 1", "is %d, which is not modelled", groups)
	}
	if act := r.word("conv_act"); act != "gelu" {
		r.problem("conv_act", "send gelu", "is %q, which is not modelled", clip(act))
	}
}
