package layers

import "vramcalc/calc/tape"

// Slice applies the layer to rows that are a slice of each sample's, which its
// products copy first, unless there is one sample.
func (l *Linear) Slice(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	if x.Dims()[0].IsOne() || l.packed != nil {
		return l.Forward(x)
	}
	base := func(x *tape.Tensor) *tape.Tensor { return t.LinearSlice(x, l.W.T(), l.Bias.T()) }
	return l.apply(x, base, t.LinearSlice)
}

// of applies the layer to rows that may be a slice of each sample's.
func (l *Linear) of(x *tape.Tensor, slice bool) *tape.Tensor {
	if slice {
		return l.Slice(x)
	}
	return l.Forward(x)
}
