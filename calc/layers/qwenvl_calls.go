package layers

import (
	"fmt"
	"slices"

	"vramcalc/calc/workload"
)

// mostCalls is how many attention calls of a layer are recorded one by one.
// Beyond, equal calls are recorded together, in about fewCalls.
const (
	mostCalls = 24
	fewCalls  = 8
)

// call is an attention call over neighbouring rows: a number of patches, and
// how many such sequences side by side are taken for one.
type call struct{ patches, together int64 }

// imageCalls are one call for each image.
func (b *Builder) imageCalls(s qwenSizes) []call {
	return b.together(repeated([]int64{s.rows * s.cols}, s.images))
}

// windowCalls are one call for each window of each image, in rows of windows
// (get_vision_window_index). Windows at the right and lower edge are smaller.
func (b *Builder) windowCalls(s qwenSizes, v workload.Vision) []call {
	side := v.Window / max(1, v.Merge) / max(1, v.Patch) // in merged squares
	if side < 1 || s.rows*s.cols == 0 {
		return b.imageCalls(s)
	}
	merge := max(1, v.Merge)
	var image []int64
	for _, h := range cut(s.rows/merge, side) {
		for _, w := range cut(s.cols/merge, side) {
			image = append(image, h*w*s.Merge)
		}
	}
	return b.together(repeated(image, s.images))
}

// cut divides a length into pieces, the last of which may be shorter.
func cut(length, piece int64) []int64 {
	var out []int64
	for ; length > 0; length -= piece {
		out = append(out, min(piece, length))
	}
	return out
}

func repeated(xs []int64, n int64) []int64 {
	var out []int64
	for range n {
		out = append(out, xs...)
	}
	return out
}

// together takes calls of one size for one, where there are more than are
// recorded one by one.
func (b *Builder) together(lengths []int64) []call {
	if len(lengths) <= mostCalls {
		out := make([]call, len(lengths))
		for i, n := range lengths {
			out[i] = call{n, 1}
		}
		return out
	}
	most := (int64(len(lengths)) + fewCalls - 1) / fewCalls
	var out []call
	open := map[int64]int{} // the call of a size that takes more
	for _, n := range lengths {
		if i, ok := open[n]; ok && out[i].together < most {
			out[i].together++
			continue
		}
		open[n] = len(out)
		out = append(out, call{n, 1})
	}
	b.note(fmt.Sprintf("the vision tower attends in %d calls a layer, which are taken for %d: each of the others takes up to 2 KiB more on the card", len(lengths), len(out)))
	return out
}

// note adds to what the numbers rest on, once.
func (b *Builder) note(what string) {
	if !slices.Contains(b.Notes, what) {
		b.Notes = append(b.Notes, what)
	}
}
