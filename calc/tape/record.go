package tape

// Compile folds what was recorded into a Program. It fails where a section
// that is declared as repeating does not repeat.
func (t *Tape) Compile() (*Program, error) { return compile(&t.rec) }

// Sequence is all steps of what a tape recorded in their true order, at the
// present sizes: what an allocator sees. Where only some repetitions of sections
// and some steps were recorded it is written out, and ok says whether that was
// possible.
func (t *Tape) Sequence() (s Sequence, ok bool) {
	v := t.rec.syms.present()
	if t.extent == Unrolled {
		return t.rec.sequence(&v), true
	}
	return t.rec.whole().expand(&v)
}

// EmptyCache gives cached memory back to the card, as torch.cuda.empty_cache
// does. It matters to a replay only.
func (t *Tape) EmptyCache() { t.Mark(markEmptyCache) }

// Events is how many allocations and frees the program stands for when every
// repetition is written out.
func (p *Program) Events(v *Values) int64 {
	var n int64
	for _, b := range p.blocks {
		reps := int64(b.reps)
		if b.grows != 0 {
			g := p.groups[b.grows-1]
			reps += g.layers.eval(v) - g.recorded
		}
		n += mulCap(int64(b.end-b.start), max(0, reps))
	}
	return n
}
