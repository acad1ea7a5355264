package mcpserver

import (
	"context"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/schemas"
)

const recommendDoc = `GPUs that hold a need, ranked: how many, at what utilization, price per hour and to buy, availability, and why.
Give neededGiB (with precision), or a workload to estimate first. Filter by price, vendor, segment and number.
Not covered: how fast a GPU is. Several GPUs only for neededGiB, as even shares.`

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
