package tape

// Sizes of sorting pairs of int64 (at::native sort_cuda_kernel; above
// smallSort elements cub::DeviceRadixSort, one sweep for each of the key's
// bytes): elements of a tile, what the histogram of a pass and the states of a
// tile take, the granularity of the second buffers, and the padding of the
// whole.
const (
	smallSort   = 4096
	argsortTile = 3840
	passBytes   = 8 * 2048
	tileBytes   = 1024
	sortAlign   = 256
	sortPadding = 2*sortAlign - 1
)

// Argsort is the order that would sort integers.
func (t *Tape) Argsort(x *Tensor) *Tensor {
	n := x.dims[0]
	values := t.like("sorted values", I64, x)
	order := t.like("order", I64, x)
	places := t.like("range", I64, x)
	t.Scratch("buffers of the sort", t.Of("argsort", "buffers of sorting, bytes", n, argsort))
	t.done(values, places)
	t.done(x)
	return order
}

func argsort(n int64) int64 {
	if n <= smallSort {
		return 0
	}
	second := ceilDiv(mulCap(n, I64.Size()), sortAlign) * sortAlign
	return sortPadding + passBytes + mulCap(tileBytes, ceilDiv(n, argsortTile)) + mulCap(2, second)
}
