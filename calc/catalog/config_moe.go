package catalog

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// This file reads the mixtures of experts.

// experts reads what the mixtures share. The width of an expert stands under
// the given field.
func experts(r *reader, count, active, width string) workload.Experts {
	e := workload.Experts{
		Count:           r.size(count),
		Active:          r.size(active),
		Intermediate:    r.size(width),
		LayerFrequency:  1,
		Routing:         workload.TopK,
		Implementation:  workload.Grouped,
		LoadBalanceLoss: r.coefficient("router_aux_loss_coef"),
		Init:            workload.PretrainedInit,
	}
	among(r, active, e.Active, count, e.Count)
	among(r, count, e.Count, "the limit", mostExperts)
	return e
}

// mostExperts is the valid maximum of numExperts. Switch's experts are modules
// of their own, each of which is declared: there are fewer.
const (
	mostExperts       = int64(1) << 16
	mostSwitchExperts = int64(1) << 12
)

// coefficient reads the weight of a loss; absent, null and 0 are none.
func (r *reader) coefficient(field string) float64 {
	v, name := r.take(field)
	if v == nil {
		return 0
	}
	x, ok := number(v)
	if !ok || x < 0 || x > 1e6 {
		r.problem(name, say.F("send a number of at least 0"), "is %s", compact(v))
		return 0
	}
	return x
}

func readMixtral(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.Window = r.count("sliding_window")
	m.Text = t
	m.Experts = experts(r, "num_local_experts", "num_experts_per_tok", "intermediate_size")
	m.Experts.NormTopK = true
}

// readQwenMoE reads Qwen1.5-MoE, Qwen2-MoE and Qwen3-MoE.
func readQwenMoE(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	e := experts(r, "num_experts", "num_experts_per_tok", "moe_intermediate_size")
	e.NormTopK = d.family == workload.Qwen3VLMoEText || r.flag("norm_topk_prob") // Qwen3-VL's code always divides
	e.LayerFrequency = r.size("decoder_sparse_step")
	denseLayers(r, &e)
	if d.family == workload.Qwen2MoE {
		t.QKVBias = r.flag("qkv_bias")
		e.SharedIntermediate = r.size("shared_expert_intermediate_size")
		e.Shared, e.SharedGate = 1, true
	} else {
		t.QKVBias = r.flag("attention_bias")
		t.OutBias = t.QKVBias
		t.QKNorm = true
	}
	if r.flag("use_sliding_window") {
		t.Window = r.count("sliding_window")
	}
	layerTypes(r, &t)
	m.Text, m.Experts = t, e
}

// denseLayers takes Qwen's list of layers without experts where it names the
// leading ones.
func denseLayers(r *reader, e *workload.Experts) {
	for i, layer := range r.integers("mlp_only_layers") {
		if layer != int64(i) {
			r.problem("mlp_only_layers", say.F("send the leading layers: [0, 1, …]"),
				"names layer %d: dense layers that are not the leading ones are not modelled", layer)
			return
		}
		e.FirstDense = int64(i) + 1
	}
}

func readOLMoE(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	t.QKNormFull = true
	m.Text = t
	m.Experts = experts(r, "num_experts", "num_experts_per_tok", "intermediate_size")
	m.Experts.NormTopK = r.flag("norm_topk_prob")
}

// readDeepSeek reads DeepSeek-MoE, V2 and V3. The later two compress keys and
// values (multi-head latent attention); V3 adds a bias for each expert that
// steers the routing.
func readDeepSeek(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	if d.family != workload.DeepSeekMoE {
		latentAttention(r, &t)
	}
	e := experts(r, "n_routed_experts", "num_experts_per_tok", "moe_intermediate_size")
	shared(r, &e, "n_shared_experts")
	e.FirstDense = r.count("first_k_dense_replace")
	among(r, "first_k_dense_replace", e.FirstDense, "num_hidden_layers", t.Layers)
	if r.has("moe_layer_freq") {
		e.LayerFrequency = r.size("moe_layer_freq")
	}
	e.NormTopK = r.flag("norm_topk_prob")
	e.CorrectionBias = d.family == workload.DeepSeekV3
	if d.family == workload.DeepSeekV3 || r.word("topk_method") == "group_limited_greedy" {
		e.Groups = r.count("n_group")
		e.GroupsKept = r.count("topk_group")
	}
	m.Text, m.Experts = t, e
}

