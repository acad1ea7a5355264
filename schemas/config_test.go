package schemas_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/schemas"
)

// pastedConfig is a config.json as it is pasted, and the parameters of its
// model: published, or counted on the library's own. 0 = the architecture is
// not modelled.
type pastedConfig struct {
	Config json.RawMessage
	Params int64
}

func pastedConfigs(t testing.TB, file string) []pastedConfig {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows []pastedConfig
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// countedTypes is how many model types were counted when this was written.
const countedTypes = 72

// TestPastedConfigs describes real config.json texts of every model type. mT5's
// count is without a head of its own: the library ties it in what it builds.
func TestPastedConfigs(t *testing.T) {
	types := map[string]bool{}
	rows := append(pastedConfigs(t, "testdata/configs.json"), pastedConfigs(t, "../calc/catalog/testdata/configs.json")...)
	for _, row := range rows {
		var c struct {
			ModelType string `json:"model_type"`
		}
		if err := json.Unmarshal(row.Config, &c); err != nil {
			t.Fatal(err)
		}
		args, findings := schemas.Decode[schemas.EstimateArgs](fmt.Appendf(nil, `{"modelConfig":%s}`, row.Config))
		d := args.Describe(catalog.Load(), findings)
		switch m := d.Model; {
		case m == nil:
			t.Errorf("%s: %s", row.Config, d.Summary)
		case m.Shape == nil:
			t.Errorf("%s: no shape", row.Config)
		case m.Parameters == nil && row.Params > 0:
			t.Errorf("%s: %v", row.Config, m.Notes)
		case m.Parameters != nil && row.Params > 0:
			types[c.ModelType] = true
			got := int64(m.Parameters.Total)
			if c.ModelType == "deepseek_v3" { // a buffer of the library's, a parameter of the checkpoint
				got -= (m.Shape.Layers - m.Shape.FirstDenseLayers) * m.Shape.Experts
			}
			if got != row.Params {
				t.Errorf("%.200s: %d parameters, want %d (%+d)", row.Config, got, row.Params, got-row.Params)
			}
		}
	}
	if len(types) < countedTypes {
		t.Errorf("%d model types are counted, want at least %d", len(types), countedTypes)
	}
}
