package layers

import (
	"fmt"
	"slices"

	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// tokenAlign is the multiple to which the tower pads the tokens of a tile
// (MllamaVisionModel.forward).
const tokenAlign = 8

// mllamaSizes are the sizes of the tower as symbols.
type mllamaSizes struct {
	towerSizes
	pictures tape.Dim // images of all samples
	tiles    tape.Dim // tiles that the processor fills an image up to
	padded   tape.Dim // tokens of a tile with the padding
	all      tape.Dim // tokens of an image
	pad      int64
}

// mllamaTower is MllamaVisionModel: local layers over the tiles of an image
// together, gated global layers, and beside the last hidden state those of some
// local layers.
type mllamaTower struct {
	b         *Builder
	v         workload.Vision
	s         mllamaSizes
	class     *tape.Param
	patch     *patchEmbeddings
	positions *tilePositions
	before    *tileEmbedding
	after     *tileEmbedding
	pre, post *LayerNorm
	local     []*Stack // each ends with a layer whose hidden state is taken, or is the rest
	global    *Stack
	taken     int
}

func (b *Builder) mllamaSizes(v workload.Vision) mllamaSizes {
	s := mllamaSizes{towerSizes: b.towerSizes(v, true)}
	s.pictures, s.tiles = b.B.Times(tape.N(max(1, v.Images))), tape.N(v.Tiles)
	tokens, _ := s.Tokens.Const()
	s.pad = (tokenAlign - tokens%tokenAlign) % tokenAlign
	s.padded = tape.N(tokens + s.pad)
	s.all = s.tiles.Times(s.padded)
	return s
}

func (b *Builder) mllamaTower(v workload.Vision) *mllamaTower {
	w := &mllamaTower{b: b, v: v, s: b.mllamaSizes(v)}
	if v.Height != v.NativeSize || v.Width != v.NativeSize {
		b.Fail(say.Errorf("a tile of %d x %d pixels does not fit the tower's positions; send imageHeight and imageWidth %d", v.Width, v.Height, v.NativeSize))
	}
	w.class = b.Weight("class_embedding", w.s.H)
	w.patch = &patchEmbeddings{b: b, v: v, s: w.s.towerSizes}
	side := tape.N(v.Patch)
	w.patch.patch = b.param("patch_embedding.weight", tape.ConvWeight, w.s.H, tape.N(v.Channels), side, side)
	w.positions = b.tilePositions(v, w.s)
	w.before = b.tileEmbedding("pre_tile_positional_embedding", v, w.s)
	w.after = b.tileEmbedding("post_tile_positional_embedding", v, w.s)
	w.pre = b.LayerNorm("layernorm_pre", w.s.H)
	w.post = b.LayerNorm("layernorm_post", w.s.H)
	w.declareLocal()
	if v.GlobalLayers > 0 {
		n := b.T.Symbol("Lg", "global layers of the vision tower", v.GlobalLayers)
		w.global = w.layers("global_transformer", "global vision layers", n, v.GlobalLayers, true)
	}
	return w
}

// layers declares a run of the tower's layers.
func (w *mllamaTower) layers(module, name string, n tape.Dim, count int64, gated bool) *Stack {
	b := w.b
	defer b.In(module)()
	return b.stackOf("layers", name, n, count, func() Block { return b.mllamaVisionLayer(w.v, w.s, gated) })
}

// stackOf declares layers of a tower under their list's name.
func (b *Builder) stackOf(leaf, name string, n tape.Dim, count int64, make func() Block) *Stack {
	defer b.In(leaf)()
	defer b.In("*")()
	return b.Stack(name, n, count, 0, make)
}

// declareLocal declares the local layers in runs that end with a layer whose
// hidden state is taken: gradients come to those from elsewhere too.
func (w *mllamaTower) declareLocal() {
	if !slices.IsSorted(w.v.Intermediates) {
		w.b.Fail(say.Errorf("intermediate_layers_indices that are not in order are not modelled; send them in order"))
	}
	first := int64(0)
	add := func(end int64) {
		name := fmt.Sprintf("vision layers %d to %d", first, end)
		n := w.b.T.SymbolFor(fmt.Sprintf("Lv%d", first), say.F("number of %s", name), end-first+1)
		w.local = append(w.local, w.layers("transformer", name, n, end-first+1, false))
		first = end + 1
	}
	for _, i := range w.v.Intermediates {
		if i < first || i >= w.v.Layers {
			w.b.Fail(say.Errorf("intermediate_layers_indices names layer %d of %d, or one twice; send different layers", i, w.v.Layers))
			return
		}
		add(i)
	}
	w.taken = len(w.local)
	if first < w.v.Layers {
		add(w.v.Layers - 1)
	}
}
