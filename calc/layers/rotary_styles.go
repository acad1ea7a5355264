package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// styleOf is how a family writes its decoder layer.
func (b *Builder) styleOf(m workload.Text, s Sizes) *blockStyle {
	st := &blockStyle{
		norm: func(leaf string, width tape.Dim) Norm { return b.Norm(m.Norm, leaf, width) },
		in:   "input_layernorm", beforeMLP: "post_attention_layernorm",
		attn: "self_attn", out: "o_proj",
		mlp: func() FeedForward { return b.GatedMLP("mlp", s.H, s.F, m.MLPBias, m.Activation) },
	}
	switch m.Family {
	case workload.Gemma2, workload.Gemma3:
		st.afterAttn, st.beforeMLP, st.after = "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"
	case workload.GLM, workload.GLM4:
		st.rotate = interleaved
		st.mlp = func() FeedForward { return b.FusedMLP("mlp", s.H, s.F, m.Activation) }
		if m.FourNorms {
			st.afterAttn, st.after = "post_self_attn_layernorm", "post_mlp_layernorm"
		}
	case workload.Phi3:
		st.qkv, st.rotate, st.drops = slicedQKV, withinApply, true
		st.mlp = func() FeedForward { return b.FusedMLP("mlp", s.H, s.F, m.Activation) }
	}
	if m.Family == workload.Gemma3 {
		st.headNorm, st.normsTransposed = st.norm, true
	}
	return st
}
