package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// qwenSizes are the widths of a Qwen-VL tower. Images of any size lie one
// behind the other as rows of patches, those of a merged square together.
type qwenSizes struct {
	H, F, Heads, D, L tape.Dim
	Patches           tape.Dim // of all images
	Merged            tape.Dim // tokens that they give the language model
	Merge             int64    // patches of a merged square
	rows, cols        int64    // patches of one image
	images            int64    // of the batch
}

func (b *Builder) qwenSizes(v workload.Vision) qwenSizes {
	t := b.T
	merge := max(1, v.Merge)
	side := max(1, v.Patch) * merge
	s := qwenSizes{
		H:     t.Symbol("hv", "hidden size of the vision tower", v.Hidden),
		F:     t.Symbol("fv", "intermediate size of the vision tower", v.Intermediate),
		Heads: t.Symbol("av", "attention heads of the vision tower", v.Heads),
		D:     t.Symbol("dv", "head dimension of the vision tower", v.Hidden/max(1, v.Heads)),
		L:     t.Symbol("Lv", "layers of the vision tower", v.Layers),
		Merge: merge * merge,
		rows:  v.Height / side * merge, cols: v.Width / side * merge,
		images: b.Train.Batch * max(1, v.Images),
	}
	s.Merged = b.B.Times(tape.N(max(1, v.Images) * s.rows * s.cols / s.Merge))
	s.Patches = s.Merged.By(s.Merge)
	return s
}

// patch is the number of elements of one patch, channel by channel.
func patch(v workload.Vision) []tape.Dim {
	p := tape.N(v.Patch)
	return []tape.Dim{tape.N(v.Channels), tape.N(max(1, v.Temporal)), p, p}
}

// PatchRows is the input of a tower that takes patches: [n, elements].
func (b *Builder) PatchRows(v workload.Vision) *tape.Tensor {
	defer b.T.As(memory.DataAugmentation)()
	return b.T.Input("pixels", b.PixelType(), b.qwenSizes(v).Patches, tape.Numel(patch(v)))
}

// PatchPositions are the row and column of each patch.
func (b *Builder) PatchPositions(v workload.Vision) *tape.Tensor {
	return b.T.Input("positions of patches", tape.I64, b.qwenSizes(v).Patches, tape.N(2))
}

// WindowOrder is the order in which merged squares lie by window.
func (b *Builder) WindowOrder(v workload.Vision) *tape.Tensor {
	return b.T.Input("order by window", tape.I64, b.qwenSizes(v).Merged)
}

// interpolationTaps is how many rows of a position table a patch lies between.
const interpolationTaps = 4

// Interpolation is the rows of the position table that each patch takes, and
// their weights.
func (b *Builder) Interpolation(v workload.Vision) []*tape.Tensor {
	n := b.qwenSizes(v).Patches
	return []*tape.Tensor{
		b.T.Input("rows of the position table", tape.I64, n, tape.N(interpolationTaps)),
		b.T.Input("weights of the rows", tape.F32, n, tape.N(interpolationTaps)),
	}
}
