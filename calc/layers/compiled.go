package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// compiledFamilies are the decoders whose graph, as torch.compile gets it, is
// written here.
var compiledFamilies = []workload.Family{workload.Llama, workload.Mistral, workload.Qwen2}

// compiles says whether inductor compiles the model.
func (b *Builder) compiles() bool { return b.Software.Compile && b.inducted }

// checkCompiled refuses torch.compile for what has not been written as
// inductor compiles it.
func (b *Builder) checkCompiled() {
	if !b.Software.Compile {
		return
	}
	t := b.Train
	refuse := func(when bool, why say.Text) {
		if when {
			b.Fail(say.Errorf("torchCompile is not modelled %s, or leave torchCompile out", why))
		}
	}
	if b.Inference.On {
		b.Fail(say.Errorf("torchCompile is modelled for training steps; leave it out of inference"))
		return
	}
	if !b.inducted {
		b.Fail(say.Errorf("torchCompile is modelled for LLaMA, Mistral and Qwen2, and not for this model; leave it out"))
		return
	}
	refuse(t.MaxGeneration > 0, say.F("where tokens are generated; send maxGenerationLength 0"))
	refuse(t.IsAutocast() || t.Weights() == workload.FP32, say.F("under autocast or in fp32; send precision bf16 and precisionMode pure"))
	refuse(t.Checkpointing, say.F("under gradient checkpointing; send gradientCheckpointing false"))
	refuse(b.quantizes(), say.F("over quantized weights; send fineTuningMethod lora and quantization none"))
	refuse(t.Method == workload.Prefix, say.F("with prefix tuning; send fineTuningMethod lora"))
	refuse(b.adapters() && b.Adapter.Dropout > 0, say.F("with dropout before adapters; send loraDropout 0"))
	refuse(b.Attention.Implementation != workload.SDPA, say.F("with another attention than torch's own; send attentionImplementation sdpa"))
	refuse(!b.HasTokenLabels() || b.inOneFunction(), say.F("with another loss than the mean cross entropy of logits; send head lm and lossImplementation standard"))
	refuse(b.padded() || b.flat(), say.F("for padded or packed batches; send no sampleLengths and no packing"))
	refuse(b.wrapper != nil || b.Software.ZeRO.Engine || b.Stage.on() || b.Split.on() || b.Ring > 1, say.F("over several GPUs; send numGpus 1"))
	refuse(b.Software.Trainer || b.aligning != nil, say.F("inside a trainer; send trainingStack pytorch"))
	b.Notes = append(b.Notes, say.F("torch.compile as inductor of PyTorch 2.15 does it by default, without what compiling itself takes in the first step; buffers that it keeps to write to again may add up to one workspace of a matrix product to the peak of backward."))
	refuse(b.Software.Liger.On() || b.Software.Library.Old(), say.F("with kernels of Liger or older releases of transformers; send no stackOptions but compile"))
}

// plus is x plus what a branch adds to it.
func (b *Builder) plus(x, branch *tape.Tensor) *tape.Tensor {
	if b.compiles() {
		return b.T.AddCompiled(x, branch)
	}
	return b.T.Add(x, branch)
}

// compiledMask is the additive mask of attention [B, 1, S, S]. A graph cannot
// look into positions to see that nothing is packed (transformers'
// find_packed_sequence_indices), so that a mask is always made, of positions
// that the graph computes. reused says that what holds the steps between them
// becomes that of the labels, which are as many: where that lifts no peak
// (torch/_inductor/codegen/wrapper.py, should_reuse_buffer), which is where the
// head's input is kept.
func (b *Builder) compiledMask(dt tape.DType, queries tape.Dim, reused bool) *tape.Tensor {
	t := b.T
	defer t.Scope("causal mask")()
	f := t.Frame()
	steps := f.V(t.Make("steps between positions, then padded labels", tape.I64, []tape.Dim{b.B, b.plusOne(queries)}))
	if reused {
		b.steps = t.Keep(steps)
	}
	f.V(t.Make("samples of a packed row", tape.I64, []tape.Dim{b.B, queries}))
	return f.Ret(t.Make("mask", dt, []tape.Dim{b.B, tape.One, queries, t.RoundUp(queries, maskRow)}))
}

// maskRow is the multiple of elements to which inductor pads a mask's rows for
// the kernel (torch/_inductor/lowering.py, sdpa_constraint: ALIGNMENT).
const maskRow = 8

