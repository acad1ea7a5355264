package tape

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

const (
	// maxSymbols bounds the symbols of one program, so that values fit a
	// fixed array and evaluation allocates nothing: a factor of a size is a
	// byte.
	maxSymbols = 255
	// maxFactors bounds the symbols multiplied in one size.
	maxFactors = 6
	// maxSize is the largest single tensor that evaluation carries, 2^43 bytes
	// (8 TiB): a block of 2^18 of them still adds without overflow.
	// A larger one marks the result as overflown.
	maxSize = 1 << 43
)

// Values holds the numbers of a program's symbols, by symbol. Every byte is an
// index of it.
type Values [maxSymbols + 1]int64

// symbol is a named number. A base symbol (batch, sequence, a width) is given
// when a program is evaluated; a derived one is computed from earlier symbols:
// rounded lengths, sums of widths, scratch that a kernel asks for.
type symbol struct {
	name   string
	doc    string
	value  int64                 // of the base symbol when the program was recorded
	derive func(v *Values) int64 // nil for a base symbol
}

// Dim is a product of a coefficient and symbols: the size of a dimension, a
// number of elements, a number of bytes. The zero Dim is 0. Dims are
// comparable: equal products are equal values.
type Dim struct {
	c int64
	f [maxFactors]uint8 // symbols plus 1, descending; 0 = none
}

// N is the constant dimension n.
func N(n int64) Dim {
	if n < 0 {
		panic("tape: negative dimension")
	}
	return Dim{c: n}
}

// One is the constant 1.
var One = N(1)

// IsOne says whether the dimension is known to be 1 whatever the sizes.
func (d Dim) IsOne() bool { return d == One }

// Const is the dimension's number and whether it has no symbols.
func (d Dim) Const() (int64, bool) { return d.c, d.f == [maxFactors]uint8{} }

// Times multiplies dimensions.
func (d Dim) Times(others ...Dim) Dim {
	for _, o := range others {
		d.c = mulCap(d.c, o.c)
		if d.c == 0 {
			return Dim{}
		}
		for _, s := range o.f {
			if s != 0 {
				d.insert(s)
			}
		}
	}
	return d
}

// Over divides by a dimension whose factors d has; ok is false where it has
// not.
func (d Dim) Over(o Dim) (q Dim, ok bool) {
	if o.c == 0 || d.c%o.c != 0 {
		return Dim{}, false
	}
	d.c /= o.c
	for _, s := range o.f {
		if s == 0 {
			continue
		}
		i := slices.Index(d.f[:], s)
		if i < 0 {
			return Dim{}, false
		}
		copy(d.f[i:], d.f[i+1:])
		d.f[maxFactors-1] = 0
	}
	return d, true
}

// By multiplies with a number.
func (d Dim) By(n int64) Dim { return d.Times(N(n)) }

func (d *Dim) insert(s uint8) {
	if d.f[maxFactors-1] != 0 {
		panic("tape: too many factors in one size")
	}
	for i := range d.f {
		if d.f[i] < s {
			copy(d.f[i+1:], d.f[i:])
			d.f[i] = s
			return
		}
	}
}

// eval is the number of the dimension, capped at maxSize.
func (d *Dim) eval(v *Values) int64 {
	n := d.c
	for i := 0; i < maxFactors && d.f[i] != 0; i++ {
		n = mulCap(n, v[d.f[i]-1])
	}
	return n
}

// mulCap multiplies two non-negative numbers and saturates at maxSize.
func mulCap(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > maxSize {
		return maxSize
	}
	return int64(lo)
}

// symbols is a program's table of symbols.
type symbols struct {
	table []symbol
	index map[string]int
}

// Symbol declares a base symbol with its present value. A value of 1 gives the
// constant 1: whether a dimension is one is structure (a view stays
// contiguous), not size. Declaring the same name again gives the same symbol.
func (t *Tape) Symbol(name, doc string, value int64) Dim {
	if value == 1 {
		return One
	}
	return t.declare(symbol{name: name, doc: doc, value: max(0, value)})
}

// Derived declares a symbol that is computed from others when the program is
// evaluated. The name appears in printed formulas, the doc says what it is.
// The function must be total and must not allocate.
func (t *Tape) Derived(name, doc string, derive func(v *Values) int64) Dim {
	return t.declare(symbol{name: name, doc: doc, derive: derive})
}

// Value is the number of a dimension, for use inside a Derived function.
func (d Dim) Value(v *Values) int64 { return d.eval(v) }

func (t *Tape) declare(s symbol) Dim {
	i, ok := t.rec.syms.index[s.name]
	if !ok {
		if len(t.rec.syms.table) == maxSymbols {
			panic("tape: too many symbols")
		}
		if t.rec.syms.index == nil {
			t.rec.syms.index = map[string]int{}
		}
		i = len(t.rec.syms.table)
		t.rec.syms.index[s.name] = i
		t.rec.syms.table = append(t.rec.syms.table, s)
	}
	d := One
	d.insert(uint8(i + 1))
	return d
}

// format prints a dimension in symbols: 2·B·S·h.
func (s *symbols) format(d Dim) string {
	var parts []string
	fs := slices.Clone(d.f[:])
	slices.Reverse(fs)
	for _, f := range fs {
		if f != 0 {
			parts = append(parts, s.table[f-1].name)
		}
	}
	if d.c != 1 || len(parts) == 0 {
		parts = append([]string{fmt.Sprint(d.c)}, parts...)
	}
	return strings.Join(parts, "·")
}
