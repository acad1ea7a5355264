package tape

// Evaluate runs f in evaluation mode: no gradients, no dropout.
func (t *Tape) Evaluate(f func()) {
	old := t.evaluating
	t.evaluating = true
	t.NoGrad(f)
	t.evaluating = old
}

// WithoutDropout runs f with every rate of dropout at 0.
func (t *Tape) WithoutDropout(f func()) {
	old := t.evaluating
	t.evaluating = true
	f()
	t.evaluating = old
}

// Repetition is the repeated section that is being recorded and which of its
// repetitions; the section is 0 outside any.
func (t *Tape) Repetition() (section, index int) { return int(t.here.group), int(t.here.index) }

// InRepetition runs f as a part of a repetition that Repetition named.
func (t *Tape) InRepetition(section, index int, f func()) {
	t.at(place{group: int16(section), index: int16(index)}, f)
}

// Learning says whether gradients are on, and no forward is run once more for
// backward.
func (t *Tape) Learning() bool { return t.grad && t.repeats == 0 }

// Detach is another tensor on the same memory, without history.
func (t *Tape) Detach(x *Tensor) *Tensor { return t.detach(x) }
