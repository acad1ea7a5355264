package catalog

import (
	"vramcalc/calc/say"
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

// readDeBERTa reads the third version: relative positions in buckets, keys and
// queries shared with the content, no absolute table.
func readDeBERTa(r *reader, d dialect, m *Model) {
	t := encoder(r, d)
	t.Intermediate = r.size("intermediate_size")
	t.Activation = r.activation("hidden_act")
	t.TokenTypes = r.count("type_vocab_size")
	t.ResidualDrop = r.rate("hidden_dropout_prob")
	t.EmbeddingDrop = t.ResidualDrop
	t.AttentionDrop = r.rate("attention_probs_dropout_prob")
	t.Position = workload.Relative
	t.RelativeBuckets = r.count("position_buckets")
	if !r.flag("relative_attention") || !r.flag("share_att_key") || t.RelativeBuckets == 0 {
		r.problem("relative_attention", say.F("send DeBERTa-v3's settings: relative_attention and share_att_key true, position_buckets 256"),
			"with share_att_key and position_buckets is not version 3, the only one modelled")
	}
	if !r.flag("position_biased_input") {
		t.PositionRows = 0
	}
	m.Text = t
}
