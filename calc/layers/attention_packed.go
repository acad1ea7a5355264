package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// flat says whether a batch is handed to the model as one row, with positions
// that begin anew at every sample.
func (b *Builder) flat() bool {
	return b.Software.SFT.PaddingFree || b.Software.SFT.FlattensPacked && b.Train.Packing
}

// flatRow is what the one row holds.
func (b *Builder) flatRow() workload.Packed {
	if b.Train.Packing {
		row := b.Train.PackedRow()
		return workload.Packed{Tokens: b.Train.Batch * row.Tokens, Samples: b.Train.Batch * row.Samples}
	}
	row := workload.Packed{Tokens: b.Train.Batch * b.Train.Sequence, Samples: b.Train.Batch}
	if all := b.lengths(); all != nil {
		row.Tokens = 0
		for _, n := range all {
			row.Tokens += n
		}
	}
	return row
}

// flatten makes batch and sequence those of the one row.
func (b *Builder) flatten() {
	if b.flat() {
		b.B = tape.One
		b.S = b.T.Symbol("R", "tokens of the row that a batch makes", b.flatRow().Tokens)
	}
}

// maskOfSamples is the mask of causal attention within each sample of a packed
// row, [1, 1, R, R], which masking_utils makes of the positions: numbers for
// attention in operators, booleans for a kernel. flash_attention_2 is told
// where samples begin instead.
func (b *Builder) maskOfSamples(dt tape.DType, length tape.Dim, window int64) *tape.Tensor {
	t := b.T
	b.hides = true
	if b.Attention.Implementation == workload.FlashAttention2 || b.flatRow().Samples == 1 {
		return nil
	}
	row, one := []tape.Dim{length}, []tape.Dim{tape.One}
	square := []tape.Dim{tape.One, tape.One, length, length}
	f := t.Frame()
	sample := f.V(t.Make("sample of a token", tape.I64, row))
	f.V(t.Make("batch index", tape.I64, one))
	f.V(t.Make("head index", tape.I64, one))
	f.V(t.Make("query index", tape.I64, row, t.Make("range", tape.I64, row)))
	f.V(t.Make("key index", tape.I64, row, t.Make("range", tape.I64, row)))
	g := t.Frame(sample)
	all := g.V(t.Make("all", tape.Bool, one))
	pair := func(what string) []*tape.Tensor {
		return []*tape.Tensor{t.Make(what+" of a query", tape.I64, row), t.Make(what+" of a key", tape.I64, row)}
	}
	within := t.Make("not after the query", tape.Bool, square, pair("position")...)
	if window > 0 && (b.eagerly() || t.AtLeast(length, window)) {
		t.Done(within)
		within = b.withinWindow(length)
	}
	all = g.Re(all, t.Make("allowed", tape.Bool, square, within))
	all = g.Re(all, t.Make("allowed", tape.Bool, square, t.Make("of the same sample", tape.Bool, square, pair("sample")...)))
	mask := f.Ret(g.Ret(all))
	if !b.eagerly() {
		return mask
	}
	e := t.Frame(mask)
	zero, least := t.Make("zero", dt, one), t.Make("least number", dt, one)
	return e.Ret(t.Make("mask", dt, square, zero, least))
}
