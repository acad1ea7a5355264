package tape

import "testing"

// FuzzShortenKeepsSumAndTop takes any block of codes over sizes of every form
// and any values from 1 on: the shortened block has the same sum and the same
// highest sum, and is not longer.
func FuzzShortenKeepsSumAndTop(f *testing.F) {
	f.Add([]byte{0, 1, 0, 1, 2, 3}, uint8(1), uint8(7), uint8(3))
	f.Add([]byte{0, 2, 4, 1, 6, 3, 0, 5, 7, 1}, uint8(200), uint8(1), uint8(1))
	f.Add([]byte("a tape of tensors that come and go, and come again"), uint8(2), uint8(3), uint8(5))
	f.Fuzz(func(t *testing.T, steps []byte, b, s, h uint8) {
		tp := New(OneStep)
		B, S, H := tp.Symbol("B", "batch", 2), tp.Symbol("S", "sequence", 3), tp.Symbol("h", "hidden size", 4)
		odd := tp.Derived("odd", "0 or 1", func(v *Values) int64 { return S.Value(v) % 2 })
		sizes := []Dim{N(4), H.By(4), H.By(2), S.Times(H).By(2), B.Times(S, H).By(2), B.Times(S).By(8), odd.Times(H).By(4), B.Times(B, S).By(1)}
		codes := make([]int32, len(steps))
		for i, c := range steps {
			codes[i] = int32(c) % int32(2*len(sizes))
		}
		short := newShortener(sizes, &tp.rec.syms).shorten(nil, codes)
		if len(short) > len(codes) {
			t.Errorf("%d codes became %d", len(codes), len(short))
		}
		v := tp.rec.syms.present()
		for i, n := range []uint8{b, s, h} {
			v[i] = max(1, int64(n))
		}
		v[3] = v[1] % 2
		signed := make([]int64, 2*len(sizes))
		for i, d := range sizes {
			signed[2*i], signed[2*i+1] = d.eval(&v), -d.eval(&v)
		}
		net, top := sum(codes, signed)
		gotNet, gotTop := sum(short, signed)
		if net != gotNet || top != gotTop {
			t.Errorf("codes %v: sum %d, highest %d; shortened %v: sum %d, highest %d", codes, net, top, short, gotNet, gotTop)
		}
	})
}
