package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// whisperEncoder is WhisperEncoder: two convolutions over time, the second of
// which halves it, fixed positions, and layers.
type whisperEncoder struct {
	b      *Builder
	drop   float64
	first  conv1D
	second conv1D
	table  *Embedding
	rows   tape.Dim
	stack  *Stack
	norm   *LayerNorm
}

// whisperKernel is the width of both convolutions.
const whisperKernel = 3

func (b *Builder) whisperEncoder(m workload.Text, v workload.Vision, h tape.Dim, frozen int64) *whisperEncoder {
	defer b.In("encoder")()
	t := b.T
	e := &whisperEncoder{b: b, drop: m.EmbeddingDrop, rows: tape.N(v.PositionRows)}
	warm := b.cool(frozen > 0)
	e.first = b.conv1D("conv1", tape.N(v.Mels), h, 1, false)
	e.first.hooked = b.hooksInputs()
	clamped := !b.Train.IsAutocast() && b.Weights == tape.F16
	e.second = b.conv1D("conv2", h, h, hopsPerPosition, !clamped && !b.reentrant()) // else the gradient lies as the result does
	warm()
	fixed := b.cool(true) // sinusoids, never trained
	e.table = b.Embedding("embed_positions", e.rows, h)
	fixed()
	func() {
		defer b.In("layers")()
		defer b.In("*")()
		n := t.Symbol("Lv", "layers of the encoder", v.Layers)
		inner := t.Symbol("fv", "intermediate size of the encoder", v.Intermediate)
		heads := t.Symbol("av", "attention heads of the encoder", v.Heads)
		d := t.Symbol("dv", "head dimension of the encoder", v.Hidden/max(1, v.Heads))
		e.stack = b.Stack("encoder", n, v.Layers, frozen, func() Block {
			l := &whisperLayer{b: b, act: v.Activation, drop: m.ResidualDrop, inner: m.ActivationDrop, turned: true}
			l.self = b.whisperAttention("self_attn", h, heads, d, false, m.AttentionDrop)
			l.norm = b.LayerNorm("self_attn_layer_norm", h)
			l.fc1, l.fc2 = b.Linear("fc1", h, inner, true), b.Linear("fc2", inner, h, true)
			l.normEnd = b.LayerNorm("final_layer_norm", h)
			return l
		})
		blocks := e.stack.parts[len(e.stack.parts)-1].blocks
		blocks[len(blocks)-1].(*whisperLayer).last = true
	}()
	e.norm = b.LayerNorm("layer_norm", h)
	return e
}

// Spectrogram is the input of Whisper: mel frequencies over time.
func (b *Builder) Spectrogram(v workload.Vision) *tape.Tensor {
	defer b.T.As(memory.DataAugmentation)()
	return b.T.Input("spectrogram", b.PixelType(), b.B, tape.N(v.Mels), tape.N(hopsPerPosition*v.PositionRows))
}

// Forward hears sound.
func (e *whisperEncoder) Forward(features *tape.Tensor) *tape.Tensor {
	t := e.b.T
	defer t.As(memory.ImageFeatures)()
	defer t.Scope("encoder")()
	f := t.Frame(features)
	x := f.V(t.Unary("gelu", e.first.Forward(features)))
	x = f.Re(x, t.Unary("gelu", e.second.Forward(x)))
	d := x.Dims()
	x = f.Re(x, t.View(x, d[0], e.rows, d[1]))
	all := f.V(t.Make("positions", tape.I64, []tape.Dim{e.rows}))
	h := f.V(t.Add(x, e.table.Forward(all)))
	h = f.Re(h, t.Dropout(h, e.drop))
	h = e.stack.Forward(f, h, &Context{})
	h = f.Re(h, e.norm.of(h, true))
	return f.Ret(h)
}

// conv1D is torch.nn.Conv1d of width three that keeps the length or divides it
// by its stride.
type conv1D struct {
	b       *Builder
	leaf    string
	w, bias *tape.Param
	stride  int64
	turned  bool // its gradient comes with the channels last
	hooked  bool // its result requires a gradient under checkpointing
}

func (b *Builder) conv1D(leaf string, in, out tape.Dim, stride int64, turned bool) conv1D {
	return conv1D{
		b: b, leaf: leaf, stride: stride, turned: turned,
		w:    b.param(leaf+".weight", tape.ConvWeight, out, in, tape.N(whisperKernel)),
		bias: b.param(leaf+".bias", tape.Bias, out),
	}
}

// Forward applies the convolution. Under gradient checkpointing the result of
// a frozen first convolution requires a gradient, as TokenEmbedding's does.
func (c conv1D) Forward(x *tape.Tensor) *tape.Tensor {
	t := c.b.T
	defer t.Scope(c.leaf)()
	f := t.Frame(x)
	y := f.Ret(t.Conv1D(x, c.w.T(), c.bias.T(), c.stride, whisperKernel/2, c.turned))
	if c.hooked && !y.Requires() {
		t.RequireGrad(y)
	}
	return y
}
