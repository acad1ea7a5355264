package tape

// Autocast runs f under torch.autocast to a type, Bool meaning off. Casts of
// trainable leaves are kept until the outermost block ends.
func (t *Tape) Autocast(dt DType, f func()) { t.withAutocast(dt, f) }

func (t *Tape) withAutocast(dt DType, f func()) {
	old := t.amp
	t.amp = dt
	defer func() {
		t.amp = old
		if old == Bool {
			t.clearCasts()
		}
	}()
	f()
}

// IsAutocast says whether autocast is on.
func (t *Tape) IsAutocast() bool { return t.amp != Bool }

func (t *Tape) clearCasts() {
	order := t.castOrder
	t.castOrder = nil
	clear(t.casts)
	for _, x := range order {
		t.drop(x)
	}
}

// lower casts an operand of an operator that autocast runs in its type. The
// result is a temporary or the operand itself.
func (t *Tape) lower(x *Tensor) *Tensor {
	if t.amp == Bool || x == nil || !x.dt.Float() || x.dt == t.amp {
		return x
	}
	if !x.req || x.node != nil || x.dt != F32 { // no leaf
		return t.cast(x, t.amp)
	}
	if c := t.casts[x]; c != nil {
		return c
	}
	c := own(t.cast(x, t.amp))
	t.casts[x] = c
	t.castOrder = append(t.castOrder, c)
	return c
}

// Lower casts a tensor to autocast's type as tensor.to does, which keeps no
// copy; one that has the type already is itself.
func (t *Tape) Lower(x *Tensor) *Tensor {
	if x.dt == t.amp {
		return x
	}
	return t.cast(x, t.amp)
}

// raise casts an operand of an operator that autocast runs in fp32.
func (t *Tape) raise(x *Tensor) *Tensor {
	if t.amp == Bool || x == nil || (x.dt != BF16 && x.dt != F16) {
		return x
	}
	return t.cast(x, F32)
}

// To casts a tensor; a tensor that has the type already is returned itself.
func (t *Tape) To(x *Tensor, dt DType) *Tensor {
	if x.dt == dt {
		return x
	}
	y := t.cast(x, dt)
	t.done(x)
	return y
}

// cast makes a copy in another type and leaves the operand in use: under
// autocast the caller still holds it.
func (t *Tape) cast(x *Tensor, dt DType) *Tensor {
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("cast to "+dt.String(), dt, x)} },
		back: func(b *Backward) []*Tensor {
			g := t.To(b.G[0], x.dt)
			g.turned = b.G[0].turned
			return []*Tensor{g}
		},
	})[0]
}
