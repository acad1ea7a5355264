package workload

import (
	"cmp"
	"slices"
)

// Packed is what fills a row of packed samples.
type Packed struct {
	Tokens, Samples int64
}

// PackedRow is the fullest row that best-fit decreasing packs of many samples
// of the given lengths (trl/data_utils.py, _pack_bfd); without lengths, a row
// is one full sample.
func (t Train) PackedRow() Packed {
	if len(t.Lengths) == 0 {
		return Packed{Tokens: t.Sequence, Samples: 1}
	}
	lengths := slices.Clone(t.Lengths)
	slices.SortFunc(lengths, func(a, b int64) int { return cmp.Compare(b, a) })
	copies := t.Sequence/max(1, lengths[len(lengths)-1]) + 1 // enough to fill a row with any one length
	var rows []Packed
	for _, n := range lengths {
		n = min(n, t.Sequence)
		for range min(copies, mostCopies) {
			best := -1
			for i, r := range rows {
				if r.Tokens+n <= t.Sequence && (best < 0 || r.Tokens > rows[best].Tokens) {
					best = i
				}
			}
			if best < 0 {
				rows, best = append(rows, Packed{}), len(rows)
			}
			rows[best].Tokens += n
			rows[best].Samples++
		}
	}
	return slices.MaxFunc(rows, func(a, b Packed) int { return cmp.Compare(a.Tokens, b.Tokens) })
}

// mostCopies bounds how many samples of one length are packed: rows of more
// than so many samples repeat.
const mostCopies = 64
