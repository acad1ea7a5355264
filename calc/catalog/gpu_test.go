package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/unit"
)

func TestGPUs(t *testing.T) {
	gpus := catalog.Load().GPUs()
	if !slices.IsSortedFunc(gpus, func(a, b catalog.GPU) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("gpus are not sorted by id")
	}
	owner := map[string]string{}
	for _, g := range gpus {
		checkSources(t, g.ID, g.Checked, g.Sources)
		for _, name := range append([]string{g.ID, g.Name}, g.Aliases...) {
			key := catalog.Key(name)
			if other, taken := owner[key]; taken && other != g.ID {
				t.Errorf("%s: the name %q belongs to %s", g.ID, name, other)
			}
			owner[key] = g.ID
			if found, note, ok := catalog.Load().GPU(name); !ok || found.ID != g.ID || !note.IsZero() {
				t.Errorf("%s: GPU(%q) = %q, %q, %v", g.ID, name, found.ID, note, ok)
			}
		}
		checkCard(t, g)
	}
}

func checkCard(t *testing.T, g catalog.GPU) {
	t.Helper()
	if g.Vendor == 0 || g.Segment == 0 || g.Architecture == "" || g.Memory == "" || g.Year < 2015 || g.Year > 2030 {
		t.Errorf("%s: a field is missing: %+v", g.ID, g)
	}
	usable, _ := g.Usable()
	if g.VRAMGiB < 4 || g.VRAMGiB > 1024 || usable > g.VRAM()*102/100 || usable < g.VRAM()*85/100 {
		t.Errorf("%s: implausible memory: %v GiB, usable %v", g.ID, g.VRAMGiB, usable)
	}
	if g.TorchLowMiB > g.TorchHighMiB || g.ReportedMiB > 0 && g.TorchHighMiB > g.ReportedMiB {
		t.Errorf("%s: torch %d–%d MiB, driver %d MiB", g.ID, g.TorchLowMiB, g.TorchHighMiB, g.ReportedMiB)
	}
	if g.BandwidthGBs < 50 || g.BandwidthGBs > 30000 {
		t.Errorf("%s: implausible bandwidth %v GB/s", g.ID, g.BandwidthGBs)
	}
	if (g.SMs > 0) && (g.ThreadsPerSM < 1024 || g.ThreadsPerSM > 2048) {
		t.Errorf("%s: %d SMs of %d threads", g.ID, g.SMs, g.ThreadsPerSM)
	}
	for _, p := range g.Prices {
		if p.Provider == "" || len(p.AsOf) < len("2022-08") || p.Source == "" || max(p.OnDemandUSD, p.SpotUSD) <= 0 || max(p.OnDemandUSD, p.SpotUSD) > 60 {
			t.Errorf("%s: implausible price %+v", g.ID, p)
		}
	}
	if low, median, high := g.OnDemandUSD(); low > median || median > high {
		t.Errorf("%s: prices %v, %v, %v", g.ID, low, median, high)
	}
}

func TestGPUSpellings(t *testing.T) {
	for name, want := range map[string]string{
		"A100 80GB":               "a100-80gb-sxm",
		"A100":                    "a100-80gb-sxm",
		"a100 40 gb":              "a100-40gb-sxm",
		"A100 PCIe 40GB":          "a100-40gb-pcie",
		"NVIDIA A100 80GB PCIe":   "a100-80gb-pcie",
		"NVIDIA A100-SXM4-80GB":   "a100-80gb-sxm",
		"4090":                    "rtx-4090",
		"RTX4090":                 "rtx-4090",
		"rtx 4090 24GB":           "rtx-4090",
		"NVIDIA GeForce RTX 4090": "rtx-4090",
		"4090D":                   "rtx-4090-d",
		"RTX 4090 D":              "rtx-4090-d",
		"4070 ti":                 "rtx-4070-ti",
		"4070ti super":            "rtx-4070-ti-super",
		"3060":                    "rtx-3060",
		"3080 12GB":               "rtx-3080-12gb",
		"3080":                    "rtx-3080",
		"4060 Ti 16GB":            "rtx-4060-ti-16gb",
		"H100":                    "h100-sxm",
		"H100 80GB":               "h100-sxm",
		"NVIDIA H100 80GB HBM3":   "h100-sxm",
		"h100 nvl":                "h100-nvl",
		"H100 PCIe":               "h100-pcie",
		"H200":                    "h200-sxm",
		"B200":                    "b200",
		"MI300X":                  "mi300x",
		"AMD Instinct MI300X":     "mi300x",
		"L40S":                    "l40s",
		"L4":                      "l4",
		"T4":                      "t4",
		"Tesla T4":                "t4",
		"V100 16GB":               "v100-sxm2-16gb",
		"A6000":                   "rtx-a6000",
		"RTX 6000 Ada":            "rtx-6000-ada",
		"RTX PRO 6000":            "rtx-pro-6000-blackwell-ws",
		"M3 Max":                  "m3-max",
		"Apple M2 Ultra":          "m2-ultra",
		"7900 XTX":                "rx-7900-xtx",
		"DGX Spark":               "gb10-dgx-spark",
		"A10G":                    "a10g",
		"Gaudi 3":                 "gaudi3",
		"TPU v5e":                 "tpu-v5e",
	} {
		g, _, ok := catalog.Load().GPU(name)
		if !ok || g.ID != want {
			t.Errorf("GPU(%q) = %q, %v; want %q", name, g.ID, ok, want)
		}
	}
	for _, name := range []string{"", "nvidia", "80GB", "RTX 4095", "A100 64GB", "a 24 GB card", "()", "gpu"} {
		if g, _, ok := catalog.Load().GPU(name); ok {
			t.Errorf("GPU(%q) = %q; want nothing", name, g.ID)
		}
	}
	if _, note, _ := catalog.Load().GPU("A100 80GB"); !strings.Contains(note.String(), "SXM4") || !strings.Contains(note.String(), "a100-80gb-pcie") {
		t.Errorf("the note of A100 80GB does not say which card: %q", note)
	}
}

// share is so many thousandths of an amount.
func share(of unit.Bytes, thousandths int64) unit.Bytes { return of * unit.Bytes(thousandths) / 1000 }

func TestUsable(t *testing.T) {
	for id, want := range map[string]struct {
		bytes   unit.Bytes
		derived bool
	}{
		"rtx-4090":      {24081 * unit.MiB, false},
		"a100-80gb-sxm": {81038 * unit.MiB, false},
		"h100-sxm":      {share(81559*unit.MiB, 985), true},
		"rtx-2070":      {share(8*unit.GiB, 970), true},
	} {
		g, _, _ := catalog.Load().GPU(id)
		if got, derived := g.Usable(); got != want.bytes || derived != want.derived {
			t.Errorf("%s: Usable() = %v, %v; want %v, %v", id, got, derived, want.bytes, want.derived)
		}
	}
	if near := catalog.Load().NearestGPUs("rtx 409", 3); !slices.Contains(near, "rtx-4090") {
		t.Errorf("NearestGPUs(rtx 409) = %q", near)
	}
}
