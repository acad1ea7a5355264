package catalog

import "vramcalc/calc/workload"

// This file reads the decoders that depart from LLaMA's pattern in a few
// switches.

// readGemma reads Gemma 1 to 3: the norm's weight is an offset from one, and
// from Gemma 2 on there are four norms a layer and alternating windows.
func readGemma(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Norm = workload.GemmaRMSNorm
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	switch d.family {
	case workload.Gemma:
		t.Activation = r.activation("hidden_act")
		if t.Activation == workload.GELU {
			t.Activation = workload.GELUTanh // the library reads the old name "gelu" so
		}
	default:
		t.Activation = r.activation("hidden_activation")
		t.FourNorms = true
		t.Window = r.count("sliding_window")
		t.WindowPattern = r.count("sliding_window_pattern")
		t.AttentionCap = r.positive("attn_logit_softcapping")
		t.LogitCap = r.positive("final_logit_softcapping")
		layerTypes(r, &t)
	}
	t.QKNorm = d.family == workload.Gemma3
	m.Text = t
}

func readPhi3(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.ResidualDrop = r.rate("resid_pdrop")
	t.EmbeddingDrop = r.rate("embd_pdrop")
	t.Window = r.count("sliding_window")
	m.Text = t
}

// readGLM reads GLM-4 as the library has it: bias on query, key and value, half
// of each head rotated; the models of April 2025 have four norms a layer.
func readGLM(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.FourNorms = d.family == workload.GLM4
	m.Text = t
}

func readOLMo2(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	t.QKNormFull = true
	m.Text = t
}

func readSmolLM3(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	t.MLPBias = r.flag("mlp_bias")
	t.NoRoPEInterval = r.count("no_rope_layer_interval")
	if r.flag("use_sliding_window") {
		t.Window = r.count("sliding_window")
	}
	layerTypes(r, &t)
	m.Text = t
}

// readCohere: one norm without bias feeds attention and MLP.
func readCohere(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Norm = workload.LayerNormNoBias
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	t.Parallel, t.OneNorm = true, true
	t.QKNorm = r.flag("use_qk_norm")
	m.Text = t
}

func readStableLM(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Norm = workload.LayerNorm
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("use_qkv_bias")
	t.ResidualDrop = r.rate("hidden_dropout")
	t.Parallel = r.flag("use_parallel_residual")
	t.OneNorm = t.Parallel
	if r.flag("qk_layernorm") {
		r.problem("qk_layernorm", "send false", "is true: StableLM's norm of each head is not modelled")
	}
	m.Text = t
}

// readInternLM2 reads the repository code of InternLM2: one fused wqkv.
func readInternLM2(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("bias")
	t.OutBias = t.QKVBias
	m.Text = t
}

// readBaichuan reads the repository code of Baichuan: one fused W_pack. The 7 B
// models are rotary; those without max_position_embeddings (13 B) use ALiBi.
func readBaichuan(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	if r.has("model_max_length") && !r.has("max_position_embeddings") {
		t.Position, t.RotaryDim = workload.ALiBi, 0
		t.Context = r.count("model_max_length")
	}
	m.Text = t
}
