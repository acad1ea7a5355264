package schemas

import (
	"fmt"
	"slices"

	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// samples settles the real lengths of a batch's samples and whether they are
// packed. Samples are padded to the longest; packed rows are full.
func (r *resolver) samples(t *workload.Train) {
	a := r.args
	t.Packing = byStack(r, "packing", a.Packing, false)
	given, ok := a.SampleLengths.Get()
	if !ok {
		return
	}
	limit, limited := a.SequenceLength.Get()
	lengths := slices.Clone(given)
	for i, n := range lengths {
		if limited {
			lengths[i] = min(n, limit)
		}
	}
	t.Lengths = lengths
	if t.Packing {
		return // sequenceLength is the row's
	}
	longest := slices.Max(lengths)
	if limited && longest != limit {
		r.assume("sequenceLength", longest, report.Derived, fmt.Sprintf("samples are padded to the longest of sampleLengths, not to sequenceLength %d", limit))
	}
	t.Sequence = longest
}
