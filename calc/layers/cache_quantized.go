package layers

import (
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// quantized is transformers' Fp8QuantizedLayer: keys and values in a byte with
// one scale. The prompt's own are used as they are; a later step takes all of
// them back to the model's type.
func (c *cache) quantized(f *tape.Frame, at cacheSlot, k, v *tape.Tensor, h tape.Heads) (*tape.Tensor, *tape.Tensor, tape.Heads) {
	t := c.b.T
	x := c.held[at]
	if x == nil {
		x = &cached{}
		x.k, x.more = c.toBytes(k, x.more)
		x.v, x.more = c.toBytes(v, x.more)
		c.hold(at, x)
		return k, v, h
	}
	h.Keys = c.b.oneMore(c.cached)
	g := t.Frame(x.k, x.v) // the local variables of update
	t.Release(x.k, x.v)
	newK, newV := g.V(c.inBytes(k)), g.V(c.inBytes(v))
	join := func(x *tape.Tensor) *tape.Tensor {
		d := x.Dims()
		return t.Keep(t.Make("joined in fp8", tape.U8, []tape.Dim{d[0], d[1], h.Keys, d[3]}))
	}
	x.k, x.v = join(newK), join(newV)
	back := func(x, of *tape.Tensor) *tape.Tensor {
		wide := t.Make("cache in fp32", tape.F32, x.Dims())
		return g.V(t.Make("cache in the model's type", of.DType(), x.Dims(), t.Make("cache times its scale", tape.F32, x.Dims(), wide)))
	}
	keys := back(x.k, k)
	keys, values := g.Ret2(keys, back(x.v, v))
	return f.Re(k, keys), f.Re(v, values), h
}

// toBytes quantizes a prompt's keys or values and keeps their scale.
func (c *cache) toBytes(x *tape.Tensor, kept []*tape.Tensor) (*tape.Tensor, []*tape.Tensor) {
	t := c.b.T
	largest := t.Make("largest magnitude", x.DType(), nil, t.Make("magnitudes", x.DType(), x.Dims()))
	scale := t.Keep(t.Make("scale", tape.F32, nil, largest))
	return t.Keep(c.inBytes(x)), append(kept, scale)
}

// inBytes divides by the scale in fp32 and rounds to fp8.
func (c *cache) inBytes(x *tape.Tensor) *tape.Tensor {
	t := c.b.T
	wide := t.Make("in fp32", tape.F32, x.Dims())
	return t.Make("in fp8", tape.U8, x.Dims(), t.Make("over its scale", tape.F32, x.Dims(), wide))
}

// checkCache refuses caches that are not written.
func (b *Builder) checkCache() {
	i := b.Inference
	if !i.On || i.CachePrecision == workload.CacheModel {
		return
	}
	own := workload.CacheBF16
	if b.Train.Compute() == workload.FP16 {
		own = workload.CacheFP16
	}
	p := i.CachePrecision
	switch {
	case p == own && b.Train.Compute() != workload.FP32:
	case i.Cache == workload.PagedCache:
	case i.Cache == workload.DynamicCache && p == workload.CacheFP8:
	case i.Cache == workload.StaticCache:
		b.Fail(say.Errorf("cachePrecision %v is not modelled with a static cache, which keeps the model's type; send cacheImplementation dynamic with fp8, or paged", p))
	case p == workload.CacheInt8 || p == workload.CacheInt4:
		b.Fail(say.Errorf("cachePrecision %v with a dynamic cache is HQQ's or quanto's, whose temporaries are not modelled; send fp8, or cacheImplementation paged", p))
	default:
		b.Fail(say.Errorf("cachePrecision %v is not the model's type, which a dynamic cache keeps; leave it out, or send fp8 or cacheImplementation paged", p))
	}
}
