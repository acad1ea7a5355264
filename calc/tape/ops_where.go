package tape

// Where is torch.where(condition, x, number): x where the condition holds. The
// number is a tensor for as long as the operator runs.
func (t *Tape) Where(cond, x *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{cond},
		outs:  func() []*Tensor { return []*Tensor{t.chosen("chosen", x)} },
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.chosen("gradient of choice", x)} },
	})[0]
	t.done(cond, x)
	return y
}

// WhereElse is torch.where(condition, x, y) of a tensor y without gradient, which
// stays the caller's.
func (t *Tape) WhereElse(cond, x, other *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{cond},
		outs:  func() []*Tensor { return []*Tensor{t.like("chosen", x.dt, x)} },
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.chosen("gradient of choice", x)} },
	})[0]
	t.done(cond, x, other)
	return y
}

func (t *Tape) chosen(what string, x *Tensor) *Tensor {
	number := t.make("number", x.dt, One)
	y := t.like(what, x.dt, x)
	t.done(number)
	return y
}
