package tape

// FourBit is a matrix of [N, K] in bitsandbytes' 4-bit form.
type FourBit struct {
	N, K    Dim
	Maxima  Dim   // elements of the table of block maxima
	Nested  bool  // the maxima are quantized themselves (double quantization)
	Decoded DType // what backward's dequantization gives
}

// Clone copies a tensor; its backward passes the gradient on.
func (t *Tape) Clone(x *Tensor) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("clone", x.dt, x)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{b.G[0]} },
	})[0]
	t.done(x)
	return y
}

// LinearFourBit is bitsandbytes' MatMul4Bit. Forward dequantizes the matrix
// for the product, unless few rows let the fused kernel do without; nothing is
// saved but the packed matrix. Backward always dequantizes.
func (t *Tape) LinearFourBit(x *Tensor, w FourBit, bias *Tensor) *Tensor {
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), w.N)
	workspace := t.matmul
	if bias != nil {
		workspace = t.matmulLt
	}
	y := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			rows := x.Rows()
			var held []*Tensor
			if w.Nested {
				held = append(held,
					t.make("dequantized maxima", F32, t.unfused(rows, w, x.dt, w.Maxima)),
					t.make("maxima plus offset", F32, t.unfused(rows, w, x.dt, w.Maxima)))
			}
			held = append(held, t.make("dequantized weight", x.dt, t.unfused(rows, w, x.dt, w.N.Times(w.K))))
			y := t.make("output", x.dt, dims...)
			t.Scratch("cuBLAS workspace", t.unfused(rows, w, x.dt, workspace))
			t.done(held...)
			t.Work(x.dt, Numel(x.dims), w.N)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			var maxima *Tensor
			if w.Nested {
				maxima = t.make("dequantized maxima", F32, w.Maxima)
			}
			weight := t.make("dequantized weight", w.Decoded, w.N, w.K)
			t.done(maxima)
			if g := b.G[0].dt; g != w.Decoded {
				c := t.make("dequantized weight cast", g, w.N, w.K)
				t.done(weight)
				weight = c
			}
			gx := t.like("gradient of input", b.G[0].dt, x)
			t.Scratch("cuBLAS workspace", t.matmul)
			t.done(weight)
			t.Work(b.G[0].dt, Numel(x.dims), w.N)
			return []*Tensor{gx}
		},
	})[0]
	t.done(x, bias)
	return y
}

// LinearInt8 is bitsandbytes' MatMul8bitLt for a frozen matrix of [N, K] and
// inputs without outliers. It keeps its input until the graph goes, outside
// what autograd saves, so that checkpointing does not spare it.
func (t *Tape) LinearInt8(x *Tensor, n, k Dim, bias *Tensor) *Tensor {
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), n)
	y := t.run(op{
		ins:   []*Tensor{x},
		holds: []*Tensor{x},
		outs: func() []*Tensor {
			t.Work(U8, Numel(x.dims), n)
			return []*Tensor{t.int8Product(x, n, dims)}
		},
		back: func(b *Backward) []*Tensor {
			weight := t.make("dequantized weight", x.dt, n, k)
			t.Scratch("row scales", n.By(F32.Size()))
			var g *Tensor
			if b.G[0].dt != x.dt {
				g = t.like("gradient cast", x.dt, b.G[0])
			}
			gx := t.product("gradient of input", x)
			t.Work(x.dt, Numel(x.dims), n)
			t.done(weight, g)
			return []*Tensor{gx}
		},
	})[0]
	t.done(x, bias)
	return y
}

// int8Product quantizes the input by rows, looks for outliers, multiplies in
// int32 and scales to the input's type by way of fp16.
func (t *Tape) int8Product(x *Tensor, n Dim, dims []Dim) *Tensor {
	half := x
	if x.dt != F16 {
		half = t.like("input in fp16", F16, x)
	}
	scales := t.make("row maxima", F32, x.Rows())
	bytes := t.like("input in int8", U8, x)
	magnitude := t.like("magnitude of the input", F16, x)
	mask := t.like("outliers", Bool, x)
	t.done(magnitude)
	any := t.make("whether there are outliers", Bool, One)
	partial, semaphores := t.TotalScratch(Numel(x.dims), Bool.Size())
	t.Scratch("scratch of a reduction", partial, semaphores)
	t.done(any, mask)
	if half != x {
		t.done(half)
	}
	product := t.make("int32 product", I32, dims...)
	y := t.make("output in fp16", F16, dims...)
	if x.dt != F16 {
		c := t.make("output", x.dt, dims...)
		t.done(y)
		y = c
	}
	t.done(product, bytes, scales)
	return y
}
