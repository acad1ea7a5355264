package tape

import "vramcalc/calc/say"

// The launch rules of ATen's batch norm over channels-last images
// (aten/src/ATen/native/cuda/Normalization.cuh, flexible_launch_configs), as
// far as they decide the scratch.
const (
	normPerThread = 16  // ELEMENTS_PER_THREAD
	normTile      = 32  // OPTIMAL_TILE_W
	normThreads   = 512 // MAX_BLOCK_SIZE
	normMaxBlocks = 128 // MAX_H_BLOCK
	normLeast     = 8   // fewer blocks over the pixels do not share a channel
)

// sharedNorm is the scratch of statistics over the pixels of channels-last
// images: partial results of several blocks, some fp32 numbers a channel, and
// their semaphores.
func (t *Tape) sharedNorm(rows Dim, channels, numbers int64) (partial, semaphores Dim) {
	tile := min(lastPow2(channels), normTile)
	args := "(" + t.text(rows) + "," + t.text(N(tile)) + ")"
	doc := say.F("blocks that share the channels of a batch norm over %s pixels, 0 where none does", t.text(rows))
	blocks := t.kernel("normBlocks", doc, args, func(v *Values) int64 { return normBlocks(rows.eval(v), tile) })
	shared := t.kernel("normShared", say.F("1 where a channel of the batch norm over %s pixels is shared", t.text(rows)), args, func(v *Values) int64 {
		return min(1, normBlocks(rows.eval(v), tile))
	})
	return blocks.By(numbers * channels * F32.Size()), shared.By(ceilDiv(channels, tile) * reduceSemaphore)
}

func normBlocks(rows, tile int64) int64 {
	if rows <= 0 {
		return 0
	}
	height := min(lastPow2(ceilDiv(rows, normPerThread)), normThreads/tile)
	n := min(ceilDiv(rows, height*normPerThread), normMaxBlocks)
	if n < normLeast {
		return 0
	}
	return n
}

// Numbers of a channel that blocks share: forward counts, means, and sums of
// squares with a spare, backward two sums.
const (
	normForward  = 4
	normBackward = 2
)
