package tape

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
)

// A Request is what one allocation of a run meets in the caching allocator.
type Request struct {
	Store     int32
	Phase     memory.Phase
	Bytes     unit.Bytes // of the store
	Segment   unit.Bytes // what is asked of the card where no free block fits
	Allocated unit.Bytes // in blocks, just before
	Reserved  unit.Bytes // in segments, just before, without what was given back for it
	Grows     bool       // no free block fits: a segment is asked for
	Fails     bool       // and the limit does not leave room for it
}

// Requests tells every allocation of a sequence in its order, as the caching
// allocator meets them under a limit (0 = none). A run ends at the first that
// fails; what is told after it is what the rest would ask for.
func (s Sequence) Requests(limit unit.Bytes, tell func(Request)) {
	a := newAllocator(limit)
	s.replay(a, func(step *Alloc) int32 {
		r := Request{
			Store: step.Store, Phase: step.Phase, Bytes: unit.Bytes(step.Bytes), Allocated: a.allocated,
			Segment: unit.Bytes(segmentSize((min(step.Bytes, maxSize) + minBlock - 1) / minBlock * minBlock)),
		}
		segments := a.segments
		a.exceeded = false
		c := a.malloc(step.Bytes, step.On)
		r.Grows, r.Fails, r.Reserved = a.segments > segments, a.exceeded, a.reserved
		if r.Grows {
			r.Reserved -= r.Segment
		}
		tell(r)
		return c
	})
}

// Describe says what a store of the tape's sequence is: one tensor.
func (t *Tape) Describe(store int32) Alive {
	v := t.rec.syms.present()
	k := &t.rec.classes[t.rec.stores[store].class]
	return Alive{Component: k.comp, Tensor: memory.Tensor{
		Label: k.label, Shape: t.rec.syms.shape(k.dims, &v), DType: k.dtype.String(),
		Count: 1, Bytes: unit.Bytes(k.size.eval(&v)),
	}}
}
