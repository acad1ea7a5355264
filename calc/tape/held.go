package tape

// Keep holds a result in something that outlives calls, such as a cache of
// keys and values, until Release.
func (t *Tape) Keep(x *Tensor) *Tensor { return own(x) }

// Release lets go of what Keep holds.
func (t *Tape) Release(xs ...*Tensor) {
	for _, x := range xs {
		t.drop(x)
	}
}
