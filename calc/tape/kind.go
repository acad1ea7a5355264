package tape

import (
	"vramcalc/calc/unit"
)

var kindNames = [...]string{
	LinearWeight:    "linear",
	Bias:            "bias",
	NormWeight:      "norm",
	EmbeddingWeight: "embedding",
	ConvWeight:      "convolution",
	AdapterWeight:   "adapter",
	ExpertWeight:    "expert",
	OtherWeight:     "other",
	Buffer:          "buffer",
}

// String is the name on the wire.
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "invalid"
	}
	return kindNames[k]
}

// ElementsBy sums the elements of the parameters, buffers left out, under a name
// that each is given, with the real number of repetitions of their sections.
// order lists the names as they came.
func (t *Tape) ElementsBy(name func(p *Param) string) (order []string, sums map[string]unit.Params) {
	v := t.rec.syms.present()
	sums = map[string]unit.Params{}
	for _, p := range t.Params {
		if p.Kind == Buffer {
			continue
		}
		n := name(p)
		if _, known := sums[n]; !known {
			order = append(order, n)
		}
		sums[n] = addParams(sums[n], unit.Params(unit.Mul(unit.Bytes(p.Elements().Value(&v)), unit.Bytes(t.weightOf(p, &v)))))
	}
	return order, sums
}

// BaseBytes is the size of all parameters and buffers but adapters, at the
// present sizes.
func (t *Tape) BaseBytes() unit.Bytes {
	v := t.rec.syms.present()
	var n unit.Bytes
	for _, p := range t.Params {
		if p.Kind != AdapterWeight {
			n = unit.Add(n, unit.Mul(unit.Bytes(t.Bytes(p).Value(&v)), unit.Bytes(t.weightOf(p, &v))))
		}
	}
	return n
}
