package mcpserver

import (
	"context"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/memory"
	"vramcalc/calc/report"
	"vramcalc/schemas"
)

const recommendDoc = `GPUs that hold a need, ranked: how many, at what utilization, price per hour and to buy, availability, and why.
Give neededGiB (with precision), or a workload to estimate first. Filter by price, vendor, segment and number.
A workload beyond common single cards is estimated again over several, sharded; neededGiB is spread in even shares.
Not covered: how fast a GPU is.`

// recommend ranks GPUs for a size or a workload.
func recommend(models *catalog.Catalog) Tool {
	return Tool{
		Name:        "recommend_gpu",
		Title:       "GPUs for a need",
		Description: recommendDoc,
		Input:       schemas.InputSchema[schemas.RecommendArgs](),
		Output:      schemas.OutputSchema[report.Recommendation](),
		Meta:        map[string]any{schemas.MetaKey: schemas.MetaArguments[schemas.RecommendArgs]()},
		Core:        true,
		answer: func(_ context.Context, arguments []byte) Answer {
			return recommendation(models, arguments)
		},
	}
}

// recommendation takes arguments all the way to an answer.
func recommendation(models *catalog.Catalog, arguments []byte) report.Recommendation {
	args, findings := schemas.Decode[schemas.RecommendArgs](arguments)
	if args == nil {
		return report.RefuseRecommendation(findings)
	}
	if args.IsBare() {
		return bare(models, args, findings)
	}
	c, args, findings := estimated[schemas.RecommendArgs](models, arguments)
	if args == nil {
		return report.RefuseRecommendation(findings)
	}
	return report.Recommend(c)
}

// sharded estimates a training run again over more GPUs, each number of them
// once; nil where nothing is trained.
func sharded[A any, P asked[A]](models *catalog.Catalog, arguments []byte, c report.Case) func(int64) (memory.Breakdown, bool) {
	if c.Serves() {
		return nil
	}
	known := map[int64]*memory.Breakdown{}
	return func(gpus int64) (memory.Breakdown, bool) {
		b, seen := known[gpus]
		if !seen {
			if w, ok := patched[A, P](models, arguments, report.ShardOver(gpus), c.Findings); ok {
				if made, err := calc.Estimate(w); err == nil {
					b = &made
				}
			}
			known[gpus] = b
		}
		if b == nil {
			return memory.Breakdown{}, false
		}
		return *b, true
	}
}

// bare answers for a need that was given as a size.
func bare(models *catalog.Catalog, args *schemas.RecommendArgs, findings []check.Finding) report.Recommendation {
	hardware, want, assumptions, more := args.ResolveBare(models)
	findings = append(findings, more...)
	check.Sort(findings)
	if check.HasErrors(findings) {
		return report.RefuseRecommendation(findings)
	}
	return report.RecommendBare(report.Bare{
		Needed:      args.Needed(),
		Hardware:    hardware,
		Findings:    findings,
		Assumptions: assumptions,
		Detail:      args.Detail.Or(report.Standard),
		GPUs:        models.GPUs(),
		Want:        want,
	})
}
