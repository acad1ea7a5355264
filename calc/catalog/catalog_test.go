package catalog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
)

// rows reads a table as loose objects, for what typed rows do not show.
func rows(t *testing.T, file string) []map[string]json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestKeys demands camelCase keys: decoding alone would take any case.
func TestKeys(t *testing.T) {
	for _, file := range []string{"models.json", "gpus.json"} {
		for _, row := range rows(t, file) {
			for key, value := range row {
				checkKey(t, file, key)
				var section map[string]json.RawMessage
				if json.Unmarshal(value, &section) == nil {
					for inner := range section {
						checkKey(t, file, inner)
					}
				}
			}
		}
	}
}

func checkKey(t *testing.T, file, key string) {
	t.Helper()
	if key[0] >= 'A' && key[0] <= 'Z' || strings.ContainsAny(key, "_- ") {
		t.Errorf("%s: key %q is not camelCase", file, key)
	}
}

// TestOneRowALine keeps differences readable.
func TestOneRowALine(t *testing.T) {
	for _, file := range []string{"models.json", "gpus.json", "library.json"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(raw, []byte("\n")); lines != len(rows(t, file))+2 {
			t.Errorf("%s has %d lines for %d rows; want one row a line between brackets", file, lines, len(rows(t, file)))
		}
	}
}

func checkSources(t *testing.T, id, checked string, sources []string) {
	t.Helper()
	if _, err := time.Parse(time.DateOnly, checked); err != nil {
		t.Errorf("%s: checked %q is not a date", id, checked)
	}
	if len(sources) == 0 || slices.Contains(sources, "") {
		t.Errorf("%s: no source", id)
	}
}

func TestModels(t *testing.T) {
	models := catalog.Load().Models()
	if !slices.IsSortedFunc(models, func(a, b catalog.Model) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("models are not sorted by id")
	}
	owner := map[string]string{}
	for _, m := range models {
		checkSources(t, m.ID, m.Checked, m.Sources)
		names := append([]string{m.ID, m.Name}, m.Aliases...)
		if m.HFID != "" {
			names = append(names, m.HFID)
		}
		for _, name := range names {
			key := catalog.Key(name)
			if other, taken := owner[key]; taken && other != m.ID {
				t.Errorf("%s: the name %q belongs to %s", m.ID, name, other)
			}
			owner[key] = m.ID
			if found, ok := catalog.Load().Model(name); !ok || found.ID != m.ID {
				t.Errorf("%s: Model(%q) = %q, %v", m.ID, name, found.ID, ok)
			}
		}
		checkShape(t, m)
	}
}

func checkShape(t *testing.T, m catalog.Model) {
	t.Helper()
	if m.Kind == 0 || m.Kind != m.Architecture.Kind() {
		t.Errorf("%s: kind %v, architecture %v", m.ID, m.Kind, m.Architecture)
	}
	if (m.Params > 0) != (m.ParamsSource != "") {
		t.Errorf("%s: a count needs a source and a source a count", m.ID)
	}
	if !m.Disclosed {
		if m.Reference || m.Text.Family != 0 || m.Vision.Family != 0 || m.Notes == "" {
			t.Errorf("%s: a model that was not disclosed has a shape, or no note", m.ID)
		}
		return
	}
	if m.Kind == workload.CNN {
		if m.Conv.Name == "" || m.Conv.Image < 64 || m.Conv.Image > 1024 || m.Conv.Classes != 1000 || m.Conv.WidthMultiplier != 1 {
			t.Errorf("%s: implausible %+v", m.ID, m.Conv)
		}
		return
	}
	checkText(t, m)
	if m.Kind == workload.MoE {
		e := m.Experts
		if e.Count < 2 || e.Active < 1 || e.Active > e.Count || e.Intermediate < 1 || e.LayerFrequency < 1 || e.Routing == 0 || e.Implementation == 0 || e.Init == 0 {
			t.Errorf("%s: implausible experts %+v", m.ID, e)
		}
	}
	if m.Kind == workload.Multimodal {
		v := m.Vision
		if v.Family == 0 || v.Encoder == 0 || v.Fusion == 0 || v.TextEncoder == 0 || v.Norm == 0 || v.Activation == 0 || v.Model != m.Architecture || v.Hidden%max(1, v.Heads) != 0 || v.Hidden == 0 {
			t.Errorf("%s: implausible tower %+v", m.ID, v)
		}
	}
}

