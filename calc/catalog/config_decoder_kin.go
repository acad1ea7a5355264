package catalog

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// This file reads decoders that are counted as a relative's.

// readScaled reads Granite and MiniCPM: LLaMA with factors on embeddings,
// residuals and logits, which are no parameters.
func readScaled(r *reader, d dialect, m *Model) {
	readLlama(r, d, m)
	r.note("model_type", d.modelType, say.F("LLaMA's layers; the temporaries of its constant factors are not modelled"))
}

// readExaone reads EXAONE 3's repository code: LLaMA's layers under other names.
func readExaone(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("activation_function")
	t.EmbeddingDrop = r.rate("embed_dropout")
	r.note("model_type", d.modelType, say.F("LLaMA's layers; its modules have names of their own (c_fc_0, c_fc_1, c_proj, out_proj), here LLaMA's"))
	m.Text = t
}

// readOLMo reads the first OLMo: layer norms without weights.
func readOLMo(r *reader, d dialect, m *Model) {
	readLlama(r, d, m)
	m.Text.Norm = workload.LayerNormNoWeight
	if r.has("clip_qkv") {
		m.Text.QKVClip = r.positive("clip_qkv")
	}
}

// readNemotron reads Nemotron: layer norms whose weight is an offset from one,
// and two matrices with squared ReLU.
func readNemotron(r *reader, d dialect, m *Model) {
	readLlama(r, d, m)
	m.Text.Norm, m.Text.Gated = workload.LayerNorm, false
}

// readGraniteMoE reads Granite's mixtures: Mixtral's blocks with factors that
// are no parameters.
func readGraniteMoE(r *reader, d dialect, m *Model) {
	readMixtral(r, d, m)
	m.Text.QKVBias = r.flag("attention_bias")
	m.Text.OutBias = m.Text.QKVBias
	r.note("model_type", d.modelType, say.F("Mixtral's blocks; the temporaries of its constant factors are not modelled"))
}
