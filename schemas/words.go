package schemas

import (
	"fmt"

	"vramcalc/calc/say"
)

// billion is a count of parameters as modelSize gives it, in four digits.
func billion(x float64) string { return fmt.Sprintf("%.4g", x) }

// verb picks the form for a count.
func verb(n int, one, many say.Text) say.Text {
	if n == 1 {
		return one
	}
	return many
}
