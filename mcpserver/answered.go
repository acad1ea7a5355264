package mcpserver

import (
	"vramcalc/calc"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
)

// completed completes a case whose workload was resolved; false where it was
// not, or is not modelled: the findings say why.
func completed(c report.Case) (report.Case, bool) {
	check.Sort(c.Findings)
	if c.Workload == nil || check.HasErrors(c.Findings) {
		return c, false
	}
	b, err := calc.Estimate(c.Workload)
	if err != nil {
		c.Findings = append(c.Findings, check.ModelNotModelled.Report(nil, check.Told{Message: say.Of(err)}))
		return c, false
	}
	c.Breakdown = b
	return c, true
}
