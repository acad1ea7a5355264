package layers

import (
	"slices"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// ddp is torch.nn.parallel.DistributedDataParallel: each rank keeps everything,
// and buckets beside, into which gradients are copied to be summed over the
// ranks (torch/csrc/distributed/c10d/reducer.cpp).
type ddp struct {
	b       *Builder
	o       workload.DDPOptions
	params  []*tape.Param // that are trained
	buckets []*tape.Tensor
	sync    bool // gradients of this micro-batch are reduced
	rebuilt bool // the buckets are those of the order in which gradients arrive
}

func (b *Builder) newDDP() *ddp { return &ddp{b: b, o: b.Software.DDP, sync: true} }

// Sizes of the buckets that gradients are reduced in (reducer.hpp,
// kDefaultFirstBucketBytes; distributed.py, bucket_cap_mb), bytes. A bucket is
// full when it reaches its size.
const (
	firstBucket = 1 << 20
	bucketSize  = 25 << 20
)

func (w *ddp) wrap() {
	for _, p := range w.b.T.Params {
		if p.Trainable {
			w.params = append(w.params, p)
		}
	}
	w.take(w.b.T.TotalBytes(w.params)) // one bucket, until a backward has been
	if w.o.BucketViews {
		w.b.T.OnGrad(w.view)
	}
}

func (w *ddp) take(sizes ...tape.Dim) {
	t := w.b.T
	defer t.As(memory.GradientStorage)()
	for _, n := range sizes {
		w.buckets = append(w.buckets, t.Keep(t.Make("gradient bucket", tape.U8, []tape.Dim{n})))
	}
}

// stepped makes buckets of the usual size when a first backward has shown in
// which order gradients arrive: about from the last parameter to the first.
func (w *ddp) stepped() {
	if w.rebuilt {
		return
	}
	w.rebuilt = true
	t := w.b.T
	t.Release(w.buckets...)
	w.buckets = nil
	last := slices.Clone(w.params)
	slices.Reverse(last)
	w.take(t.Buckets(last, firstBucket, bucketSize)...)
}

// view replaces a gradient by a view of its bucket.
func (w *ddp) view(p *tape.Param) {
	if w.sync {
		w.b.T.SetGrad(p, w.b.T.Nothing(p.Grad()))
	}
}

// begin broadcasts buffers of the first rank, of a type at a time, in a copy of
// all of them.
func (w *ddp) begin(last bool, batch []*tape.Tensor) []*tape.Tensor {
	w.sync = last
	if !last {
		return batch
	}
	t := w.b.T
	bytes := map[tape.DType][]tape.Dim{}
	var order []tape.DType
	for _, p := range t.Params {
		if p.Kind != tape.Buffer {
			continue
		}
		dt := p.DType()
		if len(bytes[dt]) == 0 {
			order = append(order, dt)
		}
		bytes[dt] = append(bytes[dt], t.Bytes(p))
	}
	for _, dt := range order {
		t.Scratch("buffers to broadcast", t.SumOf("buffers", "bytes of the model's buffers of one type", bytes[dt]...))
	}
	return batch
}

func (w *ddp) end(loss *tape.Tensor) *tape.Tensor { return loss }

func (w *ddp) enter(_ *bundle, xs ...*tape.Tensor) []*tape.Tensor { return xs }

func (w *ddp) leave(*bundle, ...*tape.Tensor) {}

func (w *ddp) reduced() {}

func (w *ddp) kept(p *tape.Param) *tape.Param { return p }
