package mcpserver

import (
	"context"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/schemas"
)

const costDoc = `Time and money of a fine-tuning run: seconds of a step (a range), tokens or samples a second, and with datasetSamples or datasetTokens hours, rent on demand and spot, energy; rent against buying.
With targetGpu for that GPU, else for those that hold the run, cheapest first. Prices are dated medians, USD.
Not covered: data loading, communication, hosts.`

// analyzeCost computes what a run takes besides memory.
func analyzeCost(models *catalog.Catalog) Tool {
	return Tool{
		Name:        "analyze_cost",
		Title:       "Time and money of a run",
		Description: costDoc,
		Input:       schemas.InputSchema[schemas.CostArgs](),
		Output:      schemas.OutputSchema[report.CostAnswer](),
		Meta:        map[string]any{schemas.MetaKey: schemas.MetaArguments[schemas.CostArgs]()},
		answer: func(_ context.Context, arguments []byte) Answer {
			return costs(models, arguments)
		},
	}
}

// costs takes arguments all the way to an answer.
func costs(models *catalog.Catalog, arguments []byte) report.CostAnswer {
	c, args, findings := estimated[schemas.CostArgs](models, arguments)
	if args == nil {
		return report.RefuseCost(findings)
	}
	return report.Analyze(c)
}
