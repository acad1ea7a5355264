package tape

// Unload lets a parameter's memory go, as giving it an empty tensor for its data
// does: views of what it was keep that.
func (t *Tape) Unload(p *Param) {
	old := p.st
	p.st = &storage{id: old.id, refs: 1, empty: true}
	if old.refs--; old.refs == 0 && !old.empty {
		t.give(old)
	}
}

// Reload lays a parameter into a result's memory.
func (t *Tape) Reload(p *Param, x *Tensor) {
	t.Unload(p)
	x.st.refs++
	p.st = x.st
	t.done(x)
}

// Repeating says whether backward runs a forward once more.
func (t *Tape) Repeating() bool { return t.repeats > 0 }

// Repetition is the repeated section in which a parameter was declared and which
// of its repetitions; the section is 0 outside any.
func (p *Param) Repetition() (section, index int) { return int(p.where.group), int(p.where.index) }

// Keeps notes how many bytes of a parameter this rank keeps on the card, if any,
// where they are a part of a buffer.
func (t *Tape) Keeps(p *Param, any bool, bytes Dim) {
	k := *p
	k.Local, k.bytes = nil, bytes
	p.Local, p.away = &k, !any
}