func checkText(t *testing.T, m catalog.Model) {
	t.Helper()
	x := m.Text
	switch {
	case x.Family == 0, x.Position == 0, x.Norm == 0, x.Activation == 0:
		t.Errorf("%s: an enum of the text section is missing: %+v", m.ID, x)
	case x.Hidden < 64, x.Hidden > 32768, x.Layers < 1, x.Layers > 200, x.Heads < 1, x.KVHeads < 1, x.HeadDim < 16, x.Intermediate < 64, x.Vocab < 1000, x.Vocab > 1<<19:
		t.Errorf("%s: implausible text section %+v", m.ID, x)
	case x.Heads%x.KVHeads != 0:
		t.Errorf("%s: %d KV heads do not divide %d heads", m.ID, x.KVHeads, x.Heads)
	case x.Position == workload.Absolute && x.PositionRows == 0 && x.Family != workload.Transformer2017:
		t.Errorf("%s: learned positions without a table", m.ID)
	case m.DefaultSequence < 1:
		t.Errorf("%s: no default sequence", m.ID)
	}
}

// TestReferences demands that every architecture but the undisclosed ones can
// serve modelSize, smallest first.
func TestReferences(t *testing.T) {
	for i := range workload.Architecture(0).Values() {
		a := workload.Architecture(i + 1)
		list := catalog.Load().References(a)
		if a == workload.ArchGPT4V || a == workload.ArchGemini || a == workload.ArchClaude || a == workload.ArchPaLM2 {
			if len(list) > 0 {
				t.Errorf("%v: undisclosed, but has references", a)
			}
			continue
		}
		if len(list) == 0 {
			t.Errorf("%v: no reference model", a)
		}
		for j := 1; j < len(list); j++ {
			if list[j].Params > 0 && list[j-1].Params > list[j].Params {
				t.Errorf("%v: references are not ordered by size: %s before %s", a, list[j-1].ID, list[j].ID)
			}
		}
	}
}

// TestReferenceOrder looks at lines of which some have no published count.
func TestReferenceOrder(t *testing.T) {
	for a, want := range map[workload.Architecture][]string{
		workload.ArchLLaMA: {"llama-7b", "llama-13b", "llama-33b", "llama-65b"},
		workload.ArchGPT:   {"gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl", "gpt-3-2.7b", "gpt-3-6.7b", "gpt-3-13b", "gpt-3-175b"},
		workload.ArchT5:    {"t5-small", "t5-base", "t5-large", "t5-3b", "t5-11b"},
		workload.ArchSwitch: {"switch-base-8", "switch-base-16", "switch-base-32", "switch-base-64", "switch-base-128",
			"switch-base-256", "switch-large-128", "switch-c-2048"},
	} {
		var got []string
		for _, m := range catalog.Load().References(a) {
			got = append(got, m.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("References(%v) = %q; want %q", a, got, want)
		}
	}
}

// TestPublishedCounts counts every model with a published count by formula.
func TestPublishedCounts(t *testing.T) {
	counted := 0
	for _, m := range catalog.Load().Models() {
		got, ok := countParams(m)
		if !ok || m.Params == 0 {
			continue
		}
		counted++
		if want := int64(m.Params) + publishedBesides(m); got != want {
			t.Errorf("%s: %d parameters by formula, published %d (%+d)", m.ID, got, want, got-want)
		}
	}
	if counted < 150 {
		t.Errorf("only %d models have a count to compare", counted)
	}
}

// publishedBesides is what the shape has beyond the published count: heads that
// a published base model leaves out, less the pooler or tower that it has.
func publishedBesides(m catalog.Model) int64 {
	t := m.Text
	head := linear(t.Hidden, t.Hidden, true) + 2*t.Hidden + t.Vocab
	pooler := linear(t.Hidden, t.Hidden, true)
	switch t.Family {
	case workload.BERT, workload.RoBERTa:
		return head - pooler
	case workload.DistilBERT, workload.DeBERTaV2:
		return head
	}
	return 0
}
