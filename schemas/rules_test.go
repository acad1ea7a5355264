package schemas_test

import (
	"encoding/json"
	"slices"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/schemas"
)

// findingsOf takes arguments through everything that finds.
func findingsOf(arguments string) []check.Finding {
	args, findings := schemas.Decode[schemas.EstimateArgs]([]byte(arguments))
	_, _, more := args.Resolve(catalog.Load())
	return append(findings, more...)
}

// findingsFor takes arguments of the rule's tool through everything that finds.
func findingsFor(r *check.Rule, arguments string) []check.Finding {
	switch r.Tool {
	case "":
		return findingsOf(arguments)
	case "calculate_grpo_vram":
		args, findings := schemas.Decode[schemas.GRPOArgs]([]byte(arguments))
		_, _, more := args.Resolve(catalog.Load())
		return append(findings, more...)
	case "calculate_multimodal_vram":
		args, findings := schemas.Decode[schemas.MultimodalArgs]([]byte(arguments))
		_, _, more := args.Resolve(catalog.Load())
		return append(findings, more...)
	}
	args, findings := schemas.Decode[schemas.InferenceArgs]([]byte(arguments))
	_, _, more := args.Resolve(catalog.Load())
	return append(findings, more...)
}

// TestRuleExamples executes the documentation of every rule: it fires on Bad
// and not on Good.
func TestRuleExamples(t *testing.T) {
	for _, r := range check.All() {
		t.Run(r.ID, func(t *testing.T) {
			fires := func(arguments string) bool {
				return slices.ContainsFunc(findingsFor(r, arguments), func(f check.Finding) bool { return f.ID == r.ID })
			}
			if !fires(r.Bad) {
				t.Errorf("does not fire on %s: %v", r.Bad, told(findingsFor(r, r.Bad)))
			}
			if fires(r.Good) {
				t.Errorf("fires on %s", r.Good)
			}
		})
	}
}

// TestChangesHelp sends each rule's bad example again with the change that its
// finding proposes: the rule keeps quiet then, and nothing new is an error.
func TestChangesHelp(t *testing.T) {
	proposed := 0
	for _, r := range check.All() {
		found := findingsOf(r.Bad)
		for _, f := range found {
			if f.ID != r.ID || f.Change == nil {
				continue
			}
			proposed++
			changed := patch(t, r.Bad, f.Change)
			if err := counted(changed); err != nil && counted(r.Bad) == nil {
				t.Errorf("%s: after %v: %v", r.ID, f.Change, err)
			}
			for _, g := range findingsOf(changed) {
				same := func(f check.Finding) bool { return f.ID == g.ID }
				if g.ID == r.ID && slices.Equal(f.Arguments, g.Arguments) || g.Severity == check.Error && !slices.ContainsFunc(found, same) {
					t.Errorf("%s: after %v: %s %s\n%s", r.ID, f.Change, g.ID, g.Message, changed)
				}
			}
		}
	}
	if proposed < len(check.All())/2 {
		t.Errorf("%d changes of %d rules were tried", proposed, len(check.All()))
	}
}

// counted says whether an engine takes the workload of the arguments, if there
// is one.
func counted(arguments string) error {
	args, _ := schemas.Decode[schemas.EstimateArgs]([]byte(arguments))
	w, _, _ := args.Resolve(catalog.Load())
	if w == nil {
		return nil
	}
	_, err := calc.Count(w)
	return err
}

// TestMuting finds no finding beside the cause that mutes its rule, and each
// cause that a rule names in another's presence.
func TestMuting(t *testing.T) {
	for _, r := range check.All() {
		for _, cause := range r.After {
			both := []check.Finding{r.Report(nil, check.Told{}), cause.Report(nil, check.Told{})}
			if left := check.Mute(both); len(left) != 1 || left[0].ID != cause.ID {
				t.Errorf("%s with %s leaves %v", r.ID, cause.ID, told(left))
			}
		}
		if found := findingsOf(r.Bad); len(found) > 0 {
			for _, f := range found {
				rule, _ := check.Find(f.ID)
				for _, g := range found {
					if slices.ContainsFunc(rule.After, func(c *check.Rule) bool { return c.ID == g.ID }) {
						t.Errorf("%s: %s is told beside %s", r.ID, f.ID, g.ID)
					}
				}
			}
		}
	}
}

// TestFindingsAreComplete demands what a client relies on.
func TestFindingsAreComplete(t *testing.T) {
	for _, r := range check.All() {
		for _, f := range findingsFor(r, r.Bad) {
			rule, known := check.Find(f.ID)
			switch {
			case !known:
				t.Errorf("%s is no rule", f.ID)
			case f.Severity != rule.Severity:
				t.Errorf("%s is told as %s, the rule says %s", f.ID, f.Severity, rule.Severity)
			case f.Arguments == nil || f.Message == "" || f.Fix == "":
				t.Errorf("%s lacks arguments, a message or a fix: %+v", f.ID, f)
			}
			for _, name := range rule.Params {
				own := rule.Tool != "" // a tool's own arguments are not the full estimate's
				if !own && !slices.ContainsFunc(schemas.Arguments(), func(a schemas.Argument) bool { return a.Name == name }) {
					t.Errorf("%s speaks about %s, which is no argument", r.ID, name)
				}
			}
		}
	}
}

// patch applies a change to arguments as a client does: null removes.
func patch(t *testing.T, arguments string, change map[string]any) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(arguments), &m); err != nil {
		t.Fatal(err)
	}
	for name, v := range change {
		if v == nil {
			delete(m, name)
			continue
		}
		m[name] = v
	}
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
