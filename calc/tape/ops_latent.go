package tape

// Turn multiplies numbers, seen as complex pairs, with a table of rotations
// that needs no gradient. Backward conjugates the table and, since the pairs
// are strided, copies the gradient first.
func (t *Tape) Turn(x, table *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{table},
		outs:  func() []*Tensor { return []*Tensor{t.like("rotated pairs", F32, x)} },
		back: func(b *Backward) []*Tensor {
			g := b.G[0]
			var pairs *Tensor
			if !x.dims[1].IsOne() && !x.dims[2].IsOne() {
				pairs = t.like("gradient in pairs", F32, x)
			}
			conj := t.like("conjugated rotations", F32, table)
			out := t.like("gradient of rotation", F32, g)
			t.done(conj, pairs)
			return []*Tensor{out}
		},
	})[0]
	t.done(x)
	return y
}

// Filled makes a tensor and copies others into its parts along the last
// dimension. Backward takes each part out of the gradient in turn, each time
// through a copy of the whole; a part that was repeated over heads is summed.
func (t *Tape) Filled(dims []Dim, first, second *Tensor) *Tensor {
	dt := first.dt
	one := t.run(op{
		ins:  []*Tensor{first},
		outs: func() []*Tensor { return []*Tensor{t.make("filled", dt, dims...)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.slicedCopy(b.G[0], first.dims)} },
	})[0]
	wide := append(append([]Dim(nil), dims[:len(dims)-1]...), second.dims[len(second.dims)-1])
	own(one)
	y := t.run(op{
		ins:  []*Tensor{one, second},
		outs: func() []*Tensor { return []*Tensor{t.detach(one)} },
		back: func(b *Backward) []*Tensor {
			rest := t.make("gradient of the other part", dt, dims...)
			part := t.make("gradient of a part", dt, wide...)
			zeros := t.make("zeros for a part", dt, wide...)
			t.done(zeros)
			return []*Tensor{rest, part}
		},
	})[0]
	t.drop(one)
	t.done(first, second)
	return y
}

// slicedCopy copies a gradient whole and then the part that is wanted.
func (t *Tape) slicedCopy(g *Tensor, dims []Dim) *Tensor {
	whole := t.like("gradient copied", g.dt, g)
	part := t.make("gradient of a part", g.dt, dims...)
	t.done(whole)
	return part
}
