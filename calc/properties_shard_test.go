package calc_test

import (
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/unit"
)

// spreads are ways in which a run is spread over GPUs.
var spreads = []map[string]any{
	{"trainingStack": "fsdp2"},
	{"trainingStack": "fsdp2", "precisionMode": "master"},
	{"trainingStack": "fsdp2", "stackOptions": map[string]any{"reshard_after_forward": false}},
	{"trainingStack": "fsdp2", "precisionMode": "master", "stackOptions": map[string]any{"via": "accelerate"}},
	{"trainingStack": "fsdp1", "precisionMode": "master"},
	{"trainingStack": "fsdp1", "stackOptions": map[string]any{"via": "torch"}},
}

// rowsToEqualShares bounds what the rows take that make the shares of small
// parameters equal: a stated buffer.
const rowsToEqualShares = 64 * unit.KiB

// FuzzShardingMoreNeverNeedsMore: twice the GPUs never need more tensor bytes on
// each, but for rows that make shares equal.
func FuzzShardingMoreNeverNeedsMore(f *testing.F) {
	for i := range int64(len(shapes)) {
		for spread := range uint8(len(spreads)) {
			f.Add(i, int64(3), int64(70), int64(7), int64(4), int64(3), spread&3, spread)
		}
	}
	f.Fuzz(func(t *testing.T, shape, batch, sequence, rank, layers, _ int64, flags, spread uint8) {
		const eight = 6 // experts, which the GPUs divide: their matrices are cut by experts
		p := trial{shape & 1023, batch & 1023, sequence & 1023, rank & 1023, layers & 1023, eight, flags & 3}
		var before unit.Bytes
		for _, gpus := range []int64{2, 4, 8} {
			a := p.spreadOver(gpus, spread)
			now, ok := peakOf(t, a)
			if !ok {
				t.Skip("refused")
			}
			if before > 0 && now > before+rowsToEqualShares {
				t.Errorf("%v: %d bytes on each of %d GPUs, %d on half of them", a, now, gpus, before)
			}
			before = now
		}
	})
}

// FuzzRankHolds: what a rank's allocator holds is never less than its blocks,
// nor these than the tensors in them, and the components are the total.
func FuzzRankHolds(f *testing.F) {
	for i := range int64(len(shapes)) {
		for spread := range uint8(len(spreads) + 1) {
			f.Add(i, int64(1), int64(64), int64(7), int64(3), int64(3), spread&3, spread)
		}
	}
	f.Fuzz(func(t *testing.T, shape, batch, sequence, rank, layers, experts int64, flags, spread uint8) {
		p := trial{shape & 1023, batch & 1023, sequence & 1023, rank & 1023, layers & 1023, experts & 1023, flags & 3}
		a := p.spreadOver(3, spread)
		w := workloadOf(t, a)
		if w == nil {
			t.Skip("refused")
		}
		b, err := calc.Estimate(w)
		if err != nil {
			t.Fatalf("%v: %v", a, err)
		}
		if b.PeakTensor <= 0 || b.PeakAllocated < b.PeakTensor || b.PeakReserved < b.PeakAllocated {
			t.Errorf("%v: %d of tensors, %d in blocks, %d held", a, b.PeakTensor, b.PeakAllocated, b.PeakReserved)
		}
		for _, wrong := range checkLines(b) {
			t.Errorf("%v: %s", a, wrong)
		}
	})
}

// spreadOver are the arguments of the trial over GPUs; beyond the list, as DDP.
func (p trial) spreadOver(gpus int64, spread uint8) map[string]any {
	a := p.arguments()
	a["numGpus"] = gpus
	if k := int(spread) % (len(spreads) + 1); k < len(spreads) {
		for name, value := range spreads[k] {
			a[name] = value
		}
	}
	return a
}
