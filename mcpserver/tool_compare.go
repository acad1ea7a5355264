package mcpserver

import (
	"context"
	"fmt"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/schemas"
)

const compareDoc = `Memory of 2 to 8 models or configurations side by side: totals, components and peak phase of each, cost where it names a GPU, and the arguments that differ with the bytes that each of them moves alone.
Each configuration is an object of the arguments of calculate_advanced_finetuning_vram with a name; all but the model has a default.
Not covered: more than one change at a time in a difference.`

// compare sets configurations side by side.
func compare(models *catalog.Catalog) Tool {
	return Tool{
		Name:        "compare_configurations",
		Title:       "Configurations side by side",
		Description: compareDoc,
		Input:       schemas.InputSchema[schemas.CompareArgs](),
		Output:      schemas.OutputSchema[report.SideBySide](),
		Meta:        map[string]any{schemas.MetaKey: schemas.MetaArguments[schemas.CompareArgs]()},
		answer: func(_ context.Context, arguments []byte) Answer {
			return compared(models, arguments)
		},
	}
}

// compared takes configurations all the way to an answer.
func compared(models *catalog.Catalog, arguments []byte) report.SideBySide {
	args, findings := schemas.Decode[schemas.CompareArgs](arguments)
	if args == nil {
		return report.RefuseComparison(findings)
	}
	const all = "configurations"
	objects, given := args.Configurations.Get()
	if !given && !args.WasSent(all) {
		findings = append(findings, check.Missing.Report([]string{all}, check.Told{Message: say.F("missing: %s", all), Fix: say.F("Send 2 to 8 objects of arguments, each with a name.")}))
	}
	sides := make([]side, len(objects))
	names := map[string]bool{}
	for i, o := range objects {
		var more []check.Finding
		sides[i], more = sideOf(models, i, o)
		if names[sides[i].Name] {
			more = append(more, check.Duplicate.Report([]string{"name"}, check.Told{
				Message: say.F("two configurations are called %.80q", sides[i].Name), Fix: say.F("Give each a name of its own."),
			}))
		}
		names[sides[i].Name] = true
		findings = append(findings, within(i, sides[i].Name, more)...)
	}
	if check.Sort(findings); !given || check.HasErrors(findings) {
		return report.RefuseComparison(findings)
	}
	out := make([]report.Side, len(sides))
	for i, s := range sides {
		out[i] = s.Side
	}
	return report.Compare(out, differences(models, sides), findings, args.Detail.Or(report.Standard))
}

// sideOf estimates a configuration.
func sideOf(models *catalog.Catalog, i int, raw []byte) (side, []check.Finding) {
	s := side{raw: raw}
	s.Name = fmt.Sprintf("configuration %d", i+1)
	named, _ := schemas.Decode[schemas.ConfigurationArgs](raw)
	if named != nil && named.Name.Or("") != "" {
		s.Name = named.Name.Or("")
	}
	c, args, findings := estimated[schemas.ConfigurationArgs](models, raw)
	if args == nil {
		return s, findings
	}
	s.Case, s.given = c, args.Given()
	return s, findings
}

// within says in which configuration findings are.
func within(i int, name string, findings []check.Finding) []check.Finding {
	out := make([]check.Finding, len(findings))
	for k, f := range findings {
		f.Message = say.F("%s: %s", name, f.Message)
		arguments := make([]string, len(f.Arguments))
		for n, a := range f.Arguments {
			arguments[n] = schemas.At(i, a)
		}
		f.Arguments = arguments
		out[k] = f
	}
	return out
}