// shared reads the number of experts that every token visits, each as wide as a
// routed one.
func shared(r *reader, e *workload.Experts, field string) {
	e.Shared = r.count(field)
	among(r, field, e.Shared, "the limit", largestRatio)
	e.SharedIntermediate = min(e.Shared, largestRatio) * e.Intermediate
}

// latentAttention reads the ranks and widths of multi-head latent attention. A
// head of the query is as wide as its two parts together; only the second is
// rotated.
func latentAttention(r *reader, t *workload.Text) {
	t.QLoRARank = r.count("q_lora_rank")
	t.KVLoRARank = r.size("kv_lora_rank")
	t.QKNopeDim = r.size("qk_nope_head_dim")
	t.QKRopeDim = r.size("qk_rope_head_dim")
	t.VHeadDim = r.size("v_head_dim")
	t.HeadDim = t.QKNopeDim + t.QKRopeDim
	t.RotaryDim = t.QKRopeDim
	t.KVHeads = t.Heads
}

// readGLM4MoE reads GLM-4.5: DeepSeek-V3's routing over ordinary attention with
// biases.
func readGLM4MoE(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.QKNorm = r.flag("use_qk_norm")
	e := experts(r, "n_routed_experts", "num_experts_per_tok", "moe_intermediate_size")
	shared(r, &e, "n_shared_experts")
	e.FirstDense = r.count("first_k_dense_replace")
	among(r, "first_k_dense_replace", e.FirstDense, "num_hidden_layers", t.Layers)
	e.NormTopK = r.flag("norm_topk_prob")
	e.CorrectionBias = true
	e.Groups, e.GroupsKept = r.count("n_group"), r.count("topk_group")
	m.Text, m.Experts = t, e
}

// readGPTOSS: biases everywhere, one sink logit a head, alternating windows.
func readGPTOSS(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	t.Sinks = true
	t.Window = r.count("sliding_window")
	t.WindowPattern = 2
	layerTypes(r, &t)
	m.Text = t
	m.Experts = experts(r, "num_local_experts", "num_experts_per_tok", "intermediate_size")
	m.Experts.NormTopK = true
	m.Experts.RouterBias = true
	m.Experts.ExpertBias = true
}

// readPhiMoE: Mixtral's shape with layer norms and biases in attention and head.
func readPhiMoE(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Norm = workload.LayerNorm
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	t.HeadBias = r.flag("lm_head_bias")
	t.Window = r.count("sliding_window")
	m.Text = t
	m.Experts = experts(r, "num_local_experts", "num_experts_per_tok", "intermediate_size")
	m.Experts.RouterJitter = r.coefficient("input_jitter_noise")
}

// readLlama4 reads the language model of LLaMA-4: one shared expert as wide as
// a routed one, layers without experts in between, chunked attention.
func readLlama4(r *reader, d dialect, m *Model) {
	t := llamaLike(r, d)
	t.Activation = r.activation("hidden_act")
	t.QKVBias = r.flag("attention_bias")
	t.OutBias = t.QKVBias
	t.QKNormNoWeight = r.flag("use_qk_norm")
	t.NoRoPEInterval = r.count("no_rope_layer_interval")
	t.PositionScale = positionScale(r)
	t.Window = r.count("attention_chunk_size")
	t.WindowPattern = t.NoRoPEInterval
	layerTypes(r, &t)
	e := experts(r, "num_local_experts", "num_experts_per_tok", "intermediate_size")
	e.Shared, e.SharedIntermediate = 1, e.Intermediate
	e.LayerFrequency = r.size("interleave_moe_layer_step")
	t.Intermediate = r.size("intermediate_size_mlp")
	if r.has("moe_layers") {
		explicitLayers(r, t, e)
	}
	m.Text, m.Experts = t, e
}

// positionScale says whether queries are scaled by position, which configs state
// as a flag or as a number.
func positionScale(r *reader) bool {
	v, name := r.take("attn_temperature_tuning")
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	}
	n, ok := number(v)
	if !ok {
		r.problem(name, say.F("send true or false"), "is %s", compact(v))
	}
	return n != 0
}

