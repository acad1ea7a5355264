package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// cache keeps each layer's keys and values (transformers' cache_utils.py; a
// server's pool of blocks).
type cache struct {
	b      *Builder
	form   workload.CacheImplementation
	count  int64    // tokens to generate
	prompt tape.Dim // tokens of the prompt
	all    tape.Dim // tokens that the last step sees: its own is not cached for a next
	batch  tape.Dim // sequences of the present step
	cached tape.Dim // tokens that are cached when the present step begins, 0 in the prompt's
	begun  bool     // the prompt has been run
	held   map[cacheSlot]*cached
	order  []cacheSlot
	extra  []*tape.Tensor // what belongs to a pool besides
	calls  map[[2]int]int // caches that a repetition of a section has asked for in this step
}

// A cacheSlot is where in the model keys and values belong: the repeated
// section, the repetition, and which of the caches there.
type cacheSlot struct{ section, index, nth int }

// cached are a layer's keys and values.
type cached struct {
	k, v   *tape.Tensor
	more   []*tape.Tensor // scales of a quantized cache, a counter
	window int64
	fixed  bool // never joined: those of an encoder's states
}

// newCache prepares a cache for a prompt and a number of tokens after it.
func (b *Builder) newCache(prompt tape.Dim, count int64, form workload.CacheImplementation) *cache {
	c := &cache{b: b, form: form, count: count, prompt: prompt, all: prompt, batch: b.B, cached: tape.N(0), held: map[cacheSlot]*cached{}}
	if count > 1 {
		s, n := prompt, b.T.Symbol("G", "tokens to generate", count)
		c.all = b.T.Derived("tokensAtEnd", "tokens that the last step sees: the prompt and all generated but the last", func(v *tape.Values) int64 {
			return s.Value(v) + n.Value(v) - 1
		})
	}
	c.calls = map[[2]int]int{}
	return c
}

// Decoding says whether a generation is in progress whose prompt has been run.
func (b *Builder) Decoding() bool { return b.session != nil && b.session.cache.begun }

// advance ends a step.
func (c *cache) advance() {
	c.calls = map[[2]int]int{}
	if !c.begun {
		c.begun, c.cached = true, c.prompt
		return
	}
	c.cached = c.b.oneMore(c.cached)
}

// steps runs the steps that are recorded: the first and the last, and grow
// between them.
func (c *cache) steps(step, grow func()) {
	if c.count < 2 {
		return
	}
	if c.form == workload.PagedCache {
		c.batch = c.b.requests()
	}
	step()
	if c.count < 3 {
		return
	}
	before := c.all
	c.cached = c.b.T.Of("oneLess", "one token less", before, func(n int64) int64 { return n - 1 })
	grow()
	c.grow()
	step()
}

// slot is where the present call's keys and values belong.
func (c *cache) slot() cacheSlot {
	section, index := c.b.T.Repetition()
	at := [2]int{section, index}
	c.calls[at]++
	return cacheSlot{section, index, c.calls[at]}
}

// remembered puts a layer's keys and values into the cache, if a generation is
// in progress, and gives those that attention sees. The frame holds both.
func (b *Builder) remembered(f *tape.Frame, k, v *tape.Tensor, h tape.Heads) (*tape.Tensor, *tape.Tensor, tape.Heads) {
	if b.session == nil {
		return k, v, h
	}
	t := b.T
	defer t.As(memory.KVCache)()
	defer t.Scope("cache")()
	c := b.session.cache
	at := c.slot()
	switch c.form {
	case workload.StaticCache:
		return c.static(f, at, k, v, h)
	case workload.PagedCache:
		return c.paged(at, k, v, h)
	}
	if b.Inference.CachePrecision == workload.CacheFP8 {
		return c.quantized(f, at, k, v, h)
	}
	return c.joined(f, at, k, v, h)
}

// joined is DynamicLayer and DynamicSlidingWindowLayer: new tensors of the old
// and the new tokens. A window is cut by a view, so that the whole stays until
// the next step.
func (c *cache) joined(f *tape.Frame, at cacheSlot, k, v *tape.Tensor, h tape.Heads) (*tape.Tensor, *tape.Tensor, tape.Heads) {
	t := c.b.T
	if c.begun {
		h.Keys = c.b.oneMore(c.kept(c.cached, h.Window))
	}
	join := func(x *tape.Tensor) *tape.Tensor {
		d := x.Dims()
		return t.Keep(t.Make("joined", x.DType(), []tape.Dim{d[0], d[1], h.Keys, d[3]}))
	}
	old := c.held[at]
	now := &cached{window: h.Window}
	now.k = join(k)
	if old != nil && h.Window == 0 {
		t.Release(old.k)
	}
	now.v = join(v)
	if old != nil {
		if h.Window > 0 {
			t.Release(old.k)
		}
		t.Release(old.v)
	}
	c.hold(at, now)
	return f.Re(k, now.k), f.Re(v, now.v), h
}

func (c *cache) hold(at cacheSlot, x *cached) {
	if c.held[at] == nil {
		c.order = append(c.order, at)
	}
	c.held[at] = x
}

// recall gives the keys and values of the present call's slot as they are.
func (c *cache) recall() (k, v *tape.Tensor) {
	x := c.held[c.slot()]
	return x.k, x.v
}

// settle says that what was put into the cache last is never joined.
func (c *cache) settle() { c.held[c.order[len(c.order)-1]].fixed = true }

// kept is how many of n tokens a layer keeps for the next.
func (c *cache) kept(n tape.Dim, window int64) tape.Dim {
	if window == 0 {
		return n
	}
	return c.b.T.Of2("windowed", "tokens that a window leaves", n, c.window(window), func(n, w int64) int64 {
		return min(n, w-1)
	})
}

// grow makes the cache as long as it is before the last step.
func (c *cache) grow() {
	if c.form != workload.DynamicCache {
		return
	}
	t := c.b.T
	defer t.As(memory.KVCache)()
	for _, at := range c.order {
		x := c.held[at]
		if x.fixed {
			continue
		}
		t.InRepetition(at.section, at.index, func() {
			longer := func(x *tape.Tensor, window int64) *tape.Tensor {
				d := x.Dims()
				t.Release(x)
				return t.Keep(t.Make("cache joined", x.DType(), []tape.Dim{d[0], d[1], c.kept(c.cached, window), d[3]}))
			}
			x.k, x.v = longer(x.k, x.window), longer(x.v, x.window)
		})
	}
}

// drop lets the cache go.
func (c *cache) drop() {
	for _, at := range c.order {
		x := c.held[at]
		c.b.T.Release(x.k, x.v)
		c.b.T.Release(x.more...)
	}
	c.b.T.Release(c.extra...)
}
