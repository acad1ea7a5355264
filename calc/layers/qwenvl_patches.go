package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// qwenPatches is what the towers of the Qwen-VL line share: rows of patches,
// their embedding, and rotary tables of their positions.
type qwenPatches struct {
	b           *Builder
	v           workload.Vision
	s           qwenSizes
	patch, bias *tape.Param
}

// declare declares the patch embedding, in the module of the tower.
func (w *qwenPatches) declare(bias bool) {
	b := w.b
	w.patch = b.param("patch_embed.proj.weight", tape.ConvWeight, append([]tape.Dim{w.s.H}, patch(w.v)...)...)
	if bias {
		w.bias = b.param("patch_embed.proj.bias", tape.Bias, w.s.H)
	}
	b.refuseConvolution("patch_embed.proj")
}

// quarter is the number of angles of a patch's row, as many as of its column.
func (w *qwenPatches) quarter() tape.Dim {
	return w.b.T.Fraction("quarterHeadDim", "a quarter of the head width of the vision tower", w.s.D, 4)
}

func (w *qwenPatches) rotaryBuffers() {
	w.b.Buffer("rotary_pos_emb.inv_freq", tape.F32, w.quarter())
	w.b.Buffer("rotary_pos_emb.original_inv_freq", tape.F32, w.quarter())
}

// embed is the patch embedding, whose result is made to require a gradient
// as that of token embeddings is; not in Qwen3-VL, whose class does not name it.
func (w *qwenPatches) embed(pixels *tape.Tensor) *tape.Tensor {
	t := w.b.T
	defer t.Scope("patch_embed")()
	f := t.Frame(pixels)
	x := f.V(t.View(pixels, append([]tape.Dim{w.s.Patches}, patch(w.v)...)...))
	y := t.PatchRows(t.To(x, w.patch.DType()), w.patch.T(), w.bias.T())
	f.Re(x, y)
	y = f.Ret(y)
	if w.b.Train.Checkpointing && !y.Requires() && w.v.Family != workload.Qwen3VLVision {
		t.RequireGrad(y)
	}
	return y
}

// rotary makes the tables of a head's angles: half of them follow a patch's
// row, half its column.
func (w *qwenPatches) rotary(positions *tape.Tensor) (cos, sin *tape.Tensor) {
	t, n := w.b.T, w.s.Patches
	defer t.Scope("rotary_pos_emb")()
	angles := []tape.Dim{n, tape.N(2), w.quarter()}
	f := t.Frame(positions)
	f.V(t.Make("frequencies", tape.F32, angles, t.Make("positions in fp32", tape.F32, []tape.Dim{n, tape.N(2), tape.One})))
	cos = f.V(t.Make("cos", tape.F32, angles, t.Make("cos before scaling", tape.F32, angles)))
	sin = f.V(t.Make("sin", tape.F32, angles, t.Make("sin before scaling", tape.F32, angles)))
	twice := func(x *tape.Tensor) *tape.Tensor {
		g := t.Frame(x)
		g.V(t.Make("rows and columns", tape.F32, angles))
		return g.Ret(t.Make("table", tape.F32, []tape.Dim{n, w.s.D}))
	}
	cos = f.Re(cos, twice(cos))
	sin = f.Re(sin, twice(sin))
	return f.Ret2(cos, sin)
}
