package schemas

import (
	"fmt"
	"strings"
)

// list joins names for a sentence: "a", "a and b", "a, b and c".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// billion is a count of parameters as modelSize gives it, in four digits.
func billion(x float64) string { return fmt.Sprintf("%.4g", x) }

// verb picks the form for a count.
func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
