package examples

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/schemas"
)

// recipe is the object that README.md adds to a table.
func recipe(t *testing.T, name string) []byte {
	t.Helper()
	found := regexp.MustCompile("(?s)<!-- recipe " + name + " -->\n```json\n(.*?)```").FindSubmatch(read(t, "../README.md"))
	if found == nil {
		t.Fatalf("README.md has no recipe %s", name)
	}
	return found[1]
}

// added is a table with one more object at its place.
func added(t *testing.T, file string, object []byte) []byte {
	t.Helper()
	var rows []json.RawMessage
	if err := json.Unmarshal(read(t, file), &rows); err != nil {
		t.Fatal(err)
	}
	id := func(row json.RawMessage) string {
		var r struct{ ID string }
		if err := json.Unmarshal(row, &r); err != nil {
			t.Fatalf("%s: %v", row, err)
		}
		return r.ID
	}
	rows = append(rows, object)
	slices.SortFunc(rows, func(a, b json.RawMessage) int { return strings.Compare(id(a), id(b)) })
	out, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRecipes adds the model and the GPU of README.md, each as one object, and
// runs the one on the other.
func TestRecipes(t *testing.T) {
	c, err := catalog.Parse(added(t, "../calc/catalog/models.json", recipe(t, "model")), added(t, "../calc/catalog/gpus.json", recipe(t, "gpu")))
	if err != nil {
		t.Fatal(err)
	}
	args, findings := schemas.Decode[schemas.EstimateArgs]([]byte(`{"modelType":"nlp","modelId":"me/my_llama 1b","targetGpu":"mg48",` +
		`"precision":"bf16","batchSize":1,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":1}`))
	d := args.Describe(c, findings)
	if d.Model == nil || d.Model.Parameters == nil || d.Model.PublishedParameters == nil || d.Model.Parameters.Total != *d.Model.PublishedParameters {
		t.Fatalf("%s", d.Summary)
	}
	if g, _, ok := c.GPU("My GPU"); !ok || g.ID != "my-gpu-48gb" {
		t.Errorf("GPU(My GPU) = %s, %v", g.ID, ok)
	}
	w, _, findings := args.Resolve(c)
	if w == nil {
		t.Fatalf("refused: %v", findings)
	}
	if _, err := calc.Estimate(w); err != nil {
		t.Error(err)
	}
	if _, err := catalog.Parse(bytes.Replace(added(t, "../calc/catalog/models.json", recipe(t, "model")), []byte(`"hidden"`), []byte(`"hiden"`), 1), read(t, "../calc/catalog/gpus.json")); err == nil {
		t.Error("a misspelt key is taken")
	}
}
