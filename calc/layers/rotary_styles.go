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
		attn: "self_attn", out: "o_proj", fused: "qkv_proj", final: "norm",
		mlp: func() FeedForward { return b.GatedMLP("mlp", s.H, s.F, m.MLPBias, m.Activation) },
	}
	switch m.Family {
	case workload.Gemma2, workload.Gemma3:
		st.afterAttn, st.beforeMLP, st.after = "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"
		if m.QKNorm {
			st.headNorm, st.normsTransposed = st.norm, true
		}
	case workload.GLM, workload.GLM4:
		st.rotate = interleaved
		st.mlp = func() FeedForward { return b.FusedMLP("mlp", "gate_up_proj", "down_proj", s.H, s.F, m.Activation) }
		if m.FourNorms {
			st.afterAttn, st.after = "post_self_attn_layernorm", "post_mlp_layernorm"
		}
	case workload.Phi3:
		st.qkv, st.rotate, st.drops = slicedQKV, withinApply, true
		st.mlp = func() FeedForward { return b.FusedMLP("mlp", "gate_up_proj", "down_proj", s.H, s.F, m.Activation) }
	case workload.Phi:
		st.rotate, st.drops, st.parallel = aroundApply, true, true
		st.out, st.final, st.beforeMLP = "dense", "final_layernorm", ""
		st.mlp = func() FeedForward { return b.TwoMatrices("mlp", "fc1", "fc2", s.H, s.F, m, 0) }
	case workload.StarCoder2:
		st.dropsInside = true
		st.mlp = func() FeedForward { return b.TwoMatrices("mlp", "c_fc", "c_proj", s.H, s.F, m, m.ResidualDrop) }
	case workload.OLMo2:
		st.norm = func(leaf string, width tape.Dim) Norm { return wideRMSNorm{b.RMSNorm(leaf, width)} }
		st.in, st.afterAttn, st.beforeMLP, st.after = "", "post_attention_layernorm", "", "post_feedforward_layernorm"
		st.headNorm, st.fullNorm, st.viewsLater, st.rotate = st.norm, true, true, typedRotary
	case workload.Cohere:
		st.norm = func(leaf string, width tape.Dim) Norm {
			return &CohereNorm{b: b, leaf: leaf, W: b.param(leaf+".weight", tape.NormWeight, width)}
		}
		st.rotate, st.parallel, st.residualFirst, st.beforeMLP = cohereRotary, true, true, ""
		st.normEachHead = m.QKNorm
	case workload.StableLM:
		st.rotate, st.viewsLater, st.named, st.residualFirst = aroundApply, true, true, true
		if st.parallel = m.Parallel; st.parallel {
			st.beforeMLP = ""
		}
	case workload.OLMo:
		st.rotate, st.viewsLater = typedRotary, true
	case workload.Nemotron:
		st.norm = func(leaf string, width tape.Dim) Norm { return offsetNorm{b.LayerNorm(leaf, width)} }
		st.rotate = withinApply
		st.mlp = func() FeedForward { return b.TwoMatrices("mlp", "up_proj", "down_proj", s.H, s.F, m, 0) }
	case workload.ChatGLM:
		b.chatGLM(st, m, s)
	case workload.InternLM2, workload.Baichuan:
		b.repositoryCode(st, m, s)
	}
	return st
}
