package fit_test

import (
	"testing"

	"vramcalc/calc/fit"
)

// BenchmarkRank ranks the whole catalogue for a need that several cards share.
func BenchmarkRank(b *testing.B) {
	all, need := cards(), fit.Sharded(gib(130))
	for b.Loop() {
		fit.Rank(need, all, fit.Want{Formats: []fit.Format{fit.BF16}})
	}
}
