package report

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"vramcalc/calc/fit"
	"vramcalc/calc/say"
)

// TestShorten ends, and leaves what an answer stands on.
func TestShorten(t *testing.T) {
	a := Answer{
		Summary: say.Name("s"),
		Estimate: &Estimate{Components: []Component{
			{ID: "large", Percent: 90, Formula: "L", Note: say.Name("what L is")},
			{ID: "small", Percent: 4, Formula: "s", Note: say.Name("what s is")},
			{ID: "reserved", Percent: 1, Note: say.Name("CUDA context")},
		}},
		GPURecommendations: make([]GPURecommendation, 5),
		Assumptions:        []Assumption{{Argument: "a", Origin: Default}, {Argument: "b", Origin: FromModel}},
	}
	var notes []string
	steps := 0
	for ; a.Shorten(); steps++ {
		var left string
		for _, c := range a.Estimate.Components {
			left += c.Note.String() + ";"
		}
		notes = append(notes, left)
	}
	if steps != 5 || notes[0] != "what L is;;CUDA context;" || notes[1] != ";;CUDA context;" {
		t.Errorf("%d steps, notes %q", steps, notes)
	}
	if len(a.GPURecommendations) != fewGPUs || len(a.Assumptions) != 1 || a.Assumptions[0].Argument != "b" || a.Estimate.Components[1].Formula == "" {
		t.Errorf("left: %+v", a)
	}
}

// TestScoreIsDocumented keeps the weights that clients read to those that rank.
func TestScoreIsDocumented(t *testing.T) {
	f, _ := reflect.TypeFor[GPURecommendation]().FieldByName("Score")
	text := f.Tag.Get("jsonschema_description")
	for _, want := range []string{
		fmt.Sprintf("%.2f closeness to %.0f %%", fit.WeightTarget, 100*fit.Target),
		fmt.Sprintf("%.2f price", fit.WeightCost),
		fmt.Sprintf("%.2f ease", fit.WeightEase),
		fmt.Sprintf("%.2f availability", fit.WeightAvailability),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}
