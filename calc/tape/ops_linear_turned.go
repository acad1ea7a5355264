package tape

// LinearTurned is Linear of rows that lie transposed in memory, as LinearSlice
// but for autocast: its cast keeps the layout, so that the product copies after
// it.
func (t *Tape) LinearTurned(x, w, bias *Tensor) *Tensor {
	lb := t.lower(bias)
	lw := t.lower(w)
	lx := t.lower(x)
	y := t.linear([3]*Tensor{x, w, nil}, [3]*Tensor{t.copied(lx), lw, nil}, w.dims[0], true)
	if lx != x {
		t.done(lx)
	}
	if bias != nil {
		y = t.AddInPlace(y, lb)
	}
	return y
}
