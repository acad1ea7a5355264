package mcpserver

import (
	"context"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/cost"
	"vramcalc/calc/fit"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

const advancedDoc = `GPU memory for fine-tuning a language, multimodal, mixture-of-experts or CNN model, computed from the tensors of one training step of its architecture.
Use it to learn whether a configuration fits a GPU and what takes the memory. Sizes are bytes per GPU (GiB = 2^30).
Not covered: serving, and time lost to data loading and between GPUs.`

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
			metaUI:                 shownByApp(),
			schemas.MetaKey:        schemas.MetaArguments[schemas.EstimateArgs](),
		},
		Core: true,
		answer: func(_ context.Context, arguments []byte) Answer {
			return estimate[schemas.EstimateArgs](models, arguments)
		},
	}
}

// asked is an argument struct that a workload is made of.
type asked[A any] interface {
	*A
	Resolve(*catalog.Catalog) (workload.Workload, []report.Assumption, []check.Finding)
	Shown() (report.Detail, report.FormulaSet)
	Wanted() fit.Want
	Dataset() cost.Dataset
	WasSent(argument string) bool
}

// estimate takes arguments all the way to an answer.
func estimate[A any, P asked[A]](models *catalog.Catalog, arguments []byte) report.Answer {
	c, args, findings := estimated[A, P](models, arguments)
	if args == nil {
		return report.Refuse(findings)
	}
	c.Advice = advice[A](models, arguments, args, c)
	return sized(say.In(report.Build(c), schemas.LanguageOf(arguments)), c.Detail)
}

// estimated makes and runs the workload of a call. The arguments are nil where
// the findings refuse it.
func estimated[A any, P asked[A]](models *catalog.Catalog, arguments []byte) (c report.Case, args P, findings []check.Finding) {
	args, findings = schemas.Decode[A](arguments)
	if args == nil {
		return c, nil, findings
	}
	w, assumptions, more := args.Resolve(models)
	findings = append(findings, more...)
	check.Sort(findings)
	if w == nil || check.HasErrors(findings) {
		return c, nil, findings
	}
	b, err := calc.Estimate(w)
	if err != nil {
		refused := check.ModelNotModelled.Report(nil, check.Told{Message: say.Of(err)})
		return c, nil, append(findings, refused)
	}
	c = report.Case{
		Workload:    w,
		Breakdown:   b,
		Findings:    findings,
		Assumptions: assumptions,
		GPUs:        models.GPUs(),
		Want:        args.Wanted(),
		Dataset:     args.Dataset(),
	}
	c.Detail, c.Formulas = args.Shown()
	c.Sharded = sharded[A, P](models, arguments, c)
	return c, args, findings
}
