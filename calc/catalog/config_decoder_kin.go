package catalog

import "vramcalc/calc/workload"

// This file reads decoders that are counted as a relative's.

// readMiniCPM reads MiniCPM's repository code: LLaMA with factors on
// embeddings, residual branches and the states before the head, which are no
// parameters.
func readMiniCPM(r *reader, d dialect, m *Model) {
	readLlama(r, d, m)
	r.note("model_type", d.modelType, "its repository's code on the library's LLaMA: attention and rotary tables as the library writes them")
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

// readGraniteMoE reads Granite's mixtures: Mixtral's shape, with factors that
// are no parameters and a softmax over the chosen experts alone.
func readGraniteMoE(r *reader, d dialect, m *Model) {
	readMixtral(r, d, m)
	m.Text.QKVBias = r.flag("attention_bias")
	m.Text.OutBias = m.Text.QKVBias
}
