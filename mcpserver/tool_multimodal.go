package mcpserver

import (
	"context"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/schemas"
)

const multimodalDoc = `GPU memory of a model that sees or hears (LLaVA, Qwen-VL, Gemma 3, Llama 3.2 Vision, CLIP, Whisper, …) in mode inference, training or finetuning, and what an image of a size costs in tokens.
Use it to learn how image size, number of images and frozen towers decide memory, and which image crosses the context. Bytes per GPU.
Not covered: video frames.`

// multimodal is a model with a tower, in any mode.
func multimodal(models *catalog.Catalog) Tool {
	return Tool{
		Name:        "calculate_multimodal_vram",
		Title:       "Multimodal memory",
		Description: multimodalDoc,
		Input:       schemas.InputSchema[schemas.MultimodalArgs](),
		Output:      schemas.OutputSchema[report.MultimodalAnswer](),
		Meta:        map[string]any{schemas.MetaKey: schemas.MetaArguments[schemas.MultimodalArgs]()},
		answer: func(_ context.Context, arguments []byte) Answer {
			args, findings := schemas.Decode[schemas.MultimodalArgs](arguments)
			if args == nil {
				return refusedImages(findings)
			}
			w, assumptions, more := args.Resolve(models)
			c, ok := completed(report.Case{
				Workload:    w,
				Findings:    append(findings, more...),
				Assumptions: assumptions,
				Detail:      args.Detail.Or(report.Standard),
				Formulas:    args.FormulaSet.Or(report.Architecture),
				GPUs:        models.GPUs(),
				Want:        args.Wanted(),
				Dataset:     args.Dataset(),
			})
			if !ok {
				return refusedImages(c.Findings)
			}
			return report.BuildMultimodal(c, args.Budget(w))
		},
	}
}

// refusedImages is the answer to arguments that were refused.
func refusedImages(findings []check.Finding) report.MultimodalAnswer {
	return report.MultimodalAnswer{Answer: report.Refuse(findings)}
}
