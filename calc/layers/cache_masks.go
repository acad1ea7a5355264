package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// windowOf is the window of one kind of layers, 0 where they see all tokens:
// every n-th where kinds take turns. Of a model whose leading layers alone see
// all (Qwen2's max_window_layers) every layer is taken to.
func windowOf(m workload.Text, kind int) int64 {
	if m.WindowAfter > 0 || m.WindowPattern > 1 && int64(kind) == m.WindowPattern-1 {
		return 0
	}
	return m.Window
}

// keys is how many keys the queries of a call see in a layer: their own, and
// in a generation those that the layer's cache gives.
func (b *Builder) keys(queries tape.Dim, window int64) tape.Dim {
	if b.session == nil {
		return queries
	}
	c := b.session.cache
	switch {
	case c.form == workload.StaticCache && !(!c.begun && c.overflows(window)):
		return c.limit(window)
	case !c.begun:
		return queries
	}
	return b.oneMore(c.kept(c.cached, window))
}

// causalMask is the mask of a call's attention: numbers for attention in
// operators, booleans for a kernel, which needs one only beyond a window or for
// a token after a static cache's others; else nil.
func (b *Builder) causalMask(dt tape.DType, queries tape.Dim, window int64) *tape.Tensor {
	keys := b.keys(queries, window)
	static := b.session != nil && b.session.cache.form == workload.StaticCache
	if static && !b.eagerly() {
		return b.staticMask(dt, queries, keys, window)
	}
	switch {
	case b.pages():
		return nil
	case b.flat():
		return b.maskOfSamples(dt, queries, window)
	case b.masksTokens():
		return b.maskOfTokens(dt, queries, window)
	case window > 0 && (b.eagerly() || b.T.AtLeast(keys, window)):
		return b.WindowMask(dt, queries, keys)
	case b.eagerly():
		return b.CausalMask(dt, queries, keys)
	}
	return nil
}

// staticMask is the mask that generate makes for a kernel over a static cache,
// one for each sample: of a prompt beyond a window, and of every token after.
func (b *Builder) staticMask(dt tape.DType, queries, keys tape.Dim, window int64) *tape.Tensor {
	var one *tape.Tensor
	switch {
	case window > 0 && (b.session.cache.begun || b.T.AtLeast(keys, window)):
		one = b.WindowMask(dt, queries, keys)
	case b.session.cache.begun:
		one = b.allowed(queries, keys)
	default:
		return nil
	}
	mask := b.T.Keep(b.T.Make("mask of every sample", tape.Bool, []tape.Dim{b.B, tape.One, queries, keys}, one))
	b.session.masks = append(b.session.masks, mask)
	return mask
}

// pages says whether keys and values are read from a server's pool, whose
// kernels need no mask.
func (b *Builder) pages() bool {
	return b.session != nil && b.session.cache.form == workload.PagedCache
}

// stepsAlone says whether generate runs one token after the prompt: a server's
// steps take the kernels of its prompts.
func (b *Builder) stepsAlone() bool {
	return b.Decoding() && !b.pages()
}
