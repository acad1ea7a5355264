package mcpserver

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// formulaExamples are the calls whose run the formulas of an engine are printed
// from.
var formulaExamples = map[workload.Kind]string{
	workload.NLP:        `{"modelType":"nlp","modelId":"llama-7b","precision":"bf16","batchSize":4,"learningRate":1e-4,"optimizer":"adamw","trainingEpochs":1,"fineTuningMethod":"lora","gradientCheckpointing":true}`,
	workload.Multimodal: `{"modelType":"multimodal","modelId":"llava-1.5-7b","precision":"bf16","batchSize":1,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":1}`,
	workload.MoE:        `{"modelType":"moe","modelId":"mixtral-8x7b","precision":"bf16","batchSize":1,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":1}`,
	workload.CNN:        `{"modelType":"cnn","modelId":"resnet-50","precision":"fp32","batchSize":32,"learningRate":1e-3,"optimizer":"adamw","trainingEpochs":1}`,
}

func readFormulas(c *catalog.Catalog, values []string) (any, []string, bool) {
	var kind workload.Kind
	if kind.UnmarshalText([]byte(values[0])) != nil {
		return nil, kind.Values(), false
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Formulas of %s models, printed from the run\n  %s\n", kind, formulaExamples[kind])
	for _, set := range []report.FormulaSet{report.Architecture, report.Guide} {
		answer, ok := formulasOf(c, formulaExamples[kind], set)
		if !ok {
			return nil, nil, false
		}
		fmt.Fprintf(&b, "\nformulaSet %s, bytes at the peak:\n", set)
		formulaLines(&b, answer.Estimate.Components)
	}
	return b.String(), nil, true
}

// formulasOf answers an example with one of the sets of formulas.
func formulasOf(c *catalog.Catalog, example string, set report.FormulaSet) (report.Answer, bool) {
	var arguments map[string]any
	if json.Unmarshal([]byte(example), &arguments) != nil {
		return report.Answer{}, false
	}
	arguments["formulaSet"], arguments["detail"] = set.String(), report.Full.String()
	raw, err := json.Marshal(arguments)
	if err != nil {
		return report.Answer{}, false
	}
	made, args, _ := estimated[schemas.EstimateArgs](c, raw)
	if args == nil {
		return report.Answer{}, false
	}
	return report.Build(made), true
}

func formulaLines(b *strings.Builder, components []report.Component) {
	for _, c := range components {
		fmt.Fprintf(b, "\n%s: %s\n", c.ID, c.Label)
		if c.Formula != "" {
			fmt.Fprintf(b, "  %s = %d\n", c.Formula, c.Bytes)
		} else {
			fmt.Fprintf(b, "  %d bytes\n", c.Bytes)
		}
		var symbols []string
		for _, name := range slices.Sorted(maps.Keys(c.Values)) {
			symbols = append(symbols, fmt.Sprintf("%s = %v", name, c.Values[name]))
		}
		if len(symbols) > 0 {
			fmt.Fprintf(b, "  %s\n", strings.Join(symbols, ", "))
		}
		if !c.Note.IsZero() {
			fmt.Fprintf(b, "  %s\n", c.Note)
		}
	}
}
