package tape

import (
	"fmt"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxDepth = 100  // nesting of a formula
	maxBits  = 4096 // length of a power
)

// EvalFormula computes a printed formula: integers, symbols, + - · * / ^,
// parentheses, ceil(x) or ⌈x⌉, floor(x) or ⌊x⌋, max and min of a list.
// Arithmetic is exact; only ceil and floor round. The result must be whole.
func EvalFormula(text string, values map[string]int64) (int64, error) {
	p := &formula{text: text, values: values}
	p.next()
	x, err := p.sum(0)
	if err == nil && p.token != "" {
		err = fmt.Errorf("unexpected %q", p.token)
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("formula %q: %w", text, err)
	case !x.IsInt():
		return 0, fmt.Errorf("formula %q: %s is not whole", text, x.RatString())
	case !x.Num().IsInt64():
		return 0, fmt.Errorf("formula %q: beyond 64 bits", text)
	}
	return x.Num().Int64(), nil
}

// A formula is a text that is being read. The token is the next one, "" at
// the end.
type formula struct {
	text   string
	token  string
	values map[string]int64
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// identifier says whether a name can be a symbol of a formula.
func identifier(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return name != "" && !unicode.IsDigit(first) && strings.IndexFunc(name, func(r rune) bool { return !wordRune(r) }) < 0
}

func (p *formula) next() {
	p.text = strings.TrimLeftFunc(p.text, unicode.IsSpace)
	n := strings.IndexFunc(p.text, func(r rune) bool { return !wordRune(r) })
	switch {
	case n < 0:
		n = len(p.text)
	case n == 0:
		_, n = utf8.DecodeRuneInString(p.text)
	}
	p.token, p.text = p.text[:n], p.text[n:]
}

// take consumes the token if it is one of those given, and returns it.
func (p *formula) take(tokens ...string) string {
	for _, t := range tokens {
		if p.token == t && t != "" {
			p.next()
			return t
		}
	}
	return ""
}

func (p *formula) expect(token string) error {
	if p.take(token) == "" {
		return fmt.Errorf("%q expected, got %q", token, p.token)
	}
	return nil
}

func (p *formula) sum(depth int) (*big.Rat, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested too deeply")
	}
	x, err := p.product(depth)
	for err == nil {
		op := p.take("+", "-", "−")
		if op == "" {
			return x, nil
		}
		var y *big.Rat
		if y, err = p.product(depth); err != nil {
			break
		}
		if op == "+" {
			x.Add(x, y)
		} else {
			x.Sub(x, y)
		}
	}
	return nil, err
}

func (p *formula) product(depth int) (*big.Rat, error) {
	x, err := p.power(depth)
	for err == nil {
		op := p.take("·", "*", "×", "/")
		if op == "" {
			return x, nil
		}
		var y *big.Rat
		if y, err = p.power(depth); err != nil {
			break
		}
		switch {
		case op != "/":
			x.Mul(x, y)
		case y.Sign() == 0:
			return nil, fmt.Errorf("division by zero")
		default:
			x.Quo(x, y)
		}
	}
	return nil, err
}

func (p *formula) power(depth int) (*big.Rat, error) {
	if p.take("-", "−") != "" {
		if depth > maxDepth {
			return nil, fmt.Errorf("nested too deeply")
		}
		x, err := p.power(depth + 1)
		if err != nil {
			return nil, err
		}
		return x.Neg(x), nil
	}
	x, err := p.factor(depth)
	if err != nil || p.take("^") == "" {
		return x, err
	}
	e, err := p.factor(depth)
	if err != nil {
		return nil, err
	}
	if !e.IsInt() || e.Sign() < 0 || e.Cmp(big.NewRat(63, 1)) > 0 {
		return nil, fmt.Errorf("exponent %s, whole numbers from 0 to 63 are possible", e.RatString())
	}
	y := big.NewRat(1, 1)
	for range e.Num().Int64() {
		if y.Mul(y, x); y.Num().BitLen() > maxBits || y.Denom().BitLen() > maxBits {
			return nil, fmt.Errorf("a power is too large")
		}
	}
	return y, nil
}

// brackets are the pairs that hold one sum, and what they do to it.
var brackets = map[string]struct {
	end   string
	apply func(*big.Rat) *big.Rat
}{
	"(": {")", func(x *big.Rat) *big.Rat { return x }},
	"⌈": {"⌉", ceil},
	"⌊": {"⌋", floor},
}

func (p *formula) factor(depth int) (*big.Rat, error) {
	t := p.token
	p.next()
	if b, ok := brackets[t]; ok {
		x, err := p.sum(depth + 1)
		if err == nil {
			err = p.expect(b.end)
		}
		if err != nil {
			return nil, err
		}
		return b.apply(x), nil
	}
	first, _ := utf8.DecodeRuneInString(t)
	switch {
	case t == "":
		return nil, fmt.Errorf("ends too early")
	case unicode.IsDigit(first):
		x, ok := new(big.Int).SetString(t, 10)
		if !ok {
			return nil, fmt.Errorf("%q is no number", t)
		}
		return new(big.Rat).SetInt(x), nil
	case !identifier(t):
		return nil, fmt.Errorf("unexpected %q", t)
	case p.token == "(":
		return p.call(t, depth)
	}
	n, ok := p.values[t]
	if !ok {
		return nil, fmt.Errorf("no value for %q", t)
	}
	return big.NewRat(n, 1), nil
}

// call reads the arguments of a function.
func (p *formula) call(name string, depth int) (*big.Rat, error) {
	var args []*big.Rat
	for sep := p.take("("); sep != ""; sep = p.take(",") {
		x, err := p.sum(depth + 1)
		if err != nil {
			return nil, err
		}
		args = append(args, x)
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	x := args[0]
	switch {
	case name == "ceil" && len(args) == 1:
		return ceil(x), nil
	case name == "floor" && len(args) == 1:
		return floor(x), nil
	case name == "max" || name == "min":
		for _, y := range args[1:] {
			if c := y.Cmp(x); name == "max" && c > 0 || name == "min" && c < 0 {
				x = y
			}
		}
		return x, nil
	}
	return nil, fmt.Errorf("no function %s of %d arguments", name, len(args))
}

// floor and ceil round. The denominator of a big.Rat is positive, for which
// big.Int's Euclidean division rounds down.
func floor(x *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Div(x.Num(), x.Denom()))
}

func ceil(x *big.Rat) *big.Rat {
	return new(big.Rat).Neg(floor(new(big.Rat).Neg(x)))
}
