package mcpserver

import (
	"context"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/schemas"
)

const describeDoc = `What a model is and what its weights take: shape, exact parameters by part, kind and module, bytes at each precision and quantization, KV cache per token, context, what can be adapted and trained.
Use it to find a model's id, or to read a pasted config.json. A name that no model has is searched for. Sizes are bytes.
Not covered: memory of a run.`

// describe tells what a model is.
func describe(models *catalog.Catalog) Tool {
	return Tool{
		Name:        "describe_model",
		Title:       "A model's shape and size",
		Description: describeDoc,
		Input:       schemas.InputSchema[schemas.DescribeArgs](),
		Output:      schemas.OutputSchema[report.Description](),
		Meta:        map[string]any{schemas.MetaKey: schemas.MetaArguments[schemas.DescribeArgs]()},
		Core:        true,
		answer: func(_ context.Context, arguments []byte) Answer {
			args, findings := schemas.Decode[schemas.EstimateArgs](arguments)
			if args == nil {
				v := report.Validate(findings)
				return report.Description{Summary: report.Refuse(findings).Summary, Validation: v}
			}
			return args.Describe(models, findings)
		},
	}
}
