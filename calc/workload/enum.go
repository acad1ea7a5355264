package workload

import (
	"fmt"
	"strings"
)

// row names one value of a closed set. Aliases are further spellings; case,
// spaces and the signs - _ . / never matter.
type row struct {
	name    string
	aliases []string
}

// table holds the rows of an enum in the order of its values, the first value
// being 1: the zero value of every enum is invalid.
type table []row

func (t table) name(v uint8) string {
	if v == 0 || int(v) > len(t) {
		return "invalid"
	}
	return t[v-1].name
}

func (t table) names() []string {
	out := make([]string, len(t))
	for i, r := range t {
		out[i] = r.name
	}
	return out
}

func (t table) parse(text string) (uint8, error) {
	want := Fold(text)
	for i, r := range t {
		if Fold(r.name) == want {
			return uint8(i + 1), nil
		}
		for _, a := range r.aliases {
			if Fold(a) == want {
				return uint8(i + 1), nil
			}
		}
	}
	return 0, fmt.Errorf("%q is none of %s", text, strings.Join(t.names(), ", "))
}

// Fold reduces a name to what counts in comparing it: lower-case letters,
// digits and signs other than space - _ . and /.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == ' ' || r == '-' || r == '_' || r == '.' || r == '/':
			return -1
		}
		return r
	}, s)
}
