package fit_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/catalog"
	"vramcalc/calc/fit"
	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

func gib(x float64) unit.Bytes { return unit.BytesOf(x * float64(unit.GiB)) }

func cards() []catalog.GPU { return catalog.Load().GPUs() }

func find(t *testing.T, list []fit.Recommendation, id string) fit.Recommendation {
	t.Helper()
	i := slices.IndexFunc(list, func(r fit.Recommendation) bool { return r.GPU.ID == id })
	if i < 0 {
		t.Fatalf("%s is not ranked", id)
	}
	return list[i]
}

func TestLevel(t *testing.T) {
	for _, test := range []struct {
		percent float64
		level   string
	}{
		{0, "oversized"}, {44.9, "oversized"}, {45, "good"}, {59.9, "good"}, {60, "excellent"}, {75, "excellent"}, {80, "excellent"},
		{80.1, "good"}, {85, "good"}, {85.1, "acceptable"}, {95, "acceptable"}, {95.1, "insufficient"}, {200, "insufficient"},
	} {
		if got := fit.Level(test.percent / 100); got != test.level {
			t.Errorf("Level(%v %%) = %s, want %s", test.percent, got, test.level)
		}
	}
}

func TestFits(t *testing.T) {
	for _, test := range []struct {
		low, total, usable unit.Bytes
		want               string
	}{{8, 10, 10, "yes"}, {8, 10, 9, "tight"}, {8, 10, 8, "tight"}, {8, 10, 7, "no"}} {
		if got := fit.Fits(test.low, test.total, test.usable); got != test.want {
			t.Errorf("Fits(%d, %d, %d) = %s, want %s", test.low, test.total, test.usable, got, test.want)
		}
	}
}

// TestLevelsOfCards takes a card through the documented utilizations by the
// need alone.
func TestLevelsOfCards(t *testing.T) {
	g, _, _ := catalog.Load().GPU("h200-sxm")
	usable, _ := g.Usable()
	for percent, want := range map[float64]struct{ level, fits string }{
		44.9: {"oversized", "yes"}, 45: {"good", "yes"}, 59.9: {"good", "yes"}, 60: {"excellent", "yes"}, 75: {"excellent", "yes"},
		80.1: {"good", "yes"}, 85.1: {"acceptable", "yes"}, 95.1: {"insufficient", "tight"}, 101: {"insufficient", "tight"}, 150: {"insufficient", "no"},
	} {
		total := unit.BytesOf(percent / 100 * float64(usable))
		need := fit.Estimated(memory.Breakdown{Low: total * 9 / 10, Total: total}, 1)
		r := find(t, fit.Rank(need, []catalog.GPU{g}, fit.Want{}), g.ID)
		if got := (struct{ level, fits string }{r.Level, r.Fits}); got != want {
			t.Errorf("at %v %%: %+v, want %+v", percent, got, want)
		}
		if r.Why == "" || (r.Score > 0) != r.Runs() {
			t.Errorf("at %v %%: score %v, why %q", percent, r.Score, r.Why)
		}
	}
}

// TestPhantom: 130 GiB are held by one card of 141 GB or two of 80, never by
// one of 80, and each says what it costs.
func TestPhantom(t *testing.T) {
	list := fit.Rank(fit.Sharded(gib(130)), cards(), fit.Want{Formats: []fit.Format{fit.BF16}})
	for id, want := range map[string]int64{"h200-sxm": 1, "a100-80gb-sxm": 2, "h100-sxm": 2} {
		r := find(t, list, id)
		if r.Count != want || r.Fits != fit.Yes || r.HourlyUSD <= 0 || r.PriceDate == "" || r.LowUSD > r.HourlyUSD || r.HourlyUSD > r.HighUSD {
			t.Errorf("%s: %+v", id, r)
		}
	}
	for _, want := range []struct {
		count int64
		size  float64
	}{{1, 141}, {2, 80}} {
		if !slices.ContainsFunc(list[:5], func(r fit.Recommendation) bool { return r.Count == want.count && r.GPU.VRAMGiB == want.size }) {
			t.Errorf("%d × %v GB is not among the five best: %v", want.count, want.size, names(list[:5]))
		}
	}
	two := find(t, list, "a100-80gb-sxm")
	if want := gib((130-1.6)/2 + 1.6 + 1.45); two.Need.Total < want-unit.MiB || two.Need.Total > want+unit.MiB || !strings.Contains(two.Why, "even share") {
		t.Errorf("each of two holds %v (%s), want %v", two.Need.Total, two.Why, want)
	}
	honest(t, list)
	one := fit.Rank(fit.Sharded(gib(130)), cards(), fit.Want{MaxCount: 1})
	if r := find(t, one, "a100-80gb-sxm"); r.Runs() || r.Fits != fit.No || r.Score != 0 || !strings.Contains(r.Why, "too small") {
		t.Errorf("one A100: %+v", r)
	}
}