// compiledLoss is ForCausalLMLoss in inductor's kernels, of logits in the
// model's type.
func (b *Builder) compiledLoss(logits, labels *tape.Tensor) *tape.Tensor {
	t := b.T
	defer t.As(memory.Logits)()
	defer t.Scope("loss")()
	f := t.Frame(logits, labels)
	d := labels.Dims()
	padded := b.steps
	if padded == nil {
		padded = t.Keep(t.Make("padded labels", tape.I64, []tape.Dim{d[0], b.plusOne(d[1])}))
	}
	b.steps = nil
	defer t.Release(padded)
	return f.Ret(t.CrossEntropyCompiled(logits, padded))
}

// compiledAttention is attention between rotation and output projection.
func (b *Builder) compiledAttention(q, k, v, mask *tape.Tensor, h tape.Heads) *tape.Tensor {
	t := b.T
	f := t.Frame()
	q2, k2 := t.RotaryCompiled(q, k, h)
	q, k = f.V(q2), f.V(k2)
	if h.KVHeads != h.Heads {
		v = t.RepeatCompiled(v, h)
		h.KVHeads = h.Heads
	}
	v = f.V(v)
	defer t.Scope("sdpa")()
	y := t.SDPACompiled(q, k, v, mask, h)
	return f.Ret(t.View(y, h.Batch, h.Queries, h.Heads.Times(h.ValueDim)))
}

// compiled is the MLP of normed hidden states, which nothing holds once gate and
// up are made.
func (m *GatedMLP) compiled(norm Norm, x *tape.Tensor) *tape.Tensor {
	t := m.b.T
	defer t.Scope("mlp")()
	f := t.Frame()
	h := f.V(norm.Forward(x))
	shared := m.b.widen(f, h, m.Gate, m.Up)
	gate, gateAdapter := m.Gate.parts(f, h)
	up, upAdapter := m.Up.parts(f, h)
	shared()
	f.Del(h)
	other := tape.Bool
	if d := m.Down; d.A != nil && d.A.DType() != x.DType() {
		other = d.A.DType()
	}
	y, wide := t.GatedCompiled(gate, gateAdapter, up, upAdapter, other)
	f.Del(gateAdapter)
	f.Del(upAdapter)
	y, wide = f.V(y), f.V(wide)
	if wide != nil {
		m.b.widened, m.b.wide = y, wide
		defer func() { m.b.widened, m.b.wide = nil, nil }()
	}
	return f.Ret(m.Down.Forward(y))
}

// finishCompiled runs the layers and the last norm and returns from the body's
// call. No variable holds the embeddings beyond their use.
func (c *Causal) finishCompiled(f *tape.Frame, x *tape.Tensor, ctx *Context) *tape.Tensor {
	h := c.stack.Forward(f, x, ctx)
	return f.Ret(f.Re(h, c.norm.Forward(h)))
}

// parts are the base's product and the adapter's, nil if there is none, as
// variables of the caller's frame.
func (l *Linear) parts(f *tape.Frame, x *tape.Tensor) (base, adapter *tape.Tensor) {
	if l.A == nil {
		return f.V(l.Forward(x)), nil
	}
	defer l.b.T.Scope(l.leaf)()
	return f.V(l.base(x)), f.V(l.adapterProduct(x))
}

// adapterProduct is what the adapter adds, in its own type.
func (l *Linear) adapterProduct(x *tape.Tensor) *tape.Tensor {
	b, t := l.b, l.b.T
	f := t.Frame()
	if dt := l.A.DType(); dt != x.DType() {
		if b.widened == x {
			x = b.wide
		} else {
			x = f.V(t.To(x, dt))
		}
	}
	low := f.V(t.LinearCompiled(x, l.A.Tensor, nil))
	return f.Ret(t.LinearCompiled(low, l.B.Tensor, nil))
}

// widen casts an input of several linear layers, in their caller's frame, once
// for all their adapters until the returned function is called: equal operators
// of a graph are one.
func (b *Builder) widen(f *tape.Frame, x *tape.Tensor, ls ...*Linear) func() {
	for _, l := range ls {
		if b.compiles() && l.A != nil && l.A.DType() != x.DType() {
			b.widened, b.wide = x, f.V(b.T.To(x, l.A.DType()))
			return func() { b.widened, b.wide = nil, nil }
		}
	}
	return func() {}
}
