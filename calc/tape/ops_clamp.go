package tape

// Clamp limits a tensor between two limits that are tensors of one element; it
// saves all three. Backward tells elements within from those at and beyond a
// limit by comparisons (torch/csrc/autograd/FunctionsManual.cpp,
// clamp_backward).
func (t *Tape) Clamp(x, low, high *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{high, low, x},
		outs:  func() []*Tensor { return []*Tensor{t.like("clamped", x.dt, x)} },
		back: func(b *Backward) []*Tensor {
			mask := func() *Tensor { return t.like("comparison with a limit", Bool, x) }
			differ := t.make("limits differ", Bool, One)
			within := mask()
			t.done(mask(), mask(), mask())
			at := mask()
			t.done(mask(), mask())
			shared := t.like("gradient at a limit", x.dt, x)
			g := t.like("gradient of clamp", x.dt, x)
			t.done(shared, within, at, differ)
			return []*Tensor{g}
		},
	})[0]
	t.done(x, low, high)
	return y
}

// ClampNumbers limits a tensor between two numbers and saves it. Backward
// compares it with both.
func (t *Tape) ClampNumbers(x *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs:  func() []*Tensor { return []*Tensor{t.like("clamped", x.dt, x)} },
		back: func(b *Backward) []*Tensor {
			zero := t.make("zero", b.G[0].dt, One)
			above, below := t.like("not below", Bool, x), t.like("not above", Bool, x)
			g := t.like("gradient of clamp", x.dt, x)
			t.done(below, above, zero)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}

// ClampWithin limits a tensor between two plain numbers; it saves the tensor.
// Backward compares it with both and takes the gradient where it lies between
// (torch/csrc/autograd/FunctionsManual.cpp, clamp_backward).
func (t *Tape) ClampWithin(x *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs:  func() []*Tensor { return []*Tensor{t.like("clamped", x.dt, x)} },
		back: func(b *Backward) []*Tensor {
			zero := t.make("zero", x.dt, One)
			above, below := t.like("not below the limit", Bool, x), t.like("not above the limit", Bool, x)
			g := t.like("gradient of clamp", x.dt, x)
			t.done(below, above, zero)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}

// ClampInPlace is x.clamp_ by two numbers: a copy of x is made first, if a
// gradient is needed.
func (t *Tape) ClampInPlace(x *Tensor) *Tensor {
	if !x.Requires() || !t.grad {
		return x
	}
	in := t.like("input of the clamp", x.dt, x)
	y := t.mutate(x, op{
		ins:   []*Tensor{x},
		saves: []*Tensor{in},
		back: func(b *Backward) []*Tensor {
			zero := t.make("zero", b.G[0].dt, One)
			above, below := t.like("not below", Bool, x), t.like("not above", Bool, x)
			g := t.like("gradient of clamp", x.dt, x)
			t.done(below, above, zero)
			return []*Tensor{g}
		},
	}, false)
	t.done(in)
	return y
}

// ClampTo limits a tensor by numbers, above or on both sides, and saves it.
// Backward compares and chooses.
func (t *Tape) ClampTo(x *Tensor, both bool) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs:  func() []*Tensor { return []*Tensor{t.like("clamped", x.dt, x)} },
		back: func(b *Backward) []*Tensor {
			zero := t.make("zero", b.G[0].dt, One)
			within := t.like("within the limit", Bool, x)
			var other *Tensor
			if both {
				other = t.like("within the other limit", Bool, x)
			}
			g := t.like("gradient of clamp", b.G[0].dt, x)
			t.done(within, other, zero)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}
