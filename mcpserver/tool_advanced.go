package mcpserver

import (
	"context"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/schemas"
)

const advancedDoc = `GPU memory for fine-tuning a language, multimodal, mixture-of-experts or CNN model, computed from the tensors of one training step of its architecture.
Use it to learn whether a configuration fits a GPU and what takes the memory. Sizes are bytes per GPU (GiB = 2^30).
Not covered: serving, time and price.`

// advanced is the flagship: every hyperparameter of any of the four model types.
func advanced(models *catalog.Catalog) Tool {
	return Tool{
		Name:        "calculate_advanced_finetuning_vram",
		Title:       "Fine-tuning memory in detail",
		Description: advancedDoc,
		Input:       schemas.InputSchema[schemas.EstimateArgs](),
		Output:      schemas.OutputSchema[report.Answer](),
		Meta: map[string]any{
			"anthropic/alwaysLoad": true, // else some clients show their model the name alone
			schemas.MetaKey:        schemas.MetaArguments[schemas.EstimateArgs](),
		},
		Core: true,
		answer: func(_ context.Context, arguments []byte) Answer {
			return estimate(models, arguments)
		},
	}
}

// estimate takes arguments all the way to an answer.
func estimate(models *catalog.Catalog, arguments []byte) report.Answer {
	args, findings := schemas.Decode[schemas.EstimateArgs](arguments)
	if args == nil {
		return report.Refuse(findings)
	}
	w, assumptions, more := args.Resolve(models)
	c, ok := estimated(report.Case{
		Workload:    w,
		Findings:    append(findings, more...),
		Assumptions: assumptions,
		Detail:      args.Detail.Or(report.Standard),
		Formulas:    args.FormulaSet.Or(report.Architecture),
	})
	if !ok {
		return report.Refuse(c.Findings)
	}
	return report.Build(c)
}
