package catalog

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// This file reads the decoders of GPT-2's line: layer norms with bias, a plain
// MLP with two matrices.

// gpt reads the fields that GPT-2 and what derives from it share.
func gpt(r *reader, d dialect) workload.Text {
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
	}
	return t
}

func readGPT2(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	gptPositions(r, &t)
	gptDropouts(r, &t)
	splitHeads(r, &t)
	m.Text = t
}

func gptPositions(r *reader, t *workload.Text) {
	t.PositionRows = r.size("max_position_embeddings")
	t.Context = t.PositionRows
	t.Intermediate = r.sizeOr("n_inner", 4*t.Hidden, say.F("4 · hidden size"))
	t.Activation = r.activation("activation_function")
}

func gptDropouts(r *reader, t *workload.Text) {
	t.EmbeddingDrop = r.rate("embd_pdrop")
	t.AttentionDrop = r.rate("attn_pdrop")
	t.ResidualDrop = r.rate("resid_pdrop")
}

// readGPTBigCode: GPT-2 with one key and value head for all queries.
func readGPTBigCode(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	gptPositions(r, &t)
	gptDropouts(r, &t)
	if r.flag("multi_query") {
		t.KVHeads = 1
	}
	splitHeads(r, &t)
	m.Text = t
}

// readGPTJ: a parallel block with one norm, rotary positions, biases in the MLP
// and the head only.
func readGPTJ(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	t.Position = workload.RoPE
	t.QKVBias, t.OutBias, t.HeadBias = false, false, true
	t.Parallel, t.OneNorm = true, true
	t.Context = r.count("max_position_embeddings")
	t.Intermediate = r.sizeOr("n_inner", 4*t.Hidden, say.F("4 · hidden size"))
	t.Activation = r.activation("activation_function")
	gptDropouts(r, &t)
	splitHeads(r, &t)
	t.RotaryDim = r.sizeOr("rotary_dim", t.HeadDim, say.F("the whole head"))
	among(r, "rotary_dim", t.RotaryDim, "the head's width", t.HeadDim)
	m.Text = t
}

// readGPTNeo: GPT-2 without biases on query, key and value; every second layer
// attends within a window.
func readGPTNeo(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	t.QKVBias = false
	t.PositionRows = r.size("max_position_embeddings")
	t.Context = t.PositionRows
	t.Intermediate = r.sizeOr("intermediate_size", 4*t.Hidden, say.F("4 · hidden size"))
	t.Activation = r.activation("activation_function")
	t.EmbeddingDrop = r.rate("embed_dropout")
	t.AttentionDrop = r.rate("attention_dropout")
	t.ResidualDrop = r.rate("resid_dropout")
	t.Window = r.count("window_size")
	splitHeads(r, &t)
	m.Text = t
}

// readGPTNeoX reads Pythia and GPT-NeoX: a parallel block with two norms.
func readGPTNeoX(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	t.Position = workload.RoPE
	t.Context = r.count("max_position_embeddings")
	t.Intermediate = r.size("intermediate_size")
	t.Activation = r.activation("hidden_act")
	t.Parallel = r.flag("use_parallel_residual")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	t.AttentionDrop = r.rate("attention_dropout")
	t.ResidualDrop = r.rate("hidden_dropout")
	t.EmbeddingDrop = t.ResidualDrop
	splitHeads(r, &t)
	t.RotaryDim = rotaryDim(r, t.HeadDim)
	m.Text = t
}

// positionOffset is the number of rows that OPT and BART keep in front of their
// position tables (the library's OPTLearnedPositionalEmbedding.offset).
const positionOffset = 2

func readOPT(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	t.Context = r.size("max_position_embeddings")
	t.PositionRows = t.Context + positionOffset
	t.Intermediate = r.size("ffn_dim")
	t.Activation = r.activation("activation_function")
	t.ResidualDrop = r.rate("dropout")
	t.AttentionDrop = r.rate("attention_dropout")
	bias := r.flag("enable_bias")
	t.QKVBias, t.OutBias, t.MLPBias = bias, bias, bias
	if width := r.sizeOr("word_embed_proj_dim", t.Hidden, say.F("the hidden size")); width != t.Hidden {
		t.EmbeddingDim = width
	}
	t.PostNorm = !r.flag("do_layer_norm_before")
	t.NoFinalNorm = t.PostNorm || r.flag("_remove_final_layer_norm")
	splitHeads(r, &t)
	m.Text = t
}

