package catalog

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// This file reads the multimodal configs without a plain projector: two towers
// side by side, cross-attention, a Q-Former, a perceiver.

// readCLIP reads CLIP and SigLIP: two towers into one space.
func readCLIP(r *reader, d dialect, m *Model) {
	text, tower := "clip_text_model", "clip_vision_model"
	if d.modelType == "siglip" {
		text, tower = "siglip_text_model", "siglip_vision_model"
	}
	m.Vision = vision(r, tower, true)
	language(r, text, m)
	v := &m.Vision
	v.Model = d.architecture
	v.Fusion = workload.Projector
	v.TextEncoder = workload.LLaMAText
	switch d.modelType {
	case "clip":
		v.Projection = r.size("projection_dim")
	default:
		v.Projection = m.Text.Hidden
		if nested, ok := r.given["text_config"].(map[string]any); ok && nested["projection_size"] != nil {
			inner := &reader{log: r.log, path: r.path + "text_config.", given: nested}
			v.Projection = inner.size("projection_size")
		}
	}
}

// readCLIPText reads the text tower of CLIP and SigLIP.
func readCLIPText(r *reader, d dialect, m *Model) {
	t := textTower(r, d)
	t.Activation = r.activation("hidden_act")
	t.AttentionDrop = r.rate("attention_dropout")
	m.Text = t
}

// textTower reads a transformer with learned positions and biases everywhere.
func textTower(r *reader, d dialect) workload.Text {
	t := workload.Text{
		Family:       d.family,
		Position:     workload.Absolute,
		Norm:         workload.LayerNorm,
		Vocab:        r.size("vocab_size"),
		Hidden:       r.size("hidden_size"),
		Layers:       r.layers("num_hidden_layers"),
		Heads:        r.size("num_attention_heads"),
		Intermediate: r.size("intermediate_size"),
		PositionRows: r.size("max_position_embeddings"),
		QKVBias:      true,
		OutBias:      true,
		MLPBias:      true,
	}
	t.Context = t.PositionRows
	splitHeads(r, &t)
	return t
}

// readBLIP reads BLIP's captioner: BERT with cross-attention to the image in
// every layer.
func readBLIP(r *reader, d dialect, m *Model) {
	m.Vision = vision(r, "blip_vision_model", true)
	language(r, "blip_text_model", m)
	m.Text.TiedEmbeddings = r.flag("tie_word_embeddings")
	v := &m.Vision
	v.Model = d.architecture
	v.Fusion = workload.CrossAttention
	v.TextEncoder = workload.BERTText
	v.CrossEvery, v.CrossLayers = 1, m.Text.Layers
}

func readBLIPText(r *reader, d dialect, m *Model) {
	t := textTower(r, d)
	t.Activation = r.activation("hidden_act")
	t.PostNorm, t.EmbeddingNorm, t.NoFinalNorm, t.HeadBias = true, true, true, true
	t.ResidualDrop = r.rate("hidden_dropout_prob")
	t.EmbeddingDrop = t.ResidualDrop
	t.AttentionDrop = r.rate("attention_probs_dropout_prob")
	m.Text = t
}

// readBLIP2 reads BLIP-2 and InstructBLIP: a Q-Former asks the image for a fixed
// number of tokens.
func readBLIP2(r *reader, d dialect, m *Model) {
	instructed := d.modelType == "instructblip"
	tower, qformer := "blip_2_vision_model", "blip_2_qformer"
	if instructed {
		tower, qformer = "instructblip_vision_model", "instructblip_qformer"
	}
	m.Vision = vision(r, tower, true)
	language(r, "opt", m)
	v := &m.Vision
	q := r.child("qformer_config", qformer)
	v.Model = d.architecture
	v.Fusion = workload.CrossAttention
	v.TextEncoder = workload.LLaMAText
	if m.Text.Family.IsEncoderDecoder() {
		v.TextEncoder = workload.T5Text
	}
	v.Queries = r.size("num_query_tokens")
	v.ImageTokens = v.Queries
	v.QFormerHidden = q.size("hidden_size")
	v.QFormerLayers = q.layers("num_hidden_layers")
	v.QFormerHeads = q.size("num_attention_heads")
	v.QFormerFFN = q.size("intermediate_size")
	v.QFormerCrossEvery = q.size("cross_attention_frequency")
	v.QFormerDrop = q.rate("hidden_dropout_prob")
	v.QFormerAttentionDrop = q.rate("attention_probs_dropout_prob")
	if instructed || q.flag("use_qformer_text_input") {
		v.QFormerVocab = q.size("vocab_size")
		v.QFormerPositions = q.size("max_position_embeddings")
	}
	if v.QFormerHidden%v.QFormerHeads != 0 {
		q.problem("num_attention_heads", say.F("send a divisor of hidden_size"),
			"is %d, which does not divide hidden_size %d", v.QFormerHeads, v.QFormerHidden)
	}
	v.ProjectorBias = true
}

