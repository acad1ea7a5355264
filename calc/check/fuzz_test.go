package check_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/cnn"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/workload"
)

// Values that fields are filled with: what is usual, what switches off, and
// what is absurd but representable.
var (
	wholes    = []int64{0, 0, 1, 1, 2, 3, 7, 8, 32, 64, 100, 1024, 4096, 65536, 1 << 40}
	fractions = []float64{0, 0.01, 0.3, 0.5, 1, 1.25, 2, 16, 1e-6, 1e9}
	names     = []string{"", "resnet50", "vit_b_16", "vgg16_bn", "lm_head", "model.embed_tokens", "q_proj", "v_proj", "all-linear", ".*(", "."}
)

// fill gives every field of a workload a value: enums one of theirs, none
// included.
func fill(r *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(4), 4))
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.Int64:
		v.SetInt(wholes[r.IntN(len(wholes))])
	case reflect.Float64:
		v.SetFloat(fractions[r.IntN(len(fractions))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.String:
		v.SetString(names[r.IntN(len(names))])
	case reflect.Uint8:
		if e, ok := v.Interface().(interface{ Values() []string }); ok {
			v.SetUint(uint64(r.IntN(len(e.Values()) + 1)))
		}
	}
}

// FuzzRules holds that no rule panics on any workload, that findings are sorted
// and say something, and that what they propose can be sent.
func FuzzRules(f *testing.F) {
	for seed := range uint64(400) {
		f.Add(seed)
	}
	cards := catalog.Load().GPUs()
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		for _, w := range []workload.Workload{&nlp.Config{}, &moe.Config{}, &multimodal.Config{}, &cnn.Config{}} {
			fill(r, reflect.ValueOf(w).Elem())
			p := check.NewPass(w, r.IntN(2) == 0, func(string) bool { return r.IntN(3) > 0 })
			if r.IntN(2) == 0 {
				p.Card = &cards[r.IntN(len(cards))]
			}
			found := check.Mute(check.Run(p))
			if !slices.IsSortedFunc(found, func(a, b check.Finding) int { return int(a.Severity) - int(b.Severity) }) {
				t.Errorf("findings are not sorted: %v", found)
			}
			for _, f := range found {
				if f.Message.IsZero() || f.Fix.IsZero() || len(f.Arguments) == 0 {
					t.Errorf("%s says nothing: %+v", f.ID, f)
				}
				for name, x := range f.Change {
					if y, ok := x.(float64); ok && (math.IsNaN(y) || math.IsInf(y, 0) || y < 0) {
						t.Errorf("%s proposes %s %v", f.ID, name, x)
					}
					if n, ok := x.(int64); ok && n < 0 {
						t.Errorf("%s proposes %s %v", f.ID, name, x)
					}
				}
			}
		}
	})
}

// BenchmarkRun is the cost of all rules on one workload.
func BenchmarkRun(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 0))
	c := &moe.Config{}
	fill(r, reflect.ValueOf(c).Elem())
	p := check.NewPass(c, true, func(string) bool { return true })
	for b.Loop() {
		check.Mute(check.Run(p))
	}
}
