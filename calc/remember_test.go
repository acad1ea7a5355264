package calc_test

import (
	"reflect"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/cnn"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/workload"
)

// TestKeys: workloads hold nothing that two of them could share or that prints
// alike though it differs.
func TestKeys(t *testing.T) {
	for _, w := range []workload.Workload{&nlp.Config{}, &moe.Config{}, &multimodal.Config{}, &cnn.Config{}} {
		values(t, reflect.TypeOf(w).Elem(), reflect.TypeOf(w).String())
	}
	a, b := example(t, "llama-7b-lora.json").(*nlp.Config), example(t, "llama-7b-lora.json").(*nlp.Config)
	if calc.Key(a) != calc.Key(b) {
		t.Error("equal workloads have different keys")
	}
	a.Adapter.Targets, b.Adapter.Targets = []string{"q_proj v_proj"}, []string{"q_proj", "v_proj"}
	if calc.Key(a) == calc.Key(b) {
		t.Error("one target and two have the same key")
	}
}

// values reports what is no value and no slice of values.
func values(t *testing.T, typ reflect.Type, at string) {
	switch typ.Kind() {
	case reflect.Struct:
		for i := range typ.NumField() {
			values(t, typ.Field(i).Type, at+"."+typ.Field(i).Name)
		}
	case reflect.Slice, reflect.Array:
		values(t, typ.Elem(), at+"[]")
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Chan, reflect.Interface, reflect.UnsafePointer:
		t.Errorf("%s is a %v", at, typ.Kind())
	}
}

// TestEstimateIsRemembered: asking again gives the same, and a change of the
// workload another answer.
func TestEstimateIsRemembered(t *testing.T) {
	w := example(t, "bert-base.json").(*nlp.Config)
	first, err := calc.Estimate(w)
	if err != nil {
		t.Fatal(err)
	}
	again, err := calc.Estimate(example(t, "bert-base.json"))
	if err != nil || !reflect.DeepEqual(first, again) {
		t.Errorf("asked again: %v, another answer", err)
	}
	w.Train.Batch++
	if more, err := calc.Estimate(w); err != nil || more.PeakTensor <= first.PeakTensor {
		t.Errorf("a sample more needs %d bytes (%v), %d without", more.PeakTensor, err, first.PeakTensor)
	}
}
