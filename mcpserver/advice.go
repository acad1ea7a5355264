package mcpserver

import (
	"slices"

	"vramcalc/calc/advise"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/memory"
	"vramcalc/calc/report"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// advice looks for changes of a call that improve its run. Each is taken all
// the way from the changed arguments, so that sending them gives what was said.
func advice[A any, P asked[A]](models *catalog.Catalog, arguments []byte, args P, c report.Case) []advise.Advice {
	limit, ok := c.Detail.Moves()
	if !ok {
		return nil
	}
	return advise.Advise(advise.Case{
		Workload: c.Workload,
		Before:   c.Breakdown,
		GPUs:     models.GPUs(),
		Limit:    limit,
		Given:    args.WasSent,
		Patched: func(change map[string]any) (workload.Workload, bool) {
			return patched[A, P](models, arguments, change, c.Findings)
		},
		Total: func(w workload.Workload, b memory.Breakdown) unit.Bytes {
			return c.Formulas.Total(report.Case{Workload: w, Breakdown: b})
		},
	})
}

// patched resolves a call with a change applied, ok where it is accepted
// without an error, or a warning that the call itself did not bring.
func patched[A any, P asked[A]](models *catalog.Catalog, arguments []byte, change map[string]any, known []check.Finding) (workload.Workload, bool) {
	raw, err := schemas.Patch(arguments, change)
	if err != nil {
		return nil, false
	}
	args, findings := schemas.Decode[A](raw)
	w, _, more := P(args).Resolve(models)
	if w == nil {
		return nil, false
	}
	for _, f := range append(findings, more...) {
		worse := f.Severity == check.Error || f.Severity == check.Warning
		same := func(k check.Finding) bool { return k.ID == f.ID && slices.Equal(k.Arguments, f.Arguments) }
		if worse && !slices.ContainsFunc(known, same) {
			return nil, false
		}
	}
	return w, true
}
