package mcpserver

import (
	"context"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/schemas"
)

const inferenceDoc = `GPU memory to run a language, multimodal or mixture-of-experts model: weights, KV cache, prompt and generation.
Use it to learn whether a model can be served on a GPU, at which lengths and for how many requests; cacheImplementation paged is a server (vLLM). Phases load, prefill, decode. Bytes per GPU.
Not covered: throughput, several GPUs, speculative decoding.`

// inference is serving: weights, cache and working memory.
func inference(models *catalog.Catalog) Tool {
	return Tool{
		Name:        "calculate_inference_vram",
		Title:       "Inference memory",
		Description: inferenceDoc,
		Input:       schemas.InputSchema[schemas.InferenceArgs](),
		Output:      schemas.OutputSchema[report.InferenceAnswer](),
		Meta:        map[string]any{schemas.MetaKey: schemas.MetaArguments[schemas.InferenceArgs]()},
		answer: func(_ context.Context, arguments []byte) Answer {
			args, findings := schemas.Decode[schemas.InferenceArgs](arguments)
			if args == nil {
				return report.InferenceAnswer{Answer: report.Refuse(findings)}
			}
			w, assumptions, more := args.Resolve(models)
			c, ok := completed(report.Case{
				Workload:    w,
				Findings:    append(findings, more...),
				Assumptions: assumptions,
				GPUs:        models.GPUs(),
				Want:        args.Wanted(),
				Detail:      args.Detail.Or(report.Standard),
				Formulas:    args.FormulaSet.Or(report.Architecture),
			})
			if !ok {
				return report.InferenceAnswer{Answer: report.Refuse(c.Findings)}
			}
			return report.BuildInference(c)
		},
	}
}
