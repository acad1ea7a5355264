package layers

import (
	"slices"

	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// ligerFamilies are the models that Liger's patching functions know and whose
// patched forms are written here.
var ligerFamilies = []workload.Family{
	workload.Llama, workload.Mistral, workload.Qwen2, workload.Qwen3, workload.SmolLM3, workload.Phi3,
	workload.Gemma, workload.Gemma2, workload.Gemma3,
}

// Patches says which family the model is, for kernels that replace parts of a
// model class by class and for releases of the library.
func (b *Builder) Patches(family workload.Family) {
	b.inducted = slices.Contains(compiledFamilies, family)
	b.patched = slices.Contains(ligerFamilies, family)
	b.aging = slices.Contains([]workload.Family{workload.Llama, workload.Mistral, workload.Qwen2, workload.Granite, workload.Mixtral}, family)
	b.tablesInside = b.Software.Library.TablesByLayer && (family == workload.Mistral || family == workload.Mixtral)
	b.normsKeep = family == workload.Gemma2 || family == workload.Gemma3
}

// checkLiger refuses Liger's kernels for a model whose patched form is not
// written.
func (b *Builder) checkLiger() {
	if b.Software.Liger.On() && !b.patched {
		b.Fail(say.Errorf("kernels of Liger are not modelled for this model; leave stackOptions.use_liger_kernel out, or send trainingStack pytorch"))
	}
}

// fusedNorm is an RMS norm in Liger's kernel. Heads that lie as projections
// give them [B, a, S, d] are apart in memory.
func (b *Builder) fusedNorm(x *tape.Tensor, w *tape.Param, byHead bool) *tape.Tensor {
	return b.T.NormFused(x, w.Tensor, !b.normsKeep, byHead && many(x))
}

// many says whether [B, a, S, d] and [B, S, a, d] differ in memory.
func many(x *tape.Tensor) bool { return !x.Dims()[1].IsOne() && !x.Dims()[2].IsOne() }

// byHead is a projection seen by head: a view whose gradient may have to be
// copied, not where Liger's rotary kernel has brought it in order.
func (b *Builder) byHead(y *tape.Tensor, dims ...tape.Dim) *tape.Tensor {
	if b.Software.Liger.Rope {
		return b.T.View(y, dims...)
	}
	return b.T.CopyBack(y, dims...)
}

// rotaryFused is Liger's rotary embedding. Attention in operators and the sum
// over repeated heads give gradients by head, which are copied.
func (b *Builder) rotaryFused(q, k, cos, sin *tape.Tensor, copied, repeats bool) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary")()
	f := t.Frame(q, k, cos, sin)
	q2, k2 := t.RotaryFused(q, k, cos, sin, tape.RotaryCopies{
		Queries: copied && many(q), Keys: copied && many(k),
		QueryGradients: b.eagerly() && many(q), KeyGradients: (b.eagerly() || repeats) && many(k),
	})
	return f.Ret2(q2, k2)
}
