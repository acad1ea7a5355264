package tape

// Compile folds what was recorded into a Program. It fails where a section
// that is declared as repeating does not repeat.
func (t *Tape) Compile() (*Program, error) { return compile(&t.rec) }