// readBLOOM: ALiBi positions and a norm after the embedding. The MLP's
// activation is the library's own tanh form of GELU, whatever the config says.
func readBLOOM(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	t.Position = workload.ALiBi
	t.Activation = workload.GELUTanh
	t.Intermediate = 4 * t.Hidden
	t.EmbeddingNorm = true
	t.AttentionDrop = r.rate("attention_dropout")
	t.ResidualDrop = r.rate("hidden_dropout")
	splitHeads(r, &t)
	m.Text = t
}

// readPhi reads phi-1 to phi-2: a parallel block with one norm and biases
// everywhere, the head's included.
func readPhi(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	t.Position = workload.RoPE
	t.HeadBias = true
	t.Parallel, t.OneNorm = true, true
	t.Context = r.count("max_position_embeddings")
	t.Intermediate = r.size("intermediate_size")
	t.Activation = r.activation("hidden_act")
	t.AttentionDrop = r.rate("attention_dropout")
	t.ResidualDrop = r.rate("resid_pdrop")
	t.EmbeddingDrop = r.rate("embd_pdrop")
	t.KVHeads = r.sizeOr("num_key_value_heads", t.Heads, say.F("as many as num_attention_heads"))
	headDim(r, &t)
	t.RotaryDim = rotaryDim(r, t.HeadDim)
	if r.flag("qk_layernorm") {
		r.problem("qk_layernorm", say.F("send false"), "is true: phi's norm of each head is not modelled")
	}
	m.Text = t
}

func readStarCoder2(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	t.Position = workload.RoPE
	t.Context = r.count("max_position_embeddings")
	t.Intermediate = r.size("intermediate_size")
	t.Activation = r.activation("hidden_act")
	bias := r.flag("use_bias")
	t.QKVBias, t.OutBias, t.MLPBias = bias, bias, bias
	t.AttentionDrop = r.rate("attention_dropout")
	t.ResidualDrop = r.rate("residual_dropout")
	t.EmbeddingDrop = r.rate("embedding_dropout")
	t.Window = r.count("sliding_window")
	t.KVHeads = r.sizeOr("num_key_value_heads", t.Heads, say.F("as many as num_attention_heads"))
	headDim(r, &t)
	t.RotaryDim = rotaryDim(r, t.HeadDim)
	m.Text = t
}

// readMPT: ALiBi, no bias anywhere, norms without bias. The library drops with
// attn_pdrop everywhere, and knows no other rate.
func readMPT(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	t.Position = workload.ALiBi
	t.Norm = workload.LayerNormNoBias
	t.QKVBias, t.OutBias, t.MLPBias = false, false, false
	t.Context = r.count("max_seq_len")
	t.Intermediate = r.ratio("expansion_ratio") * t.Hidden
	t.Activation = workload.GELU
	attention := r.child("attn_config", "mpt_attention")
	t.AttentionDrop = attention.rate("attn_pdrop")
	t.ResidualDrop = t.AttentionDrop
	t.QKVClip = attention.positive("clip_qkv")
	splitHeads(r, &t)
	m.Text = t
}

// readFalcon: the 7 B model shares one key and value head and one norm, the
// larger ones have grouped heads and two norms.
func readFalcon(r *reader, d dialect, m *Model) {
	t := gpt(r, d)
	t.Position = workload.RoPE
	if r.flag("alibi") {
		t.Position = workload.ALiBi
	}
	bias := r.flag("bias")
	t.QKVBias, t.OutBias, t.MLPBias = bias, bias, bias
	t.Context = r.count("max_position_embeddings")
	t.Intermediate = r.sizeOr("ffn_hidden_size", 4*t.Hidden, say.F("4 · hidden size"))
	t.Activation = r.activation("activation")
	t.AttentionDrop = r.rate("attention_dropout")
	t.ResidualDrop = r.rate("hidden_dropout")
	grouped := r.flag("new_decoder_architecture")
	switch {
	case grouped:
		t.KVHeads = r.sizeOr("num_kv_heads", t.Heads, say.F("as many as num_attention_heads"))
	case r.flag("multi_query"):
		t.KVHeads = 1
	}
	t.Parallel = grouped || r.flag("parallel_attn")
	norms := r.count("num_ln_in_parallel_attn")
	t.OneNorm = t.Parallel && (!grouped || norms == 1)
	splitHeads(r, &t)
	if t.Heads%t.KVHeads != 0 {
		r.problem("num_kv_heads", say.F("send a divisor of num_attention_heads"),
			"is %d, which does not divide num_attention_heads %d", t.KVHeads, t.Heads)
	}
	if t.Position == workload.RoPE {
		t.RotaryDim = t.HeadDim
	}
	m.Text = t
}
