package report_test

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// evaluate computes a printed formula over its values: + - · * / ^, brackets,
// ceil(x), max(x, y), min(x, y) and ⌈x⌉.
func evaluate(formula string, values map[string]float64) (result float64, err error) {
	p := parser{rest: formula, values: values}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: %v at %q", formula, r, p.rest)
		}
	}()
	result = p.sum()
	if p.peek() != 0 {
		panic("unexpected")
	}
	return result, nil
}

type parser struct {
	rest   string
	values map[string]float64
}

func (p *parser) peek() rune {
	p.rest = strings.TrimLeft(p.rest, " ")
	if p.rest == "" {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(p.rest)
	return r
}

func (p *parser) take(r rune) bool {
	if p.peek() != r {
		return false
	}
	p.rest = p.rest[utf8.RuneLen(r):]
	return true
}

func (p *parser) expect(r rune) {
	if !p.take(r) {
		panic("expected " + string(r))
	}
}

func (p *parser) sum() float64 {
	x := p.product()
	for {
		switch {
		case p.take('+'):
			x += p.product()
		case p.take('-'), p.take('−'):
			x -= p.product()
		default:
			return x
		}
	}
}

func (p *parser) product() float64 {
	x := p.power()
	for {
		switch {
		case p.take('·'), p.take('*'), p.take('×'):
			x *= p.power()
		case p.take('/'):
			x /= p.power()
		default:
			return x
		}
	}
}

func (p *parser) power() float64 {
	x := p.atom()
	switch {
	case p.take('^'):
		return math.Pow(x, p.power())
	case p.take('²'):
		return x * x
	}
	return x
}

func (p *parser) atom() float64 {
	switch {
	case p.take('('):
		x := p.sum()
		p.expect(')')
		return x
	case p.take('⌈'):
		x := p.sum()
		p.expect('⌉')
		return math.Ceil(x)
	case p.take('-'), p.take('−'):
		return -p.power()
	}
	name := p.word()
	var number float64
	if _, err := fmt.Sscan(name, &number); err == nil && unicode.IsDigit(rune(name[0])) {
		return number
	}
	if p.take('(') {
		args := []float64{p.sum()}
		for p.take(',') {
			args = append(args, p.sum())
		}
		p.expect(')')
		switch name {
		case "ceil":
			return math.Ceil(args[0])
		case "floor":
			return math.Floor(args[0])
		case "max":
			return max(args[0], args[1])
		case "min":
			return min(args[0], args[1])
		}
		panic("no function " + name)
	}
	x, ok := p.values[name]
	if !ok {
		panic("no value for " + name)
	}
	return x
}

func (p *parser) word() string {
	p.peek()
	end := strings.IndexFunc(p.rest, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.' && r != '\''
	})
	if end < 0 {
		end = len(p.rest)
	}
	if end == 0 {
		panic("expected a name or a number")
	}
	w := p.rest[:end]
	p.rest = p.rest[end:]
	return w
}
