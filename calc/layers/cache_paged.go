package layers

import (
	"fmt"

	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// BlockTokens is how many tokens a block of a server's cache holds (vLLM's
// CacheConfig.block_size on CUDA).
const BlockTokens = 16

// requests is how many sequences a server continues at once.
func (b *Builder) requests() tape.Dim {
	return b.T.Symbol("R", "concurrent requests", b.Inference.Requests)
}

// paged is a server's pool: blocks of tokens for all requests, into which new
// keys and values are written and from which attention reads in place.
func (c *cache) paged(at cacheSlot, k, v *tape.Tensor, h tape.Heads) (*tape.Tensor, *tape.Tensor, tape.Heads) {
	if c.held[at] == nil {
		x := &cached{window: h.Window}
		x.k, x.v = c.pool("keys", k, h.Window), c.pool("values", v, h.Window)
		c.hold(at, x)
	}
	if c.begun {
		h.Keys = c.b.oneMore(c.kept(c.cached, h.Window))
	}
	return k, v, h
}

// pool is the blocks of keys or values of a layer.
func (c *cache) pool(what string, x *tape.Tensor, window int64) *tape.Tensor {
	b, t, d := c.b, c.b.T, x.Dims()
	tokens := c.limit(window)
	per := t.Of("blocksOfRequest", fmt.Sprintf("blocks of %d tokens", BlockTokens), tokens, func(n int64) int64 {
		return (n + BlockTokens - 1) / BlockTokens
	})
	blocks := per.Times(b.requests())
	if b.Inference.Spare > 0 {
		spare := t.Symbol("spareBlocks", "blocks of the cache beyond what the requests need", b.Inference.Spare)
		blocks = t.Of2("blocks", "blocks of the cache", blocks, spare, func(n, m int64) int64 { return n + m })
	}
	dt, scales := b.cacheType(x.DType())
	width := d[3]
	if b.Inference.CachePrecision == workload.CacheInt4 {
		width = t.Of("packedHead", "bytes of a head in four bits an element", width, func(n int64) int64 { return (n + 1) / 2 })
	}
	pool := []tape.Dim{blocks, tape.N(BlockTokens), d[1], width}
	if scales {
		b.session.cache.extra = append(b.session.cache.extra, t.Keep(t.Make("scales and zeros of "+what, tape.F16, []tape.Dim{blocks, tape.N(BlockTokens), d[1], tape.N(2)})))
	}
	return t.Keep(t.Make("pool of "+what, dt, pool))
}

// cacheType is the type in which a cache keeps numbers of a model's type, and
// whether each head of each token has a scale and a zero (LMDeploy's int8 and
// int4; fp8 has one scale a layer).
func (b *Builder) cacheType(own tape.DType) (dt tape.DType, scales bool) {
	switch b.Inference.CachePrecision {
	case workload.CacheFP8:
		return tape.U8, false
	case workload.CacheInt8, workload.CacheInt4:
		return tape.U8, true
	case workload.CacheFP16:
		return tape.F16, false
	case workload.CacheBF16:
		return tape.BF16, false
	}
	return own, false
}
