package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// MoECausal declares a decoder whose layers have routed experts, after leading
// dense layers where the model has them.
func (b *Builder) MoECausal(m workload.Text, e workload.Experts, frozen int64) *Causal {
	if m.Sinks {
		b.onlyEager()
	}
	c := &Causal{b: b, m: m, s: b.Sizes(m)}
	old := b.Frozen
	b.Frozen = b.Frozen || frozen > 0
	func() {
		defer b.In("model")()
		if b.Stage.enters() {
			c.embed = b.Embedding("embed_tokens", c.s.V, c.s.H)
		}
		b.Frozen = old
		func() {
			defer b.In("layers")()
			defer b.In("*")()
			c.stack = b.moeStack(m, e, c.s, frozen)
		}()
		if b.Stage.leaves() {
			c.norm = b.moeNorm(m, "norm", c.s.H)
		}
		rotated := b.rotated(m, c.s)
		b.Buffer("rotary_emb.inv_freq", tape.F32, b.Half("half", rotated))
		b.Buffer("rotary_emb.original_inv_freq", tape.F32, b.Half("half", rotated))
	}()
	if !b.Stage.leaves() {
		return c
	}
	c.head = b.decoderHead("lm_head", c.s.H, c.s.V, m.HeadBias, m.TiedEmbeddings && b.Stage.enters(), c.embed)
	c.kinds = llama4Period(m, e)
	if !m.Sinks && m.Family != workload.Llama4 { // prefixes of masks by kind are not written
		c.prefix = b.Prefix(c.s)
	}
	return c
}

// rotated is the part of a head that rotary embeddings turn.
func (b *Builder) rotated(m workload.Text, s Sizes) tape.Dim {
	if m.KVLoRARank > 0 {
		return b.T.Symbol("dr", "head width that rotates", m.QKRopeDim)
	}
	if m.Family == workload.GLM4MoE {
		return b.rotaryWidth(m, s)
	}
	return s.D
}

// moeNorm is the norm of a decoder like Llama's: Phi's mixture has layer norms.
func (b *Builder) moeNorm(m workload.Text, leaf string, width tape.Dim) Norm {
	switch m.Family {
	case workload.PhiMoE:
		return b.LayerNorm(leaf, width)
	case workload.Llama4:
		return llama4Norm{b.RMSNorm(leaf, width)}
	case workload.GPTOSS:
		return wideRMSNorm{b.RMSNorm(leaf, width)}
	}
	return b.RMSNorm(leaf, width)
}

// mixture declares the part of a layer with routed experts.
func (b *Builder) mixture(m workload.Text, e workload.Experts, h tape.Dim) FeedForward {
	if b.Software.Library.SeparateExperts && b.aging {
		return b.separateExperts(m, e, h)
	}
	if m.Family == workload.PhiMoE {
		return b.phiMoE("mlp", m, e, h)
	}
	if m.Family == workload.GraniteMoE {
		return b.SparseMoE("block_sparse_moe", m, e, h)
	}
	return b.SparseMoE("mlp", m, e, h)
}

// moeStack declares the leading dense layers and the layers with experts as
// one stack.
func (b *Builder) moeStack(m workload.Text, e workload.Experts, s Sizes, frozen int64) *Stack {
	if m.Family == workload.GPTOSS {
		return b.Periodic("layers", s.L, m.Layers, frozen, max(1, m.WindowPattern), func(kind int) Block {
			return b.gptOSSLayer(m, e, s, kind)
		})
	}
	if m.Family == workload.Llama4 {
		return b.Periodic("layers", s.L, m.Layers, frozen, llama4Period(m, e), func(kind int) Block {
			return b.llama4Layer(m, e, s, kind)
		})
	}
	if e.LayerFrequency > 1 && e.FirstDense == 0 {
		return b.Periodic("layers", s.L, m.Layers, frozen, e.LayerFrequency, func(kind int) Block {
			if int64(kind) == e.LayerFrequency-1 {
				return b.llamaBlock(m, s, func() FeedForward { return b.mixture(m, e, s.H) })
			}
			return b.llamaLayer(m, s)
		})
	}
	sparse := m.Layers - e.FirstDense
	layers := s.L
	if e.FirstDense > 0 {
		layers = b.T.Symbol("Lmoe", "layers with experts", sparse)
	}
	stack := &Stack{b: b}
	if e.FirstDense > 0 {
		n := b.T.Symbol("Ldense", "leading dense layers", e.FirstDense)
		stack.parts = b.Stack("dense", n, e.FirstDense, frozen, func() Block { return b.llamaLayer(m, s) }).parts
	}
	make := func() Block {
		return b.llamaBlock(m, s, func() FeedForward { return b.mixture(m, e, s.H) })
	}
	stack.parts = append(stack.parts, b.Stack("layers", layers, sparse, frozen-e.FirstDense, make).parts...)
	return stack
}
