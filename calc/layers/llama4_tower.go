package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Llama4Tower declares the vision tower and the projector of
// Llama4ForConditionalGeneration, which a run on text alone leaves idle: they
// are resident, get no gradient and so no optimizer state.
func (b *Builder) Llama4Tower(m workload.Text, v workload.Vision) {
	old, idle := b.Component, b.NoAdapters
	b.Component, b.NoAdapters = memory.VisionEncoder, true
	defer func() { b.Component, b.NoAdapters = old, idle }()
	b.Notes = append(b.Notes, "the run is on text alone: the vision tower is resident and idle, and adapters do not reach it")
	h, wide := tape.N(v.Hidden), tape.N(v.Intermediate)
	side := v.NativeSize / max(1, v.Patch)
	func() {
		defer b.In("vision_model")()
		b.Weight("class_embedding", h)
		b.Weight("positional_embedding_vlm", tape.N(side*side+1), h)
		b.Linear("patch_embedding.linear", tape.N(v.Channels*v.Patch*v.Patch), h, false)
		b.LayerNorm("layernorm_pre", h)
		b.LayerNorm("layernorm_post", h)
		b.llama4TowerLayers(v, h, wide)
		defer b.In("vision_adapter.mlp")()
		b.Linear("fc1", tape.N(v.Merge*v.Merge*v.Hidden), tape.N(v.Projection), false)
		b.Linear("fc2", tape.N(v.Projection), tape.N(v.Projection), false)
	}()
	defer b.In("multi_modal_projector")()
	b.Linear("linear_1", tape.N(v.Projection), b.T.Symbol("h", "hidden size", m.Hidden), false)
}

func (b *Builder) llama4TowerLayers(v workload.Vision, h, wide tape.Dim) {
	defer b.In("model.layers.*")()
	section := b.T.NewSection("tower layers", b.T.Symbol("Lv", "layers of the tower", v.Layers), v.Layers)
	b.T.Each(section, func(int) {
		func() {
			defer b.In("self_attn")()
			for _, leaf := range []string{"q_proj", "k_proj", "v_proj", "o_proj"} {
				b.Linear(leaf, h, h, v.QKVBias)
			}
		}()
		func() {
			defer b.In("mlp")()
			b.Linear("fc1", h, wide, true)
			b.Linear("fc2", wide, h, true)
		}()
		b.LayerNorm("input_layernorm", h)
		b.LayerNorm("post_attention_layernorm", h)
	})
}