// honest demands that what is said to fit does.
func honest(t *testing.T, list []fit.Recommendation) {
	t.Helper()
	for i, r := range list {
		usable, _ := r.GPU.Usable()
		if r.Usable != usable || (r.Fits == fit.Yes || r.Runs()) && r.Need.Total > usable {
			t.Errorf("%d × %s is said to hold %v with %v usable", r.Count, r.GPU.ID, r.Need.Total, usable)
		}
		if r.Why == "" || r.Score < 0 || r.Score > 1 {
			t.Errorf("%s: score %v, why %q", r.GPU.ID, r.Score, r.Why)
		}
		if i > 0 && r.Runs() && !list[i-1].Runs() {
			t.Errorf("%s comes after a card that does not do", r.GPU.ID)
		}
	}
}

// FuzzRankIsHonest: whatever the need, no card is said to hold more than it
// can, and the order of the cards given does not matter.
func FuzzRankIsHonest(f *testing.F) {
	f.Add(20.6, int64(0), int64(0), uint64(1))
	f.Add(130.0, int64(2), int64(7), uint64(2))
	f.Add(5000.0, int64(0), int64(0), uint64(3))
	f.Fuzz(func(t *testing.T, size float64, least, most int64, seed uint64) {
		if !(size > 0) || size > 1e6 || least < 0 || most < 0 || most > 65536 {
			t.Skip()
		}
		want := fit.Want{Formats: []fit.Format{fit.BF16}, MinCount: least, MaxCount: most}
		list := fit.Rank(fit.Sharded(gib(size)), cards(), want)
		honest(t, list)
		shuffled := cards()
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(names(list), names(fit.Rank(fit.Sharded(gib(size)), shuffled, want))); diff != "" {
			t.Errorf("another order of the cards (-sorted +shuffled):\n%s", diff)
		}
		for _, r := range list {
			if r.Count < least || most > 0 && r.Count > most {
				t.Errorf("%d × %s outside %d to %d", r.Count, r.GPU.ID, least, most)
			}
		}
	})
}

func names(list []fit.Recommendation) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.GPU.ID
	}
	return out
}

func TestFormats(t *testing.T) {
	for _, test := range []struct {
		gpu    string
		format fit.Format
		runs   bool
		why    string // a part of it
	}{
		{"t4", fit.BF16, false, "no bf16"},
		{"t4", fit.FP16, true, ""},
		{"t4", fit.INT8, true, ""},
		{"v100-sxm2-32gb", fit.INT8, false, "7.5"},
		{"a100-80gb-sxm", fit.FP8, false, "no fp8"},
		{"a100-80gb-sxm", fit.INT4, true, ""},
		{"h100-sxm", fit.FP8, true, ""},
		{"h100-sxm", fit.FP4, false, "no fp4"},
		{"h100-sxm", fit.INT4, true, "no native int4"},
		{"p100-16gb", fit.INT4, true, "unpacked"},
		{"b200", fit.FP4, true, ""},
		{"v100-sxm2-32gb", fit.TF32, false, "no tf32"},
		{"tpu-v5e", fit.INT4, false, "neither"},
		{"tpu-v5e", fit.FP16, false, "no fp16"},
		{"p100-16gb", fit.FP32, true, ""},
	} {
		g, _, ok := catalog.Load().GPU(test.gpu)
		if !ok {
			t.Fatal(test.gpu)
		}
		runs, why := fit.Runs(g, test.format)
		if runs != test.runs || (why == "") != (test.why == "") || !strings.Contains(why, test.why) {
			t.Errorf("Runs(%s, %s) = %v, %q; want %v, %q", test.gpu, test.format, runs, why, test.runs, test.why)
		}
		r := find(t, fit.Rank(fit.Sharded(gib(4)), []catalog.GPU{g}, fit.Want{Formats: []fit.Format{test.format}, Vendors: []catalog.Vendor{g.Vendor}}), test.gpu)
		if r.Runs() != test.runs || !strings.Contains(r.Why, test.why) || !test.runs && (r.Level != fit.Insufficient || r.Fits != fit.No || r.Score != 0) {
			t.Errorf("%s with %s: %+v", test.gpu, test.format, r)
		}
	}
}

func TestFormatNames(t *testing.T) {
	for text, want := range map[string]fit.Format{"FP8": fit.FP8, "bfloat16": fit.BF16, "4bit": fit.INT4, "TF32": fit.TF32, "half": fit.FP16} {
		var f fit.Format
		if err := f.UnmarshalText([]byte(text)); err != nil || f != want {
			t.Errorf("%s is read as %s (%v)", text, f, err)
		}
	}
	for _, p := range []workload.Precision{workload.FP32, workload.FP16, workload.BF16, workload.INT8, workload.INT4} {
		f := fit.FormatOf(p)
		if back, ok := f.Precision(); !ok || back != p || f.String() != p.String() {
			t.Errorf("%s becomes %s and %s", p, f, back)
		}
	}
}

