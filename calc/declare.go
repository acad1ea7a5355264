package calc

import (
	"cmp"
	"slices"
	"strings"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Share is the number of parameters of one part of a model.
type Share struct {
	Name   string
	Params unit.Params
}

// Declaration is what a workload's model declares before any step: parameters,
// bytes and modules.
type Declaration struct {
	Counts     memory.Counts
	Bytes      unit.Bytes // parameters and buffers but adapters, as the run stores them
	Components []Share    // by component, largest first
	Kinds      []Share    // by kind of parameter, largest first
	Modules    []Share    // by module, in the order of construction
	Linears    []string   // linear modules, with * for the number of a repeated layer
}

// Declare declares the model of a workload. It fails where the model is not
// written, and where the run asks for what it cannot be.
func Declare(w workload.Workload) (Declaration, error) {
	b, err := declare(w)
	if err != nil {
		return Declaration{}, err
	}
	d := Declaration{Counts: b.Counts(), Bytes: b.T.BaseBytes(), Linears: b.Linears}
	d.Components = splitShares(largestFirst(b.T, func(p *tape.Param) string { return p.Component.ID() }), d.Counts)
	d.Kinds = largestFirst(b.T, func(p *tape.Param) string { return p.Kind.String() })
	repeats := slices.ContainsFunc(b.T.Params, func(p *tape.Param) bool { return strings.Contains(p.Name, ".*.") })
	d.Modules = shares(b.T, func(p *tape.Param) string {
		if !repeats {
			return stageOf(p.Name)
		}
		return moduleOf(p.Name)
	})
	return d, b.Check()
}

// WeightBytes is the size of a model's parameters and buffers but adapters, as
// the run stores them.
func WeightBytes(w workload.Workload) (unit.Bytes, error) {
	b, err := declare(w)
	if err != nil {
		return 0, err
	}
	return b.T.BaseBytes(), b.Check()
}

func shares(t *tape.Tape, name func(p *tape.Param) string) []Share {
	order, sums := t.ElementsBy(name)
	out := make([]Share, len(order))
	for i, n := range order {
		out[i] = Share{n, sums[n]}
	}
	return out
}

func largestFirst(t *tape.Tape, name func(p *tape.Param) string) []Share {
	out := shares(t, name)
	slices.SortStableFunc(out, func(a, b Share) int { return cmp.Compare(b.Params, a.Params) })
	return out
}

// splitShares moves what a token does not visit of the experts, where one matrix
// holds them all, to the inactive ones.
func splitShares(list []Share, c memory.Counts) []Share {
	active, inactive := memory.ActiveExperts.ID(), memory.InactiveExperts.ID()
	at := func(name string) int { return slices.IndexFunc(list, func(s Share) bool { return s.Name == name }) }
	i, rest := at(active), c.Total-c.ActivePerToken
	if i < 0 || rest <= 0 || at(inactive) >= 0 {
		return list
	}
	list[i].Params -= rest
	list = append(list, Share{inactive, rest})
	slices.SortStableFunc(list, func(a, b Share) int { return cmp.Compare(b.Params, a.Params) })
	return list
}

// moduleOf is the module that a parameter is told under: of a repeated layer
// its direct children (model.layers.*.mlp), else the module that holds it.
func moduleOf(name string) string {
	path := strings.Split(name, ".")
	star := slices.Index(path, "*")
	if star < 0 {
		return strings.Join(path[:max(1, len(path)-1)], ".")
	}
	end := star + 1
	for end < len(path)-1 && (isNumber(path[end]) || path[end] == "layer") { // T5's lists of sublayers
		end++
	}
	return strings.Join(path[:min(end+1, len(path))], ".")
}

// stageOf is the module that a parameter of a classifier is told under, whose
// layers are numbered one by one: a stage (layer1, features.denseblock1).
func stageOf(name string) string {
	const deepest = 2
	path := strings.Split(name, ".")
	path = path[:max(1, min(deepest, len(path)-1))]
	if number := slices.IndexFunc(path, isNumber); number > 0 {
		path = path[:number]
	}
	return strings.Join(path, ".")
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
