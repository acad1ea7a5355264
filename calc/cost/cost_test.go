package cost_test

import (
	"math"
	"strings"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/cost"
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// round numbers: 8e14 FLOPs on a card of 100 TFLOPS take 8 s at the peak and
// 9.96 s at the usual ceiling; its tensors take 1 s a pass, its weights 1 s.
func simple() (cost.Run, catalog.GPU) {
	r := cost.Run{
		Kind: workload.NLP, Precision: workload.BF16, GPUs: 1,
		Work:    memory.Work{All: memory.Products{memory.ForwardEffort: 4e14}, Made: 1e12, Weights: 5e11, Updating: 5e11},
		Samples: 10, Tokens: 10_000, Micro: 10_000, Epochs: 2,
	}
	g := catalog.GPU{
		ID: "test", Name: "Test", FP16TFLOPS: 100, FP32TFLOPS: 20, BandwidthGBs: 1000, TDPWatts: 500,
		Supports: catalog.Supports{FP16: true, BF16: true, TF32: true},
		Prices: []catalog.Price{
			{Provider: "a", OnDemandUSD: 1, SpotUSD: 0.5, AsOf: "2026-01-01"},
			{Provider: "b", OnDemandUSD: 3, AsOf: "2026-02-01"},
		},
		MSRPUSD: 4000,
	}
	return r, g
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Abs(want) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func of(t *testing.T, r cost.Run, g catalog.GPU) cost.Cost {
	t.Helper()
	c, err := cost.Of(r, g)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestStep(t *testing.T) {
	r, g := simple()
	c := of(t, r, g)
	near(t, "the fast end", c.Step.Low, 8/0.803+1+1.4)
	near(t, "the slow end", c.Step.High, 8/(0.85*0.803)+1+4)
	near(t, "the middle", c.Second*c.Second, c.Step.Low*c.Step.High)
	near(t, "utilization", c.Utilization.High, 8/c.Step.Low)
	near(t, "tokens a second", c.Tokens, 10_000/c.Second)
	near(t, "samples a second", c.Samples, 10/c.Second)

	short := r
	short.Micro = 256
	near(t, "the slow end of a short micro-batch", of(t, short, g).Step.High, 2*c.Step.High)

	images := r
	images.Kind = workload.CNN
	near(t, "the slow end of images", of(t, images, g).Step.High, 8/(0.85*0.803)+1+9.5)
}

// TestRates: products in fp32 run at the rate of fp32, convolutions in TF32 on
// cards that have it, bf16 at that of fp32 where it is emulated.
func TestRates(t *testing.T) {
	r, g := simple()
	fixed := 1 + 1.4
	r.Work.Wide = memory.Products{memory.ForwardEffort: 1e14}
	near(t, "a quarter in fp32", of(t, r, g).Step.Low, (6+2e14/20e12)/0.803+fixed)
	r.Work.Wide, r.Work.WideConvs = memory.Products{}, r.Work.Wide
	near(t, "a quarter in TF32 convolutions", of(t, r, g).Step.Low, (6+2e14/50e12)/0.803+fixed)
	g.Supports.TF32 = false
	near(t, "without TF32", of(t, r, g).Step.Low, (6+2e14/20e12)/0.803+fixed)

	r, g = simple()
	g.Supports.BF16 = false
	c := of(t, r, g)
	near(t, "bf16 emulated", c.Step.Low, 40/0.803+fixed)
	if !strings.Contains(say.Join(" ", c.Notes...).String(), "emulated") {
		t.Errorf("nothing says that bf16 is emulated: %q", c.Notes)
	}
	r.Precision = workload.FP16
	near(t, "fp16 on the same card", of(t, r, g).Step.Low, 8/0.803+fixed)

	for what, change := range map[string]func(g *catalog.GPU, r *cost.Run){
		"no bandwidth": func(g *catalog.GPU, _ *cost.Run) { g.BandwidthGBs = 0 },
		"no rate":      func(g *catalog.GPU, _ *cost.Run) { g.FP16TFLOPS, g.FP32TFLOPS = 0, 0 },
		"no fp32 rate": func(g *catalog.GPU, r *cost.Run) { g.FP32TFLOPS, r.Work.Wide = 0, memory.Products{1} },
	} {
		r, g := simple()
		change(&g, &r)
		if c, err := cost.Of(r, g); err == nil {
			t.Errorf("%s: a step of %v s", what, c.Step)
		}
	}
}

func TestMoney(t *testing.T) {
	r, g := simple()
	c := of(t, r, g)
	near(t, "on demand", c.OnDemandUSD, 2)
	near(t, "spot", c.SpotUSD, 0.5)
	near(t, "break-even", c.BreakEven, 2000)
	near(t, "a million tokens", c.MillionTokensUSD, 2.0/3600*1e6/c.Tokens)
	if c.Providers != 2 || c.PriceDate != "2026-02-01" {
		t.Errorf("%d providers, newest of %s", c.Providers, c.PriceDate)
	}
	if c.TypicalHours != 0 || c.Hours != (cost.Range{}) || c.RentUSD != 0 || c.KWh != 0 {
		t.Errorf("hours or money without a data set: %+v", c)
	}

	r.DatasetSamples = 1001 // 2 epochs of 1001 samples, 10 a step: 201 steps
	c = of(t, r, g)
	near(t, "hours", c.TypicalHours, 201*c.Second/3600)
	near(t, "hours, slow", c.Hours.High, 201*c.Step.High/3600)
	near(t, "rent", c.RentUSD, 2*c.TypicalHours)
	near(t, "rent, spot", c.RentSpotUSD, 0.5*c.TypicalHours)
	near(t, "energy", c.KWh, 0.5*c.TypicalHours)
	inTokens := r
	inTokens.DatasetSamples, inTokens.DatasetTokens = 0, 1_001_000
	near(t, "hours by tokens", of(t, inTokens, g).TypicalHours, c.TypicalHours)
	four := r
	four.GPUs = 4
	near(t, "rent of four", of(t, four, g).RentUSD, 4*c.RentUSD)

	g.Prices, g.MSRPUSD = nil, 0
	c = of(t, r, g)
	if c.OnDemandUSD != 0 || c.RentUSD != 0 || c.BreakEven != 0 || c.MillionTokensUSD != 0 || c.PurchaseUSD != 0 {
		t.Errorf("money out of no price: %+v", c)
	}
	if c.TypicalHours == 0 {
		t.Error("hours need no price")
	}
}

// FuzzMoreWorkTakesLonger: no step with more to do is faster, and every range
// is one.
func FuzzMoreWorkTakesLonger(f *testing.F) {
	f.Add(1e12, 1e9, 1e10, uint16(0))
	f.Add(1e18, 0.0, 1e13, uint16(70))
	f.Fuzz(func(t *testing.T, flops, wide, made float64, card uint16) {
		for _, x := range []float64{flops, wide, made} {
			if !(x >= 0 && x < 1e21) {
				t.Skip("no work")
			}
		}
		gpus := catalog.Load().GPUs()
		g := gpus[int(card)%len(gpus)]
		r, _ := simple()
		r.Work = memory.Work{All: memory.Products{flops + wide}, Wide: memory.Products{wide}, Made: made, Weights: 1}
		before, err := cost.Of(r, g)
		if err != nil {
			t.Skip(err)
		}
		r.Work.All[0] *= 2
		r.Work.Made *= 2
		after := of(t, r, g)
		if !(before.Step.Low > 0 && before.Step.Low <= before.Second && before.Second <= before.Step.High) || after.Step.Low < before.Step.Low {
			t.Errorf("%s: %v, twice as much %v", g.ID, before.Step, after.Step)
		}
		if u := before.Utilization.High; math.IsNaN(u) || u > 1 {
			t.Errorf("%s: %v of the peak", g.ID, u)
		}
	})
}
