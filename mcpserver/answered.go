package mcpserver

import (
	"vramcalc/calc"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
)

// answered estimates a workload that was resolved, and refuses one that was
// not or that is not modelled.
func answered(c report.Case) report.Answer {
	check.Sort(c.Findings)
	if c.Workload == nil || check.HasErrors(c.Findings) {
		return report.Refuse(c.Findings)
	}
	b, err := calc.Estimate(c.Workload)
	if err != nil {
		return report.Refuse(append(c.Findings, check.ModelNotModelled.Report(nil, check.Told{Message: err.Error()})))
	}
	c.Breakdown = b
	return sized(report.Build(c), c.Detail)
}
