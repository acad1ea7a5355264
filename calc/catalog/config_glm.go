package catalog

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// readChatGLM reads the repository code of ChatGLM-6B and, with other fields,
// of ChatGLM2, ChatGLM3 and glm-4-9b.
func readChatGLM(r *reader, d dialect, m *Model) {
	if r.has("inner_hidden_size") || r.has("position_encoding_2d") {
		readChatGLM1(r, d, m)
		return
	}
	t := workload.Text{
		Family:        d.family,
		Position:      workload.RoPE,
		Norm:          workload.LayerNorm,
		Activation:    workload.SiLU,
		Gated:         true,
		Vocab:         r.size("padded_vocab_size"),
		Hidden:        r.size("hidden_size"),
		Layers:        r.layers("num_layers"),
		Heads:         r.size("num_attention_heads"),
		HeadDim:       r.size("kv_channels"),
		Intermediate:  r.size("ffn_hidden_size"),
		Context:       r.count("seq_length"),
		MLPBias:       r.flag("add_bias_linear"),
		AttentionDrop: r.rate("attention_dropout"),
		ResidualDrop:  r.rate("hidden_dropout"),
	}
	t.OutBias = t.MLPBias
	t.QKVBias = t.MLPBias || r.flag("add_qkv_bias")
	t.TiedEmbeddings = r.flag("tie_word_embeddings")
	if r.flag("rmsnorm") {
		t.Norm = workload.RMSNorm
	}
	t.KVHeads = t.Heads
	if r.flag("multi_query_attention") {
		t.KVHeads = r.size("multi_query_group_num")
		if t.Heads%t.KVHeads != 0 {
			r.problem("multi_query_group_num", say.F("send a divisor of num_attention_heads"),
				"is %d, which does not divide num_attention_heads %d", t.KVHeads, t.Heads)
		}
	}
	t.RotaryDim = t.HeadDim / 2 // the repository code rotates half of a head
	m.Text = t
}

// readChatGLM1 reads the first ChatGLM: layer norms, a plain MLP, two-dimensional
// rotary positions over the whole head, head tied to the embedding.
func readChatGLM1(r *reader, d dialect, m *Model) {
	r.known = libraryOf("chatglm_v1")
	t := workload.Text{
		Family:         d.family,
		Position:       workload.RoPE,
		Norm:           workload.LayerNorm,
		Activation:     workload.GELUTanh,
		Vocab:          r.size("vocab_size"),
		Hidden:         r.size("hidden_size"),
		Layers:         r.layers("num_layers"),
		Heads:          r.size("num_attention_heads"),
		Context:        r.count("max_sequence_length"),
		TiedEmbeddings: true,
		QKVBias:        true,
		OutBias:        true,
		MLPBias:        true,
	}
	t.Intermediate = r.sizeOr("inner_hidden_size", 4*t.Hidden, say.F("4 · hidden size"))
	splitHeads(r, &t)
	t.RotaryDim = t.HeadDim
	m.Text = t
}
