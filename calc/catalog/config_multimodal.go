package catalog

import "vramcalc/calc/workload"

// This file reads the multimodal configs: a tower, a language model and what
// joins them.

// innerDialects are the language models that occur only inside a multimodal
// config, sorted by model_type.
func innerDialects() []dialect {
	return []dialect{
		{"blip_text_model", workload.BLIPText, workload.ArchBLIP, readBLIPText},
		{"clip_text_model", workload.CLIPText, workload.ArchCLIP, readCLIPText},
		{"mllama_text_model", workload.MllamaText, workload.ArchLlama32Vision, readMllamaText},
		{"qwen2_5_vl_text", workload.Qwen25VLText, workload.ArchQwen25VL, readQwen2},
		{"qwen2_vl_text", workload.Qwen2VLText, workload.ArchQwen2VL, readQwen2},
		{"qwen3_vl_moe_text", workload.Qwen3VLMoEText, workload.ArchQwen3VL, readQwenMoE},
		{"qwen3_vl_text", workload.Qwen3VLText, workload.ArchQwen3VL, readQwen3},
		{"siglip_text_model", workload.SigLIPText, workload.ArchSigLIP, readCLIPText},
	}
}

// language reads the text_config into the model. Where it names no model_type it
// is of the given one.
func language(r *reader, usual string, m *Model) {
	t := r.child("text_config", usual)
	if name, ok := t.given["model_type"].(string); ok && name != usual {
		usual = name
		t.known = libraryOf(name)
	}
	for _, d := range innerDialects() {
		if d.modelType == usual {
			d.read(t, d, m)
			return
		}
	}
	if d, ok := dialectOf(usual); ok && d.architecture.Kind() != workload.Multimodal {
		d.read(t, d, m)
		return
	}
	t.problem("model_type", "send a model_type of a language model: llama, mistral, qwen2, …", "is %q, which is not known", clip(usual))
}

// projector sets what most models share: the features of the patches go through
// a small network into the sequence of the language model.
func projector(v *workload.Vision, architecture workload.Architecture) {
	v.Model = architecture
	v.Fusion = workload.Projector
	v.TextEncoder = workload.LLaMAText
	v.ProjectorAct = workload.GELU
	v.ProjectorBias = true
}

// readQwenVL reads Qwen2-VL, 2.5-VL and 3-VL. Configs on the hub have the
// language model's fields at the top.
func readQwenVL(r *reader, d dialect, m *Model) {
	m.Vision = vision(r, d.modelType+"_vision", true)
	nested := r
	if _, given := r.given["text_config"]; !given && r.has("hidden_size") {
		flat := *r
		flat.given = map[string]any{"text_config": r.given}
		delete(r.given, "model_type")
		nested = &flat
	}
	language(nested, d.modelType+"_text", m)
	projector(&m.Vision, d.architecture)
	if r.flag("tie_word_embeddings") {
		m.Text.TiedEmbeddings = true
	}
	if m.Vision.Projection != m.Text.Hidden {
		r.problem("vision_config", "give the tower's output the language model's hidden_size",
			"ends in %d and the language model has hidden_size %d", m.Vision.Projection, m.Text.Hidden)
	}
}

func readPaliGemma(r *reader, d dialect, m *Model) {
	m.Vision = vision(r, "siglip_vision_model", false)
	language(r, "gemma", m)
	m.Text.TiedEmbeddings = r.flag("tie_word_embeddings")
	projector(&m.Vision, d.architecture)
	m.Vision.UseHead = false // the class is built without it
	m.Vision.Projection = r.size("projection_dim")
	m.Vision.ImageTokens = patches(m.Vision)
}

func readGemma3VL(r *reader, d dialect, m *Model) {
	m.Vision = vision(r, "siglip_vision_model", false)
	language(r, "gemma3_text", m)
	m.Text.TiedEmbeddings = r.flag("tie_word_embeddings")
	projector(&m.Vision, d.architecture)
	m.Vision.ProjectorBias = false
	m.Vision.ImageTokens = r.size("mm_tokens_per_image")
	if p := patches(m.Vision); m.Vision.ImageTokens > p {
		among(r, "mm_tokens_per_image", m.Vision.ImageTokens, "the number of patches", p)
	}
}

func readInternVL(r *reader, d dialect, m *Model) {
	m.Vision = vision(r, "internvl_vision", false)
	language(r, "qwen2", m)
	m.Text.TiedEmbeddings = r.flag("tie_word_embeddings")
	projector(&m.Vision, d.architecture)
	ratio := r.positive("downsample_ratio")
	m.Vision.Merge = mergeOf(r, "downsample_ratio", ratio)
	m.Vision.ProjectorAct = r.activation("projector_hidden_act")
	m.Vision.FeatureLayer = featureLayer(r, m.Vision.Layers)
	if word := r.word("vision_feature_select_strategy"); word == "full" {
		r.problem("vision_feature_select_strategy", "send default",
			"is %q: the class token would not fit the square that InternVL shuffles", word)
	}
	m.Vision.ImageTokens = patches(m.Vision) / (m.Vision.Merge * m.Vision.Merge)
	m.Vision.MaxTiles = internTiles
}

// internTiles is the most crops that InternVL's processor makes of an image
// (GotOcr2ImageProcessor's max_patches).
const internTiles = 12

// mergeOf turns a ratio of 1/n into n.
func mergeOf(r *reader, field string, ratio float64) int64 {
	for n := int64(1); n <= 16; n++ {
		if ratio*float64(n) == 1 {
			return n
		}
	}
	r.problem(field, "send 1, 0.5 or 0.25", "is %g, not one over an integer", ratio)
	return 1
}

func readMistral3(r *reader, d dialect, m *Model) {
	m.Vision = vision(r, "pixtral", false)
	language(r, "mistral", m)
	m.Text.TiedEmbeddings = r.flag("tie_word_embeddings")
	projector(&m.Vision, d.architecture)
	m.Vision.Merge = r.ratio("spatial_merge_size")
	m.Vision.ProjectorAct = r.activation("projector_hidden_act")
	m.Vision.ProjectorBias = r.flag("multimodal_projector_bias")
	m.Vision.FeatureLayer = featureLayer(r, m.Vision.Layers)
}

// readIdefics3 reads Idefics3 and SmolVLM: patches are shuffled together, then
// one matrix.
func readIdefics3(r *reader, d dialect, m *Model) {
	tower := "idefics3_vision"
	if d.modelType == "smolvlm" {
		tower = "smolvlm_vision"
	}
	m.Vision = vision(r, tower, false)
	language(r, "llama", m)
	m.Text.TiedEmbeddings = r.flag("tie_word_embeddings")
	projector(&m.Vision, d.architecture)
	m.Vision.ProjectorBias = false
	m.Vision.Merge = r.ratio("scale_factor")
	among(r, "scale_factor", m.Vision.Merge, "the patches of a side", max(1, m.Vision.NativeSize/max(1, m.Vision.Patch)))
	m.Vision.ImageTokens = patches(m.Vision) / (m.Vision.Merge * m.Vision.Merge)
}

// readLlama4VL reads LLaMA-4 whole. Its language model is a mixture, which is
// what the engine for mixtures estimates; the tower is resident beside it.
func readLlama4VL(r *reader, d dialect, m *Model) {
	m.Vision = vision(r, "llama4_vision_model", false)
	language(r, "llama4_text", m)
	projector(&m.Vision, d.architecture)
	m.Vision.ProjectorBias = false
	m.Vision.ImageTokens = patches(m.Vision) / (m.Vision.Merge * m.Vision.Merge)
}
