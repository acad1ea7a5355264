package tape

import "testing"

func TestEvalFormula(t *testing.T) {
	values := map[string]int64{"B": 3, "S": 70, "h": 64, "sortScratch": 5, "größe_2": 9}
	for text, want := range map[string]int64{
		"4":                             4,
		"2·B·(S + 1) - h/2":             394,
		"B * S − 1":                     209,
		"⌈S/64⌉·B":                      6,
		"ceil(S/64)*64 + floor(S / 64)": 129,
		"⌊7/2⌋":                         3,
		"max(B, S, 2) + min(B, S)":      73,
		"-B + 4":                        1,
		"2^10·sortScratch":              5120,
		"-2^2":                          -4,
		"größe_2 - 10":                  -1,
		"ceil(-1/2)":                    0,
		"S/4·2":                         35,
	} {
		got, err := EvalFormula(text, values)
		if err != nil || got != want {
			t.Errorf("EvalFormula(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "B +", "(B", "B)", "x", "S/4", "1/0", "2 3", "4a", "ceil()", "f(2)", "ceil(1,2)",
		"9^63", "9^64", "2^(-1)", "((9^63)^63)^63", "B ; S", "⌈B", "max(1,)",
	} {
		if n, err := EvalFormula(text, values); err == nil {
			t.Errorf("EvalFormula(%q) = %d, want an error", text, n)
		}
	}
}

func FuzzEvalFormula(f *testing.F) {
	f.Add("2·B·(S + 1)^2 - ⌈h/64⌉·max(1, 2)")
	f.Fuzz(func(t *testing.T, text string) {
		EvalFormula(text, map[string]int64{"B": 2, "S": 3, "h": 4}) //nolint:errcheck // total, whatever the text
	})
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		p    Polynomial
		want string
	}{
		{nil, "0"},
		{Polynomial{{4, nil, 4}}, "4"},
		{Polynomial{
			{20, []string{"L", "B", "S", "h"}, 900}, {8, []string{"L", "B", "S", "f"}, 800},
			{4, []string{"L", "B", "S", "a"}, 700}, {4, []string{"B", "S", "V"}, 600}, {4, nil, 4},
		}, "L·B·S·(20·h + 8·f + 4·a) + 4·B·S·V + 4"},
		{Polynomial{{2, []string{"L", "h"}, 900}, {-2, []string{"h"}, -10}}, "h·(2·L - 2)"},
		{Polynomial{{1, []string{"h", "h"}, 900}, {3, []string{"h"}, 100}, {-5, nil, -5}}, "h·(h + 3) - 5"},
		{Polynomial{{-5, []string{"h"}, -5}}, "-5·h"},
	} {
		if got := c.p.Format(); got != c.want {
			t.Errorf("Format() = %s, want %s", got, c.want)
		}
	}
}
