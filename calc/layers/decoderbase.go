package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// decoderBase is what decoders with a forward of their own share: a body that
// gives hidden states, a head, and the causal loss.
type decoderBase struct {
	b      *Builder
	m      workload.Text
	s      Sizes
	lm     *Linear
	head   func() *Linear
	hidden func(ids *tape.Tensor) *tape.Tensor
}

func (b *Builder) decoderBase(m workload.Text) decoderBase {
	return decoderBase{b: b, m: m, s: b.Sizes(m)}
}

// declare declares the body under a name, its embeddings frozen where layers
// are, then the head.
func (d *decoderBase) declare(name string, frozen int64, embeddings, rest func()) {
	b := d.b
	func() {
		defer b.In(name)()
		old := b.Frozen
		b.Frozen = b.Frozen || frozen > 0
		embeddings()
		b.Frozen = old
		rest()
	}()
	d.lm = d.head()
}

// Loss runs the model on token ids and gives the loss. The caller's frame
// holds ids and labels.
func (d *decoderBase) Loss(ids, labels *tape.Tensor) *tape.Tensor {
	b, t := d.b, d.b.T
	f := t.Frame(ids, labels)
	hidden := f.V(d.hidden(ids))
	return f.Ret(b.headLoss(f, d.lm, hidden, labels, nil))
}

// stackIn declares the repeated layers under their list's name.
func (b *Builder) stackIn(leaf string, s Sizes, count, frozen int64, make func() Block) *Stack {
	defer b.In(leaf)()
	defer b.In("*")()
	return b.Stack("layers", s.L, count, frozen, make)
}

// positions are token positions [1, S], or those [B, S] that a generation gives.
func (b *Builder) positions(seq tape.Dim) *tape.Tensor {
	t := b.T
	if b.places != nil {
		return b.places
	}
	if b.session != nil && b.session.positions != nil {
		return b.session.positions
	}
	return t.Make("positions", tape.I64, []tape.Dim{tape.One, seq}, t.Make("range", tape.I64, []tape.Dim{seq}))
}

// positionRows is the length of a learned position table.
func (b *Builder) positionRows(m workload.Text) tape.Dim {
	return b.T.Symbol("P", "rows of the position table", m.PositionRows)
}

// Drop is torch.nn.Dropout.
func (b *Builder) Drop(x *tape.Tensor, rate float64) *tape.Tensor {
	f := b.T.Frame(x)
	return f.Ret(b.T.Dropout(x, rate))
}
