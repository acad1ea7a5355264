package layers

import (
	"fmt"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// Generator is a model that can continue a sequence.
type Generator interface {
	// Next gives the logits of the token after the last: [B, 1, V].
	Next(ids *tape.Tensor) *tape.Tensor
}

// cache is transformers' DynamicCache: each layer's keys and values, joined to
// the new ones at every step.
type cache struct {
	b      *Builder
	before tape.Dim // cached tokens when the last step begins
	last   bool     // the last step is being recorded
	held   map[layerAt][2]*tape.Tensor
	order  []layerAt      // of the layers
	passed map[[2]int]int // layers of each repetition that this step has passed
}

// layerAt is a layer: the repetition that it belongs to, and which one of it,
// since a repetition may be a period of several layers.
type layerAt struct{ section, index, nth int }

// generate records what evaluation by generation takes in a training run: the
// prompt, then the last token, when the cache is longest. Steps between take
// less. The model is in evaluation mode; weights and optimizer states are
// there as in training, gradients are not. Masks of a decode step, a byte or
// two for each cached token, are not modelled.
func (b *Builder) generate(m Model) {
	if b.Train.MaxGeneration <= 0 {
		return
	}
	g, ok := m.(Generator)
	if !ok {
		b.Fail(fmt.Errorf("maxGenerationLength: generation with this model is not modelled yet; send 0"))
		return
	}
	t := b.T
	t.Phase(memory.Evaluation)
	tokens := t.Symbol("G", "tokens generated in evaluation", b.Train.MaxGeneration)
	c := &cache{b: b, held: map[layerAt][2]*tape.Tensor{}, before: b.cached(tokens)}
	b.cache = c
	t.Evaluate(func() {
		t.Autocast(b.amp(), func() { b.next(g, b.S) })
		c.last = true
		t.Autocast(b.amp(), func() { b.next(g, tape.One) })
	})
	b.cache = nil
	c.drop()
}

// cached is how many tokens the cache holds before the last step.
func (b *Builder) cached(tokens tape.Dim) tape.Dim {
	s := b.S
	return b.T.Derived("cachedTokens", "prompt and generated tokens but the last", func(v *tape.Values) int64 {
		return s.Value(v) + tokens.Value(v) - 1
	})
}

// next runs one forward and takes its logits in fp32, as generate does.
func (b *Builder) next(g Generator, seq tape.Dim) {
	t := b.T
	b.cache.passed = map[[2]int]int{}
	f := t.Frame(t.Input("token ids", tape.I64, b.B, seq))
	logits := f.V(g.Next(f.Args()[0]))
	f.V(t.Make("logits of the last token in fp32", tape.F32, []tape.Dim{b.B, logits.Last()}))
	f.End()
}

// remembered joins keys and values to the layer's cache, if a generation is in
// progress. The frame holds both.
func (b *Builder) remembered(f *tape.Frame, k, v *tape.Tensor, h tape.Heads) (*tape.Tensor, *tape.Tensor, tape.Heads) {
	if b.cache == nil {
		return k, v, h
	}
	k2, v2, h := b.cache.update(k, v, h)
	return f.Re(k, k2), f.Re(v, v2), h
}

// update joins a layer's keys and values to its cache.
func (c *cache) update(k, v *tape.Tensor, h tape.Heads) (*tape.Tensor, *tape.Tensor, tape.Heads) {
	t := c.b.T
	defer t.As(memory.KVCache)()
	defer t.Scope("cache")()
	section, index := t.Repetition()
	repetition := [2]int{section, index}
	at := layerAt{section, index, c.passed[repetition]}
	c.passed[repetition]++
	old, ok := c.held[at]
	if !ok {
		c.order = append(c.order, at)
	}
	if c.last {
		for i, x := range old { // grown by the steps between
			dims := x.Dims()
			t.Release(x)
			old[i] = t.Keep(t.Make("cached", x.DType(), []tape.Dim{dims[0], dims[1], c.before, dims[3]}))
		}
		h.Keys = c.b.oneMore(c.before)
	}
	var now [2]*tape.Tensor
	for i, x := range []*tape.Tensor{k, v} {
		dims := x.Dims()
		now[i] = t.Keep(t.Make("joined", x.DType(), []tape.Dim{dims[0], dims[1], h.Keys, dims[3]}))
		if old[i] != nil {
			t.Release(old[i])
		}
	}
	t.Done(k, v)
	c.held[at] = now
	return now[0], now[1], h
}

// oneMore is n + 1.
func (b *Builder) oneMore(n tape.Dim) tape.Dim {
	return b.T.Derived("keysAtEnd", "prompt and generated tokens", func(v *tape.Values) int64 { return n.Value(v) + 1 })
}

func (c *cache) drop() {
	for _, at := range c.order {
		kv := c.held[at]
		c.b.T.Release(kv[0], kv[1])
	}
}
