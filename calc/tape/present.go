package tape

// AtLeast says whether a dimension is at least a number at the present sizes:
// structure, where it decides what is run at all.
func (t *Tape) AtLeast(d Dim, n int64) bool {
	v := t.rec.syms.present()
	return d.eval(&v) >= n
}

// Present is a dimension at the sizes that the tape is recorded with.
func (t *Tape) Present(d Dim) int64 {
	v := t.rec.syms.present()
	return d.eval(&v)
}