// mllamaExtraRows is the number of rows that Llama-3.2-Vision's embedding has
// beyond the vocabulary (the library's MllamaTextModel).
const mllamaExtraRows = 8

// readMllama reads Llama-3.2-Vision: some layers of the language model attend
// to the image instead of to the text.
func readMllama(r *reader, d dialect, m *Model) {
	m.Vision = vision(r, "mllama_vision_model", true)
	language(r, "mllama_text_model", m)
	v := &m.Vision
	cross := crossLayers(r)
	v.Model = d.architecture
	v.Fusion = workload.CrossAttention
	v.TextEncoder = workload.LLaMAText
	v.ProjectorBias = true
	v.CrossQKNorm = true
	v.AdditionalVocab = mllamaExtraRows
	v.Tiles = v.MaxTiles
	v.CrossFirst, v.CrossEvery, v.CrossLayers = cross.first, cross.every, cross.count
	if last := cross.first + (cross.count-1)*cross.every; last >= m.Text.Layers {
		r.problem("text_config.cross_attention_layers", say.F("send indices below num_hidden_layers"),
			"names layer %d of %d", last, m.Text.Layers)
	}
}

// spacing is an evenly spaced choice of layers.
type spacing struct{ first, every, count int64 }

// crossLayers reads the list of layers with cross-attention.
func crossLayers(r *reader) spacing {
	nested, _ := r.given["text_config"].(map[string]any)
	inner := &reader{log: r.log, path: r.path + "text_config.", given: nested, known: libraryOf("mllama_text_model")}
	list := inner.integers("cross_attention_layers")
	s := spacing{every: 1, count: int64(len(list))}
	if len(list) == 0 {
		return s
	}
	s.first = list[0]
	if len(list) > 1 {
		s.every = max(1, list[1]-list[0])
	}
	for i, layer := range list {
		if layer != s.first+int64(i)*s.every {
			inner.problem("cross_attention_layers", say.F("send evenly spaced layers: [3, 8, 13, …]"),
				"is not evenly spaced, which is not modelled")
			break
		}
	}
	return s
}

// readMllamaText reads the language model, whose layers of cross-attention
// count among num_hidden_layers.
func readMllamaText(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.ResidualDrop = r.rate("dropout")
	m.Text = t
}

// readIdefics reads the first Idefics, an open Flamingo on LLaMA: gated
// cross-attention before every n-th layer, a perceiver after the tower.
func readIdefics(r *reader, d dialect, m *Model) {
	m.Vision = vision(r, "idefics_vision", true)
	t := llamaLike(r, dialect{family: workload.IdeficsText})
	t.Activation = r.activation("hidden_act")
	t.ResidualDrop = r.rate("dropout")
	m.Text = t
	v := &m.Vision
	v.Model = d.architecture
	v.Fusion = workload.GatedFusion
	v.TextEncoder = workload.LLaMAText
	v.CrossEvery = r.size("cross_layer_interval")
	v.CrossLayers = (t.Layers + v.CrossEvery - 1) / v.CrossEvery
	v.CrossQKNorm = r.flag("qk_layer_norms")
	v.AdditionalVocab = r.count("additional_vocab_size")
	v.FrozenTower, v.FrozenLayers, v.FrozenHead = r.flag("freeze_vision_layers"), r.flag("freeze_text_layers"), r.flag("freeze_lm_head")
	for _, field := range []string{"freeze_vision_module_exceptions", "freeze_text_module_exceptions"} {
		if value, name := r.take(field); value != nil && compact(value) != "[]" {
			r.problem(name, say.F("send an empty list and name what is trained in trainableModules"), "is %s, which is not modelled", compact(value))
		}
	}
	if kind := r.word("alpha_type"); kind != "float" {
		r.problem("alpha_type", say.F("send float"), "is %q, a gate that is not modelled", clip(kind))
	}
	if r.flag("use_resampler") {
		p := r.child("perceiver_config", "idefics_perciever")
		perceiver(p, v)
		v.QFormerHidden = v.Hidden
		v.QFormerFFN = 4 * v.Hidden
		v.QFormerKVHeads = v.QFormerHeads
		v.QFormerQKNorm = p.flag("qk_layer_norms_perceiver")
	}
}

