package tape

// OnGrad runs f whenever a leaf has been given its gradient: a hook on its
// accumulator. There is one for the whole tape.
func (t *Tape) OnGrad(f func(p *Param)) { t.onGrad = f }
