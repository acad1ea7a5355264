package catalog

import (
	"math"

	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// This file reads the decoders that follow LLaMA's pattern: RMS norms, rotary
// positions, a gated MLP. What a family does otherwise is set by its reader.

// llamaLike reads the fields that these decoders share.
func llamaLike(r *reader, d dialect) workload.Text {
	t := workload.Text{
		Family:         d.family,
		Position:       workload.RoPE,
		Norm:           workload.RMSNorm,
		Gated:          true,
		Vocab:          r.size("vocab_size"),
		Hidden:         r.size("hidden_size"),
		Layers:         r.layers("num_hidden_layers"),
		Heads:          r.size("num_attention_heads"),
		Intermediate:   r.size("intermediate_size"),
		Context:        r.count("max_position_embeddings"),
		TiedEmbeddings: r.flag("tie_word_embeddings"),
		AttentionDrop:  r.rate("attention_dropout"),
	}
	t.KVHeads = r.sizeOr("num_key_value_heads", t.Heads, say.F("as many as num_attention_heads"))
	headDim(r, &t)
	t.RotaryDim = rotaryDim(r, t.HeadDim)
	return t
}

// headDim reads or derives the width of a head and checks the head counts.
func headDim(r *reader, t *workload.Text) {
	t.HeadDim = r.sizeOr("head_dim", max(1, t.Hidden/t.Heads), say.F("hidden_size / num_attention_heads"))
	if !r.has("head_dim") && r.known.Defaults["head_dim"] == nil {
		headsDivide(r, t)
	}
	if t.KVHeads > t.Heads || t.Heads%t.KVHeads != 0 {
		r.problem("num_key_value_heads", say.F("send a divisor of num_attention_heads"),
			"is %d, which does not divide num_attention_heads %d", t.KVHeads, t.Heads)
	}
}

// splitHeads is headDim for families whose heads are always hidden / heads.
func splitHeads(r *reader, t *workload.Text) {
	t.HeadDim = max(1, t.Hidden/t.Heads)
	if t.KVHeads == 0 {
		t.KVHeads = t.Heads
	}
	headsDivide(r, t)
}

func headsDivide(r *reader, t *workload.Text) {
	if t.Hidden%t.Heads != 0 {
		r.problem("num_attention_heads", say.F("send a divisor of hidden_size, or head_dim"),
			"is %d, which does not divide hidden_size %d", t.Heads, t.Hidden)
	}
}

// rotaryDim is the rotated part of a head. The share stands in
// rope_parameters, in rope_scaling's predecessors at the top, or is the
// library's default; without any the whole head is rotated.
func rotaryDim(r *reader, width int64) int64 {
	for _, at := range []string{"rope_parameters", "rope_scaling"} {
		if nested, ok := r.given[at].(map[string]any); ok && nested["partial_rotary_factor"] != nil {
			inner := &reader{log: r.log, path: r.path + at + ".", given: nested}
			return share(inner, "partial_rotary_factor", width)
		}
	}
	for _, field := range []string{"partial_rotary_factor", "rotary_pct"} {
		if r.has(field) {
			return share(r, field, width)
		}
	}
	if r.known.Defaults["partial_rotary_factor"] != nil {
		return share(r, "partial_rotary_factor", width)
	}
	return width
}

func share(r *reader, field string, width int64) int64 {
	x := r.positive(field)
	if x > 1 {
		r.problem(field, say.F("send a share above 0 and up to 1"), "is %g", x)
		return width
	}
	return int64(math.Floor(x * float64(width)))
}

func readLlama(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	t.MLPBias = r.flag("mlp_bias")
	if d.family == workload.Mistral {
		t.Window = r.count("sliding_window")
		layerTypes(r, &t)
	}
	m.Text = t
}

func readQwen2(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = true
	qwenWindow(r, &t)
	m.Text = t
}

func readQwen3(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	t.QKNorm = true
	qwenWindow(r, &t)
	m.Text = t
}

// qwenWindow: the window is off unless use_sliding_window; then the layers from
// max_window_layers on have it.
func qwenWindow(r *reader, t *workload.Text) {
	if r.flag("use_sliding_window") {
		t.Window = r.count("sliding_window")
		t.WindowAfter = r.count("max_window_layers")
		if t.WindowAfter >= t.Layers {
			t.Window, t.WindowAfter = 0, 0
		}
	}
	layerTypes(r, t)
}

// layerTypes overrides the family's pattern of windows by an explicit list.
// What a list says that is not a repeating pattern is refused.
func layerTypes(r *reader, t *workload.Text) {
	if !r.has("layer_types") {
		return
	}
	types := r.words("layer_types")
	if len(types) == 0 {
		return
	}
	if int64(len(types)) != t.Layers {
		r.problem("layer_types", say.F("send one type for each layer"), "has %d entries for %d layers", len(types), t.Layers)
		return
	}
	windowed := make([]bool, len(types))
	for i, name := range types {
		switch name {
		case "full_attention":
		case "sliding_attention", "chunked_attention":
			windowed[i] = true
		default:
			r.problem("layer_types", say.F("send full_attention, sliding_attention or chunked_attention"),
				"has %q, which is not known", clip(name))
			return
		}
	}
	if !pattern(windowed, t) {
		r.problem("layer_types", say.F("send a pattern in which every n-th layer is full_attention"),
			"is not a repeating pattern, which is not modelled")
	}
}

// pattern finds the shape of a list of windowed layers: none, all, every n-th
// global, or the leading ones global.
func pattern(windowed []bool, t *workload.Text) bool {
	leading, first := 0, 0
	for leading < len(windowed) && !windowed[leading] {
		leading++
	}
	for first < len(windowed) && windowed[first] {
		first++
	}
	fits := func(windowedAt func(i int) bool) bool {
		for i, w := range windowed {
			if w != windowedAt(i) {
				return false
			}
		}
		return true
	}
	switch {
	case leading == len(windowed):
		t.Window, t.WindowPattern, t.WindowAfter = 0, 0, 0
	case first == len(windowed):
		t.WindowPattern, t.WindowAfter = 0, 0
	case leading == 0 && fits(func(i int) bool { return (i+1)%(first+1) != 0 }):
		t.WindowPattern, t.WindowAfter = int64(first+1), 0
	case fits(func(i int) bool { return i >= leading }):
		t.WindowPattern, t.WindowAfter = 0, int64(leading)
	default:
		return false
	}
	return true
}

// readUnknown reads a model_type that is not known as LLaMA's pattern; nothing
// has a default there.
func readUnknown(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = workload.SiLU
	if r.has("hidden_act") {
		t.Activation = r.activation("hidden_act")
	}
	t.QKVBias = r.flag("attention_bias") || r.flag("qkv_bias")
	t.OutBias = r.flag("attention_bias")
	t.MLPBias = r.flag("mlp_bias")
	t.Window = r.count("sliding_window")
	layerTypes(r, &t)
	m.Text = t
}

// among refuses a number that exceeds another.
func among(r *reader, field string, value int64, limit string, most int64) {
	if value > most {
		r.problem(field, say.F("send at most %d", most), "is %d, more than %s %d", value, limit, most)
	}
}