// readIdefics2 reads Idefics2: a gated projection to the language model's
// width, then a perceiver.
func readIdefics2(r *reader, d dialect, m *Model) {
	m.Vision = vision(r, "idefics2_vision", true)
	language(r, "mistral", m)
	m.Text.TiedEmbeddings = r.flag("tie_word_embeddings")
	v := &m.Vision
	projector(v, d.architecture)
	v.ProjectorBias = false
	v.ProjectorAct = m.Text.Activation
	p := r.child("perceiver_config", "idefics2_perceiver")
	perceiver(p, v)
	v.QFormerHidden = m.Text.Hidden
	v.QFormerFFN = 4 * m.Text.Hidden
	v.QFormerKVHeads = p.size("num_key_value_heads")
	v.ImageTokens = v.Queries
	if v.QFormerHeads%v.QFormerKVHeads != 0 {
		p.problem("num_key_value_heads", say.F("send a divisor of resampler_n_heads"),
			"is %d, which does not divide resampler_n_heads %d", v.QFormerKVHeads, v.QFormerHeads)
	}
}

func perceiver(r *reader, v *workload.Vision) {
	v.Queries = r.size("resampler_n_latents")
	v.QFormerLayers = r.layers("resampler_depth")
	v.QFormerHeads = r.size("resampler_n_heads")
	v.QFormerHeadDim = r.size("resampler_head_dim")
}

// whisperSeconds is the length of sound that Whisper's encoder always takes.
const whisperSeconds = 30

// readWhisper reads Whisper: an encoder over sound, a decoder that attends to
// it in every layer.
func readWhisper(r *reader, d dialect, m *Model) {
	t := workload.Text{
		Family:         workload.WhisperDecoder,
		Position:       workload.Absolute,
		Norm:           workload.LayerNorm,
		Vocab:          r.size("vocab_size"),
		Hidden:         r.size("d_model"),
		Layers:         r.layers("decoder_layers"),
		Heads:          r.size("decoder_attention_heads"),
		Intermediate:   r.size("decoder_ffn_dim"),
		PositionRows:   r.size("max_target_positions"),
		TiedEmbeddings: r.flag("tie_word_embeddings"),
		Activation:     r.activation("activation_function"),
		QKVBias:        true,
		OutBias:        true,
		MLPBias:        true,
		ResidualDrop:   r.rate("dropout"),
		AttentionDrop:  r.rate("attention_dropout"),
		ActivationDrop: r.rate("activation_dropout"),
	}
	t.EmbeddingDrop = t.ResidualDrop
	t.Context = t.PositionRows
	splitHeads(r, &t)
	m.Text = t
	m.Vision = workload.Vision{
		Model:        d.architecture,
		Family:       workload.WhisperEncoder,
		Encoder:      workload.ViT,
		Norm:         workload.LayerNorm,
		Hidden:       t.Hidden,
		Layers:       r.layers("encoder_layers"),
		Heads:        r.size("encoder_attention_heads"),
		Intermediate: r.size("encoder_ffn_dim"),
		Activation:   t.Activation,
		Mels:         r.size("num_mel_bins"),
		PositionRows: r.size("max_source_positions"),
		AudioSeconds: whisperSeconds,
		Fusion:       workload.CrossAttention,
		TextEncoder:  workload.LLaMAText,
		CrossEvery:   1,
		CrossLayers:  t.Layers,
		QKVBias:      true,
		Merge:        1,
		Tiles:        1,
	}
	if m.Vision.Hidden%m.Vision.Heads != 0 {
		r.problem("encoder_attention_heads", say.F("send a divisor of d_model"),
			"is %d, which does not divide d_model %d", m.Vision.Heads, m.Vision.Hidden)
	}
}
