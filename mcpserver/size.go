package mcpserver

import "vramcalc/calc/report"

// standardSize is the most bytes of an answer of standard detail: about two
// thousand tokens of a model's context.
const standardSize = 8 << 10

// sized shortens an answer of standard detail to its size, if it can.
func sized(a report.Answer, d report.Detail) report.Answer {
	for d == report.Standard {
		raw, err := encode(a)
		if err != nil || len(raw) <= standardSize || !a.Shorten() {
			break
		}
	}
	return a
}
