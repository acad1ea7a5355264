package catalog

import (
	"strconv"
	"strings"

	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// This file reads LLaVA's line.

// readLLaVA reads LLaVA, LLaVA-NeXT and LLaVA-OneVision, and Pixtral, which the
// library keeps under LLaVA's type.
func readLLaVA(r *reader, d dialect, m *Model) {
	onevision := d.modelType == "llava_onevision"
	if onevision {
		m.Vision = vision(r, "siglip_vision_model", false)
		language(r, "qwen2", m)
	} else {
		m.Vision = vision(r, "clip_vision_model", false)
		language(r, "llama", m)
	}
	v := &m.Vision
	projector(v, d.architecture)
	v.ProjectorAct = r.activation("projector_hidden_act")
	v.ProjectorBias = r.flag("multimodal_projector_bias")
	v.FeatureLayer = featureLayer(r, v.Layers)
	v.KeepClass = r.word("vision_feature_select_strategy") == "full"
	if r.flag("tie_word_embeddings") {
		m.Text.TiedEmbeddings = true
	}
	switch {
	case v.Family == workload.PixtralVision:
		m.Architecture = workload.ArchPixtral
		v.Model = m.Architecture
	case d.modelType == "llava_next", onevision:
		v.ImageNewline = true
		v.Pinpoints, v.MaxTiles = pinpoints(r, v.NativeSize)
		v.ImageTokens = patches(*v)
		if onevision {
			v.AnyResMax = anyResMax(r)
		}
	default:
		v.ImageTokens = patches(*v)
	}
}

// anyResMax is the number at the end of LLaVA-OneVision's vision_aspect_ratio.
func anyResMax(r *reader) int64 {
	const prefix, field = "anyres_max_", "vision_aspect_ratio"
	word := r.word(field)
	n, err := strconv.ParseInt(strings.TrimPrefix(word, prefix), 10, 32)
	if err != nil || n < 1 || !strings.HasPrefix(word, prefix) {
		r.problem(field, say.F("send anyres_max_9"), "is %q", word)
		return 1
	}
	return n
}

// featureLayer is the hidden state that the projector takes, counted from the
// end where negative.
func featureLayer(r *reader, layers int64) int64 {
	value, name := r.take("vision_feature_layer")
	x, ok := number(value)
	if !ok || x != float64(int64(x)) || int64(x) < -layers-1 || int64(x) > layers {
		r.problem(name, say.F("send the index of one hidden state, such as -2"), "is %s", compact(value))
		return -1
	}
	return int64(x)
}

// pinpoints are LLaVA-NeXT's arrangements of crops, and the largest number of
// crops among them.
func pinpoints(r *reader, side int64) (all [][2]int64, most int64) {
	side = max(1, side) // the tower's is missing, which is told elsewhere
	value, name := r.take("image_grid_pinpoints")
	list, ok := value.([]any)
	ok = ok && len(list) > 0
	most = 1
	for _, pair := range list {
		sides, isPair := pair.([]any)
		if !isPair || len(sides) != 2 {
			ok = false
			break
		}
		height := r.integer(name, sides[0], 1, largestSide)
		width := r.integer(name, sides[1], 1, largestSide)
		if height%side != 0 || width%side != 0 {
			r.problem(name, say.F("send multiples of the tower's image_size"),
				"has %dx%d, not cut by tiles of %d pixels", height, width, side)
			continue
		}
		most = max(most, (height/side)*(width/side))
		all = append(all, [2]int64{height, width})
	}
	if !ok || int64(len(list)) > largestLayers {
		r.problem(name, say.F("send a list of [height, width]"), "is %s", compact(value))
	}
	return all, min(most, largestLayers)
}
