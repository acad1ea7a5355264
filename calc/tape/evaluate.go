package tape

// Evaluate runs f in evaluation mode: no gradients, no dropout.
func (t *Tape) Evaluate(f func()) {
	old := t.evaluating
	t.evaluating = true
	t.NoGrad(f)
	t.evaluating = old
}

// Repetition is the repeated section that is being recorded and which of its
// repetitions; the section is 0 outside any.
func (t *Tape) Repetition() (section, index int) { return int(t.here.group), int(t.here.index) }
