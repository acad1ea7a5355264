package tape

// TotalBytes is the size of some recorded parameters and of those that they
// stand for.
func (t *Tape) TotalBytes(ps []*Param) Dim {
	sums := map[int64][]*Param{}
	var widths []int64
	for _, p := range ps {
		n := p.dt.Size()
		if len(sums[n]) == 0 {
			widths = append(widths, n)
		}
		sums[n] = append(sums[n], p)
	}
	var parts []Dim
	for _, n := range widths {
		parts = append(parts, t.TotalElements(sums[n]).By(n))
	}
	return t.SumOf("bytes", "bytes of the trained parameters", parts...)
}

// Buckets are the sizes in bytes of the buckets that parameters fill one after
// the other, each of one type and full when it reaches its limit, the first of
// them a smaller one; at the present sizes, with all repetitions of sections.
// The last takes what others leave of all bytes, whatever the sizes.
func (t *Tape) Buckets(ps []*Param, first, limit int64) []Dim {
	v := t.rec.syms.present()
	type bucket struct {
		bytes int64
		begun bool
	}
	var out []int64
	open := map[DType]*bucket{}
	var order []DType
	for _, p := range t.every(ps, &v) {
		b := open[p.dt]
		if b == nil {
			b = &bucket{}
			open[p.dt], order = b, append(order, p.dt)
		}
		full := limit
		if !b.begun {
			full = first
		}
		b.bytes += mulCap(p.Elements().Value(&v), p.dt.Size())
		if b.bytes >= full {
			out = append(out, b.bytes)
			b.bytes, b.begun = 0, true
		}
	}
	for _, dt := range order {
		if n := open[dt].bytes; n > 0 {
			out = append(out, n)
		}
	}
	return t.remainderLast(out, t.TotalBytes(ps))
}

// remainderLast are sizes of which the last makes their sum all.
func (t *Tape) remainderLast(sizes []int64, all Dim) []Dim {
	var dims []Dim
	var before int64
	for _, n := range sizes[:max(1, len(sizes))-1] {
		dims = append(dims, N(n))
		before += n
	}
	return append(dims, t.Of("lastBucket", "bytes of the bucket that takes what others leave", all, func(all int64) int64 { return max(0, all-before) }))
}

// every lists parameters, those of a repetition that stands for others as often
// as it does.
func (t *Tape) every(ps []*Param, v *Values) []*Param {
	var out []*Param
	for lo := 0; lo < len(ps); {
		hi, times := lo+1, int64(1)
		if w := ps[lo].where; w.group != 0 {
			for hi < len(ps) && ps[hi].where == w {
				hi++
			}
			times = t.weightOf(ps[lo], v)
		}
		for range times {
			out = append(out, ps[lo:hi]...)
		}
		lo = hi
	}
	return out
}

// Nothing is a tensor of another's shape and type whose memory is part of
// another's.
func (t *Tape) Nothing(x *Tensor) *Tensor {
	return t.temporary(&Tensor{st: &storage{id: x.st.id, refs: 1, empty: true}, refs: 1, dims: x.dims, dt: x.dt})
}
