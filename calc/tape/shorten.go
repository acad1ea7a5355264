package tape

// lookBack is how many of the latest peaks a new one is held against. More
// find little more: what repeats in a block repeats nearby.
const lookBack = 16

// A shortener writes a block of codes anew with fewer: the same sum, and the
// same highest sum on the way, for whatever sizes. Of the peaks between a
// tensor that comes and one that goes only those stay that no other is above
// for certain: the difference of two peaks is a sum of products of symbols,
// and where none of its coefficients is negative the second is never lower.
type shortener struct {
	product []int32 // of each size: which product of symbols
	factor  []int64 // and its coefficient

	peaks  []changes // what changes before each peak that stays, since the one before
	next   changes   // what has changed since the last of them
	above  []int64   // the next peak less an earlier one, by product
	plus   int       // products with a positive coefficient in above
	minus  int       // and with a negative one
	filled []int32   // products that above has had a number for, each once
	listed []bool    // of each product: it is in filled
	left   []int64   // what of filled is not covered yet
	part   []int8    // of each pair of products: 1 if the first is within the second, -1 if not, 0 if unknown
	of     []Dim     // the products
	given  []bool    // of each symbol: it is given, not derived
}

// changes counts stores by size: those that came less those that went.
type changes []change

type change struct {
	size int32
	n    int64
}

func newShortener(sizes []Dim, syms *symbols) *shortener {
	s := &shortener{product: make([]int32, len(sizes)), factor: make([]int64, len(sizes))}
	for _, sym := range syms.table {
		s.given = append(s.given, sym.derive == nil)
	}
	index := map[Dim]int32{}
	for i, d := range sizes {
		s.factor[i], d.c = d.c, 1
		k, ok := index[d]
		if !ok {
			k = int32(len(index))
			index[d] = k
			s.of = append(s.of, d)
		}
		s.product[i] = k
	}
	s.above, s.listed = make([]int64, len(index)), make([]bool, len(index))
	s.part = make([]int8, len(index)*len(index))
	return s
}

// shorten appends what codes come to.
func (s *shortener) shorten(out, codes []int32) []int32 {
	s.peaks, s.next = s.peaks[:0], nil
	rising := false
	for _, c := range codes {
		goes := c&1 == 1
		if goes && rising {
			s.peak()
		}
		rising = !goes
		s.next = s.next.with(change{size: c >> 1, n: sign(c)})
	}
	if rising {
		s.peak()
	}
	for _, p := range s.peaks {
		out = p.codes(out)
	}
	return s.next.codes(out)
}

// peak holds the present sum against the latest peaks and the block's start,
// drops those that it is above, and stays unless it is below one.
func (s *shortener) peak() {
	s.forget()
	s.raise(s.next)
	last := len(s.peaks) - 1
	for i := last; i >= 0 && i > last-lookBack; i-- {
		if s.plus == 0 || s.covers(-1) {
			return
		}
		higher := s.minus == 0 || s.covers(1)
		s.raise(s.peaks[i])
		if higher {
			s.drop(i)
		}
	}
	if len(s.peaks) <= lookBack && s.plus == 0 {
		return
	}
	s.peaks = append(s.peaks, s.next)
	s.next = nil
}

// drop removes a peak: what changed before it changes before the next one.
func (s *shortener) drop(i int) {
	after := &s.next
	if i+1 < len(s.peaks) {
		after = &s.peaks[i+1]
	}
	joined := s.peaks[i]
	for _, c := range *after {
		joined = joined.with(c)
	}
	*after = joined
	s.peaks = append(s.peaks[:i], s.peaks[i+1:]...)
}

// raise adds changes to above.
func (s *shortener) raise(cs changes) {
	for _, c := range cs {
		p := s.product[c.size]
		old := s.above[p]
		if !s.listed[p] {
			s.listed[p] = true
			s.filled = append(s.filled, p)
		}
		now := old + c.n*s.factor[c.size]
		s.above[p] = now
		s.plus += positive(now) - positive(old)
		s.minus += positive(-now) - positive(-old)
	}
}

func positive(n int64) int {
	if n > 0 {
		return 1
	}
	return 0
}

// forget empties above.
func (s *shortener) forget() {
	for _, p := range s.filled {
		s.above[p], s.listed[p] = 0, false
	}
	s.filled, s.plus, s.minus = s.filled[:0], 0, 0
}

// with adds a change.
func (cs changes) with(c change) changes {
	for i := range cs {
		if cs[i].size == c.size {
			if cs[i].n += c.n; cs[i].n == 0 {
				cs[i] = cs[len(cs)-1]
				return cs[:len(cs)-1]
			}
			return cs
		}
	}
	return append(cs, c)
}

// codes appends the changes as codes, what goes before what comes.
func (cs changes) codes(out []int32) []int32 {
	for _, goes := range []int64{1, 0} {
		for _, c := range cs {
			for n := c.n * (1 - 2*goes); n > 0; n-- {
				out = append(out, c.size<<1|int32(goes))
			}
		}
	}
	return out
}

// covers says whether the products of one sign in above are, symbol by symbol,
// parts of products of the other sign that are counted no less often: symbols
// that are given are never below 1.
func (s *shortener) covers(sign int64) bool {
	s.left = s.left[:0]
	for _, p := range s.filled {
		s.left = append(s.left, sign*s.above[p])
	}
	for i, p := range s.filled {
		for j, q := range s.filled {
			if s.left[i] >= 0 {
				break
			}
			if s.left[j] > 0 && s.within(p, q) {
				n := min(s.left[j], -s.left[i])
				s.left[i] += n
				s.left[j] -= n
			}
		}
		if s.left[i] < 0 {
			return false
		}
	}
	return true
}

// within says whether product p divides product q, what is left being given
// symbols.
func (s *shortener) within(p, q int32) bool {
	known := &s.part[int(p)*len(s.of)+int(q)]
	if *known == 0 {
		*known = -1
		if rest, ok := s.of[q].Over(s.of[p]); ok && s.allGiven(rest) {
			*known = 1
		}
	}
	return *known > 0
}

func (s *shortener) allGiven(d Dim) bool {
	for _, f := range d.f {
		if f != 0 && !s.given[f-1] {
			return false
		}
	}
	return true
}
