package tape

// imageDims is the number of dimensions of images and of convolutions' weights.
const imageDims = 4

// Relayout is model.to(memory_format=channels_last): every weight of a
// convolution is copied, one after the other, and the copy takes its place.
func (t *Tape) Relayout() {
	for _, p := range t.Params {
		if len(p.dims) != imageDims {
			continue
		}
		old := p.st
		p.st = t.take(Numel(p.dims).By(p.dt.Size()), p.Component, p.Label, p.dims, p.dt)
		p.st.refs = old.refs
		t.give(old)
	}
}
