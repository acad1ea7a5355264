package catalog_test

import (
	"encoding/json"
	"os"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
)

// measuredConfig is a config.json and the unique parameters that the library
// built from it, 0 where that was not measured.
type measuredConfig struct {
	Config json.RawMessage
	Params int64
}

func measuredConfigs(t testing.TB) []measuredConfig {
	t.Helper()
	raw, err := os.ReadFile("testdata/configs.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []measuredConfig
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// count is countParams as the library counts: DeepSeek-V3's correction bias of
// the experts is a buffer there.
func count(t *testing.T, m catalog.Model) int64 {
	t.Helper()
	n, ok := countParams(m)
	if !ok {
		t.Errorf("%s: no formula counts it", m.Name)
	}
	if m.Text.Family == workload.DeepSeekV3 || m.Text.Family == workload.GLM4MoE {
		n -= (m.Text.Layers - m.Experts.FirstDense) * m.Experts.Count
	}
	return n
}

// TestLibraryDefaults compares every model_type without any field with what the
// library builds from it.
func TestLibraryDefaults(t *testing.T) {
	raw, err := os.ReadFile("testdata/defaults.json")
	if err != nil {
		t.Fatal(err)
	}
	var built map[string]int64
	if err := json.Unmarshal(raw, &built); err != nil {
		t.Fatal(err)
	}
	for modelType, want := range built {
		m, notes, problems := catalog.FromConfig([]byte(`{"model_type":"` + modelType + `"}`))
		if len(problems) > 0 || len(notes) == 0 {
			t.Errorf("%s: %d notes, %v", modelType, len(notes), problems)
			continue
		}
		if got := count(t, m); got != want {
			t.Errorf("%s: %d parameters by formula, the library built %d (%+d)", modelType, got, want, got-want)
		}
	}
}

// TestMeasuredConfigs reads every config that was measured and counts its
// parameters by formula.
func TestMeasuredConfigs(t *testing.T) {
	for _, row := range measuredConfigs(t) {
		m, _, problems := catalog.FromConfig(row.Config)
		if len(problems) > 0 {
			t.Errorf("FromConfig(%s): %v", row.Config, problems)
			continue
		}
		if row.Params == 0 {
			continue
		}
		got := count(t, m)
		if got != row.Params {
			t.Errorf("%s: %d parameters by formula, the library built %d (%+d)", row.Config, got, row.Params, got-row.Params)
		}
	}
}

// configSeeds are configs of every measured type.
func configSeeds(t testing.TB) [][]byte {
	seen := map[string]bool{}
	var out [][]byte
	for _, row := range measuredConfigs(t) {
		m, _, _ := catalog.FromConfig(row.Config)
		if !seen[m.Name] {
			seen[m.Name] = true
			out = append(out, row.Config)
		}
	}
	return out
}
