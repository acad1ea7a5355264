package tape

import (
	"slices"
	"testing"

	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
)

// checkExplanation demands that parts, tensors and printed formulas give the
// peak.
func checkExplanation(t *testing.T, p *Program, v *Values, e Explanation, peak unit.Bytes) {
	t.Helper()
	var parts, tensors unit.Bytes
	for _, c := range e.Parts {
		parts += c.Bytes
		text := c.Sum.Format()
		n, err := EvalFormula(text, c.Values)
		if err != nil || unit.Bytes(n) != c.Bytes {
			t.Errorf("%s: %s = %d (%v), want %d", c.Component.ID(), text, n, err, c.Bytes)
		}
		for name := range c.Values {
			if c.Docs[name].IsZero() {
				t.Errorf("%s: no doc of %s", c.Component.ID(), name)
			}
		}
	}
	for _, a := range e.Tensors {
		if a.Count <= 0 {
			t.Errorf("%s: %d alive", a.Label, a.Count)
		}
		tensors += a.Bytes
	}
	if e.Bytes != peak || parts != peak || tensors != peak {
		t.Errorf("%s: explained %d, parts %d, tensors %d, want %d", e.Phase, e.Bytes, parts, tensors, peak)
	}
}

func TestExplainSums(t *testing.T) {
	for layers := int64(1); layers <= 12; layers++ {
		p := mustCompile(t, decoder(layers, min(layers, 4)))
		v := p.Values()
		var r Result
		p.Eval(&v, &r)
		checkExplanation(t, p, &v, p.Explain(&v), r.Peak[r.PeakPhase])
		for ph, peak := range r.Peak {
			checkExplanation(t, p, &v, p.ExplainPhase(&v, memory.Phase(ph)), peak)
		}
	}
}

func TestExplainText(t *testing.T) {
	p := mustCompile(t, decoder(9, 4))
	v := p.Values()
	e := p.ExplainPhase(&v, memory.Backward)
	forms := map[memory.Component]string{}
	for _, c := range e.Parts {
		forms[c.Component] = c.Sum.Format()
	}
	for c, want := range map[memory.Component]string{
		memory.ModelWeights: "4·h·V + L·h·(2·f + 2)",
		memory.Logits:       "4·B·V·S + 4",
	} {
		if forms[c] != want {
			t.Errorf("%s: %s, want %s", c.ID(), forms[c], want)
		}
	}
	i := slices.IndexFunc(e.Tensors, func(a Alive) bool { return a.Label == "grad logits" })
	if i < 0 || e.Tensors[i].Shape != "[B, S, V] = [3, 17, 1000]" || e.Tensors[i].Count != 1 {
		t.Errorf("tensors are %+v", e.Tensors)
	}
}
