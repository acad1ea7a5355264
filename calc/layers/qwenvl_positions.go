package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// textBefore is how many tokens of text stand before each image here: chat
// templates mark its beginning.
const textBefore = 2

// positions is get_rope_index: each token's place in time, height and width,
// put together sample by sample from runs of text and images. One sample's
// parts are gone before the next one's come.
func (q *QwenVL) positions(ids *tape.Tensor) *tape.Tensor {
	b, t, s := q.b, q.b.T, q.s
	defer t.Scope("positions")()
	tokens := ids.Dims()[1]
	one := []tape.Dim{tape.One}
	f := t.Frame(ids)
	all := f.V(t.Make("positions of all samples", tape.I64, []tape.Dim{tape.N(3), b.B, tokens}))
	var height, width = s.rows, s.cols
	if q.v.Merge > 1 {
		height, width = height/q.v.Merge, width/q.v.Merge
	}
	for range max(1, q.v.Images) {
		f.V(q.textRun(tape.N(textBefore)))
		f.V(q.imageRun(height, width))
	}
	f.V(q.textRun(q.rest()))
	f.V(t.Make("positions of a sample", tape.I64, []tape.Dim{tape.N(3), tokens}))
	last := t.Make("one more", tape.I64, one, t.Make("last position", tape.I64, one))
	f.V(t.Make("each sample behind by", tape.I64, []tape.Dim{b.B}, last))
	deltas := t.Keep(t.Make("behind by", tape.I64, []tape.Dim{b.B}))
	all = f.Ret(all)
	t.Release(q.deltas)
	q.deltas = deltas
	return all
}

// rest is the text after the last image.
func (q *QwenVL) rest() tape.Dim {
	before := textBefore * max(1, q.v.Images)
	return q.b.T.Of("rest", "tokens after the last image", q.b.S, func(n int64) int64 { return max(0, n-before) })
}

// textRun is the positions of a run of text.
func (q *QwenVL) textRun(n tape.Dim) *tape.Tensor {
	t := q.b.T
	return t.Make("positions of text", tape.I64, []tape.Dim{tape.N(3), n}, t.Make("range", tape.I64, []tape.Dim{n}))
}

// imageRun is get_vision_position_ids.
func (q *QwenVL) imageRun(height, width int64) *tape.Tensor {
	t := q.b.T
	one := []tape.Dim{tape.One}
	f := t.Frame()
	dt := tape.F32 // times 1.0, but 1 in Qwen2.5-VL
	if q.v.Family == workload.Qwen25VLVision {
		dt = tape.I64
	}
	scaled := t.Make("scaled time", dt, one, t.Make("range", tape.I64, one))
	if dt == tape.I64 {
		f.V(scaled)
	} else {
		f.V(t.Make("time", tape.I64, one, scaled))
	}
	for _, n := range []tape.Dim{tape.N(height), tape.N(width)} {
		f.V(t.Make("place", tape.I64, []tape.Dim{n}, t.Make("range", tape.I64, []tape.Dim{n})))
	}
	return f.Ret(t.Make("positions of an image", tape.I64, []tape.Dim{tape.N(3), tape.N(height * width)}))
}