// explicitLayers refuses a list that is not the one that the step gives.
func explicitLayers(r *reader, t workload.Text, e workload.Experts) {
	list := r.integers("moe_layers")
	for i, layer := range list {
		if layer != int64(i+1)*e.LayerFrequency-1 {
			r.problem("moe_layers", say.F("leave it out and send interleave_moe_layer_step"),
				"is not every n-th layer, which is not modelled")
			return
		}
	}
	if int64(len(list)) != t.Layers/e.LayerFrequency {
		r.problem("moe_layers", say.F("leave it out and send interleave_moe_layer_step"),
			"has %d layers where interleave_moe_layer_step gives %d", len(list), t.Layers/e.LayerFrequency)
	}
}

// readDBRX reads DBRX, whose numbers stand in attn_config and ffn_config.
func readDBRX(r *reader, d dialect, m *Model) {
	attention := r.child("attn_config", "dbrx_attention")
	ffn := r.child("ffn_config", "dbrx_ffn")
	t := workload.Text{
		Family:         d.family,
		Position:       workload.RoPE,
		Norm:           workload.LayerNormNoBias,
		Activation:     workload.SiLU,
		Gated:          true,
		Vocab:          r.size("vocab_size"),
		Hidden:         r.size("hidden_size"),
		Layers:         r.layers("num_hidden_layers"),
		Heads:          r.size("num_attention_heads"),
		KVHeads:        attention.size("kv_n_heads"),
		Context:        r.count("max_position_embeddings"),
		TiedEmbeddings: r.flag("tie_word_embeddings"),
		AttentionDrop:  attention.rate("attn_pdrop"),
		ResidualDrop:   r.rate("resid_pdrop"),
		EmbeddingDrop:  r.rate("emb_pdrop"),
	}
	headDim(r, &t)
	t.RotaryDim = t.HeadDim
	m.Experts = experts(ffn, "moe_num_experts", "moe_top_k", "ffn_hidden_size")
	m.Experts.NormTopK = ffn.coefficient("moe_normalize_expert_weights") > 0
	m.Experts.LoadBalanceLoss = ffn.coefficient("moe_loss_weight")
	t.Intermediate = m.Experts.Intermediate
	m.Text = t
}

// The names under which configs state the number of experts, of experts a token
// visits, and of an expert's width.
var (
	countFields  = []string{"num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"}
	activeFields = []string{"num_experts_per_tok", "num_experts_per_token", "moe_top_k", "moe_topk", "num_selected_experts", "top_k"}
	widthFields  = []string{"moe_intermediate_size", "expert_intermediate_size", "intermediate_size"}
)

// expertField is the first field of a config that speaks of experts, "" = none.
func expertField(r *reader) string {
	for _, field := range append(countFields[:len(countFields):len(countFields)], "num_experts_per_tok", "moe_intermediate_size") {
		if r.has(field) {
			return field
		}
	}
	return ""
}

// readUnknownMoE reads a mixture of a model_type that is not known.
func readUnknownMoE(r *reader, d dialect, m *Model) {
	readUnknown(r, d, m)
	e := experts(r, firstOf(r, countFields), firstOf(r, activeFields), firstOf(r, widthFields))
	for _, field := range []string{"n_shared_experts", "num_shared_experts"} {
		if r.has(field) {
			shared(r, &e, field)
		}
	}
	if r.has("shared_expert_intermediate_size") {
		e.Shared, e.SharedIntermediate = 1, r.size("shared_expert_intermediate_size")
	}
	e.FirstDense = r.count("first_k_dense_replace")
	among(r, "first_k_dense_replace", e.FirstDense, "num_hidden_layers", m.Text.Layers)
	for _, field := range []string{"moe_layer_freq", "decoder_sparse_step"} {
		if r.has(field) {
			e.LayerFrequency = r.size(field)
		}
	}
	e.NormTopK = r.flag("norm_topk_prob")
	m.Text.QKNorm = r.flag("use_qk_norm")
	m.Experts = e
}

// firstOf is the first of the names that was given, else the first.
func firstOf(r *reader, fields []string) string {
	for _, field := range fields {
		if r.has(field) {
			return field
		}
	}
	return fields[0]
}
