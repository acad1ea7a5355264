package layers

import (
	"vramcalc/calc/tape"
)

// limit is how many tokens a static cache has room for.
func (c *cache) limit(window int64) tape.Dim {
	if window == 0 {
		return c.all
	}
	return c.b.T.Of2("windowOfStatic", "room of a static cache within a window", c.all, c.window(window), func(n, w int64) int64 { return min(n, w) })
}

func (c *cache) window(n int64) tape.Dim {
	return c.b.T.Symbol("W", "window of attention, in tokens", n)
}

// overflows says whether the prompt is longer than a static cache's window.
func (c *cache) overflows(window int64) bool {
	return window > 0 && c.b.T.AtLeast(c.prompt, window+1)
}

// full says whether a static cache's window is full before this step.
func (c *cache) full(window int64) bool {
	return window > 0 && c.begun && c.b.T.AtLeast(c.cached, window)
}

// static is StaticLayer and StaticSlidingWindowLayer: room for all tokens from
// the first call on, into which new ones are copied. A full window rolls by way
// of a copy.
func (c *cache) static(f *tape.Frame, at cacheSlot, k, v *tape.Tensor, h tape.Heads) (*tape.Tensor, *tape.Tensor, tape.Heads) {
	t := c.b.T
	x := c.held[at]
	if x == nil {
		room := func(x *tape.Tensor) *tape.Tensor {
			d := x.Dims()
			return t.Keep(t.Make("room for all tokens", x.DType(), []tape.Dim{d[0], d[1], c.limit(h.Window), d[3]}))
		}
		x = &cached{window: h.Window, k: room(k), v: room(v)}
		x.more = []*tape.Tensor{t.Keep(t.Make("tokens in the cache", tape.I64, nil))}
		c.hold(at, x)
	}
	if !c.begun && c.overflows(h.Window) { // attention sees the prompt's own
		return k, v, h
	}
	g := t.Frame()
	if c.full(h.Window) {
		g.V(t.Make("keys, rolled", k.DType(), x.k.Dims()))
		g.V(t.Make("values, rolled", v.DType(), x.v.Dims()))
	} else {
		row := k.Dims()[2:3]
		g.V(t.Make("places in the cache", tape.I64, row, t.Make("range", tape.I64, row)))
	}
	g.End()
	if c.begun || c.b.eagerly() {
		h.Keys = c.limit(h.Window)
		return f.Re(k, x.k), f.Re(v, x.v), h
	}
	seen := func(x, of *tape.Tensor) *tape.Tensor { // a kernel sees the prompt's part
		d := x.Dims()
		return t.Slice(of, d...)
	}
	return f.Re(k, seen(k, x.k)), f.Re(v, seen(v, x.v)), h
}
