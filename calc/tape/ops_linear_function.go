package tape

// linearFunction is the linear layer that DeepSpeed puts in place of PyTorch's
// where parameters are gathered (LinearFunctionForZeroStage3,
// deepspeed/runtime/zero/linear.py): its input and its weight are saved
// whatever needs a gradient, after the result exists, and no view of the weight
// is. Backward makes the input's gradient, then the weight's; neither is a view.
func (t *Tape) linearFunction(x, w, bias *Tensor) *Tensor {
	workspace := t.matmul
	if bias != nil && len(x.dims) == 2 {
		workspace = t.matmulLt
	}
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), w.dims[0])
	y := t.run(op{
		ins:  []*Tensor{x, w, bias},
		late: []*Tensor{x, w, bias},
		outs: func() []*Tensor {
			y := t.make("output", x.dt, dims...)
			t.Scratch("cuBLAS workspace", workspace)
			t.Work(x.dt, Numel(x.dims), w.dims[0])
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			var gx, gw, gb *Tensor
			t.workEach(b.Need[:2], x.dt, Numel(x.dims), w.dims[0])
			if b.Need[0] {
				gx = t.productOf("gradient of input", x, false)
			}
			if b.Need[1] {
				gw = t.productOf("gradient of weight", w, false)
			}
			if b.Need[2] {
				gb = b.G[0]
			}
			return []*Tensor{gx, gw, gb}
		},
	})[0]
	t.done(x, w, bias)
	return y
}
