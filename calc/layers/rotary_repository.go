package layers

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// This file holds decoders whose code lives in model repositories and not in
// the library: their matrices and names are their own, the order of operators
// is that of the library's closest relative.

// chatGLM is ChatGLM2 and ChatGLM3 (GLM's forward with one matrix for query,
// key and value), and the first ChatGLM.
func (b *Builder) chatGLM(st *blockStyle, m workload.Text, s Sizes) {
	st.attn, st.fused, st.out, st.final = "self_attention", "query_key_value", "dense", "encoder.final_layernorm"
	st.qkv, st.rotate = splitQKV, interleaved
	st.mlp = func() FeedForward {
		return b.FusedMLP("mlp", "dense_h_to_4h", "dense_4h_to_h", s.H, s.F, m.Activation)
	}
	if !m.Gated {
		st.attn, st.final = "attention", "final_layernorm"
		st.mlp = func() FeedForward { return b.TwoMatrices("mlp", "dense_h_to_4h", "dense_4h_to_h", s.H, s.F, m, 0) }
	}
	b.Notes = append(b.Notes, say.F("the model's code lives in its repository; operators follow the library's GLM"))
}

// repositoryCode is InternLM2 and Baichuan: LLaMA's forward with one matrix for
// query, key and value.
func (b *Builder) repositoryCode(st *blockStyle, m workload.Text, s Sizes) {
	st.qkv, st.fused = splitQKV, "W_pack"
	if m.Family == workload.InternLM2 {
		st.attn, st.fused, st.out = "attention", "wqkv", "wo"
		st.in, st.beforeMLP = "attention_norm", "ffn_norm"
		st.mlp = func() FeedForward {
			return b.gatedMLPNamed("feed_forward", [3]string{"w1", "w3", "w2"}, s.H, s.F, m.MLPBias, m.Activation)
		}
	}
	b.Notes = append(b.Notes, say.F("the model's code lives in its repository; operators follow the library's LLaMA"))
}