func TestFilters(t *testing.T) {
	need := fit.Sharded(gib(130))
	for name, test := range map[string]struct {
		want fit.Want
		ok   func(fit.Recommendation) bool
	}{
		"hourly":   {fit.Want{MaxHourlyUSD: 4}, func(r fit.Recommendation) bool { return r.HourlyUSD > 0 && float64(r.Count)*r.HourlyUSD <= 4 }},
		"purchase": {fit.Want{MaxPurchaseUSD: 20000}, func(r fit.Recommendation) bool { return r.PurchaseUSD > 0 && float64(r.Count)*r.PurchaseUSD <= 20000 }},
		"vendor":   {fit.Want{Vendors: []catalog.Vendor{catalog.AMD}}, func(r fit.Recommendation) bool { return r.GPU.Vendor == catalog.AMD }},
		"default":  {fit.Want{}, func(r fit.Recommendation) bool { return r.GPU.Vendor == catalog.NVIDIA || r.GPU.Vendor == catalog.AMD }},
		"segment":  {fit.Want{Segments: []catalog.Segment{catalog.Workstation}}, func(r fit.Recommendation) bool { return r.GPU.Segment == catalog.Workstation }},
		"count":    {fit.Want{MinCount: 3, MaxCount: 3}, func(r fit.Recommendation) bool { return r.Count == 3 }},
	} {
		list := fit.Rank(need, cards(), test.want)
		if len(list) == 0 || !list[0].Runs() {
			t.Errorf("%s: nothing is recommended", name)
		}
		for _, r := range list {
			if !test.ok(r) {
				t.Errorf("%s: %d × %s at $%v, $%v", name, r.Count, r.GPU.ID, r.HourlyUSD, r.PurchaseUSD)
			}
		}
	}
}

// TestUnknownPriceIsNeutral: a card without a price stands between one that is
// cheaper than usual and one that is dearer, all else equal.
func TestUnknownPriceIsNeutral(t *testing.T) {
	g, _, _ := catalog.Load().GPU("a100-80gb-sxm")
	priced := func(id string, usd float64) catalog.GPU {
		c := g
		c.ID, c.Prices = id, nil
		if usd > 0 {
			c.Prices = []catalog.Price{{Provider: "p", OnDemandUSD: usd, AsOf: "2026-08-21"}}
		}
		return c
	}
	list := fit.Rank(fit.Sharded(gib(60)), []catalog.GPU{priced("a-dear", 4), priced("b-unknown", 0), priced("c-usual", 2), priced("d-cheap", 1)}, fit.Want{})
	got := map[string]float64{}
	for _, r := range list {
		got[r.GPU.ID] = r.Parts.Cost
		if (r.GPU.ID == "b-unknown") != (r.HourlyUSD == 0) {
			t.Errorf("%s costs $%v", r.GPU.ID, r.HourlyUSD)
		}
	}
	if got["b-unknown"] != 0.5 || got["c-usual"] != 0.5 || got["d-cheap"] <= 0.5 || got["a-dear"] >= 0.5 {
		t.Errorf("cost parts %v", got)
	}
}

// TestEstimatedKnowsOneCount: a workload is recommended only as it was
// estimated.
func TestEstimatedKnowsOneCount(t *testing.T) {
	need := fit.Estimated(memory.Breakdown{Low: gib(100), Total: gib(130)}, 1)
	for _, r := range fit.Rank(need, cards(), fit.Want{}) {
		if r.Count != 1 {
			t.Errorf("%d × %s", r.Count, r.GPU.ID)
		}
	}
	if list := fit.Rank(need, cards(), fit.Want{MinCount: 2}); len(list) > 0 {
		t.Errorf("two cards without an estimate: %v", names(list))
	}
}

// TestSameAnswer: the same need asks for the same single cards, whether it was
// estimated or given.
func TestSameAnswer(t *testing.T) {
	want := fit.Want{MaxCount: 1, Formats: []fit.Format{fit.FP16}}
	estimated := fit.Rank(fit.Estimated(memory.Breakdown{Low: gib(20.6), Total: gib(20.6)}, 1), cards(), want)
	given := fit.Rank(fit.Sharded(gib(20.6)), cards(), want)
	if diff := cmp.Diff(names(estimated), names(given)); diff != "" {
		t.Errorf("(-estimated +given):\n%s", diff)
	}
}

// TestWeights keeps the score between 0 and 1.
func TestWeights(t *testing.T) {
	if sum := fit.WeightTarget + fit.WeightCost + fit.WeightEase + fit.WeightAvailability; sum < 1-1e-12 || sum > 1+1e-12 {
		t.Errorf("the weights sum to %v", sum)
	}
}
