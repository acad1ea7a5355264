package mcpserver

import (
	"strings"

	"vramcalc/calc/advise"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// nearNames is how many names an error suggests.
const nearNames = 5

// everyFamily is the family of all models.
const everyFamily = "all"

// modelRow is a model in a list.
type modelRow struct {
	ID           string       `json:"id"`
	Name         string       `json:"name"`
	HFID         string       `json:"huggingFaceId,omitempty"`
	Type         string       `json:"modelType"`
	Architecture string       `json:"architectureType"`
	Parameters   *unit.Params `json:"parameters"` // published, null where it was not
	Context      int64        `json:"context,omitempty"`
	Reference    bool         `json:"reference,omitempty"` // serves modelSize
	Disclosed    bool         `json:"disclosed"`
}

// families are the names under which models are listed.
func families() []string {
	out := append([]string{everyFamily}, workload.Kind(0).Values()...)
	return append(out, workload.Architecture(0).Values()...)
}

func readFamily(c *catalog.Catalog, values []string) (any, []string, bool) {
	family := workload.Fold(values[0])
	list := []modelRow{}
	for _, m := range c.Models() {
		if family != everyFamily && family != workload.Fold(m.Kind.String()) && family != workload.Fold(m.Architecture.String()) {
			continue
		}
		row := modelRow{ID: m.ID, Name: m.Name, HFID: m.HFID, Type: m.Kind.String(), Architecture: m.Architecture.String(),
			Context: m.Text.Context, Reference: m.Reference, Disclosed: m.Disclosed}
		if m.Params > 0 {
			row.Parameters = &m.Params
		}
		list = append(list, row)
	}
	if len(list) == 0 {
		return nil, matching(families(), values[0]), false
	}
	return map[string]any{"family": values[0], "models": list}, nil, true
}

func readModel(c *catalog.Catalog, values []string) (any, []string, bool) {
	name := strings.Join(values, "/")
	m, ok := c.Model(name)
	if !ok {
		return nil, c.NearestModels(name, nearNames), false
	}
	args := &schemas.EstimateArgs{}
	args.ModelID = schemas.Some(m.ID)
	return args.Describe(c, nil), nil, true
}

func readRule(_ *catalog.Catalog, values []string) (any, []string, bool) {
	id := strings.Join(values, "/")
	if m, ok := advise.Find(id); ok {
		return m.Text(), nil, true
	}
	r, ok := check.Find(id)
	if !ok {
		return nil, matching(ruleIDs(), values[0]), false
	}
	return r.Text(), nil, true
}

// ruleIDs lists what rules:// documents: rules, and moves beside them.
func ruleIDs() []string {
	var out []string
	for _, r := range check.All() {
		out = append(out, r.ID)
	}
	for _, m := range advise.All() {
		out = append(out, m.ID)
	}
	return out
}
