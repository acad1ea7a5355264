package tape

import "vramcalc/calc/unit"

// The policy of PyTorch's caching allocator (c10/cuda/CUDACachingAllocator.cpp)
// in its default configuration. Each stream has blocks of its own.
const (
	minBlock      = 512      // kMinBlockSize: sizes are multiples of it
	smallRequest  = 1 << 20  // kSmallSize: up to here requests share small segments
	smallSegment  = 2 << 20  // kSmallBuffer
	largeSegment  = 20 << 20 // kLargeBuffer: for requests under minLargeAlloc
	minLargeAlloc = 10 << 20 // kMinLargeAlloc: from here on segments fit the request
	roundLarge    = 2 << 20  // kRoundLarge
)

const none = -1

// A chunk is a part of a segment: a block that is in use or free.
type chunk struct {
	size       int64
	offset     int64 // in the segment
	prev, next int32 // neighbours in the segment, or none
	segment    int32 // number, in order of creation
	on         Stream
	small      bool
	free       bool
}

// An allocator is the state of the caching allocator. Among free chunks of
// one size that of the older segment is taken first.
type allocator struct {
	chunks   []chunk
	unused   []int32 // chunks that can be used anew
	large    [streams]freeList
	small    [streams]freeList
	segments int32 // created so far
	live     int   // segments held
	limit    unit.Bytes

	allocated, reserved unit.Bytes
	peakSegments        int
	exceeded            bool
}

func newAllocator(limit unit.Bytes) *allocator { return &allocator{limit: limit} }

// malloc takes a block and returns its chunk.
func (a *allocator) malloc(bytes int64, on Stream) int32 {
	size := (min(bytes, maxSize) + minBlock - 1) / minBlock * minBlock
	small := size <= smallRequest
	list := a.list(small, on)
	var c int32
	at := list.find(sizeKey(size), 0)
	found := at < len(list.entries)
	if found {
		c = list.entries[at].chunk
	} else {
		c = a.reserve(size, small, on)
	}
	rest := a.chunks[c].size - size
	switch split := (small && rest >= minBlock) || (!small && rest > smallRequest); {
	case split && found:
		list.change(at, a.split(c, size))
	case split:
		list.add(a.split(c, size))
	case found:
		list.delete(at)
	}
	b := &a.chunks[c]
	b.free = false
	a.allocated = unit.Add(a.allocated, unit.Bytes(b.size))
	return c
}

// split cuts a chunk to a size and returns the rest, which is free.
func (a *allocator) split(c int32, size int64) freeChunk {
	r := a.chunk()
	b, rest := &a.chunks[c], &a.chunks[r]
	*rest = chunk{
		size: b.size - size, offset: b.offset + size, prev: c, next: b.next,
		segment: b.segment, on: b.on, small: b.small, free: true,
	}
	if b.next != none {
		a.chunks[b.next].prev = r
	}
	b.next, b.size = r, size
	return rest.entry(r)
}

// free lets a block go and merges it with free neighbours.
func (a *allocator) free(c int32) {
	b := &a.chunks[c]
	list := a.list(b.small, b.on)
	a.allocated = unit.Add(a.allocated, -unit.Bytes(b.size))
	b.free = true
	merged := -1 // where the list has the neighbour
	if n := b.next; n != none && a.chunks[n].free {
		merged = list.position(a.chunks[n].entry(n))
		a.absorb(c, n)
	}
	if p := b.prev; p != none && a.chunks[p].free {
		if merged >= 0 {
			list.delete(merged)
		}
		merged = list.position(a.chunks[p].entry(p))
		a.absorb(p, c)
		c, b = p, &a.chunks[p]
	}
	if merged >= 0 {
		list.change(merged, b.entry(c))
	} else {
		list.add(b.entry(c))
	}
}

// absorb joins a chunk with the one that follows it.
func (a *allocator) absorb(c, next int32) {
	b, n := &a.chunks[c], &a.chunks[next]
	b.size += n.size
	if b.next = n.next; b.next != none {
		a.chunks[b.next].prev = c
	}
	a.unused = append(a.unused, next)
}

// reserve makes a segment for a request that no free chunk fits.
func (a *allocator) reserve(size int64, small bool, on Stream) int32 {
	bytes := segmentSize(size)
	if a.limit > 0 && unit.Add(a.reserved, unit.Bytes(bytes)) > a.limit {
		a.emptyCache()
		a.exceeded = a.exceeded || unit.Add(a.reserved, unit.Bytes(bytes)) > a.limit
	}
	c := a.chunk()
	a.chunks[c] = chunk{size: bytes, prev: none, next: none, segment: a.segments, on: on, small: small}
	a.segments++
	a.live++
	a.reserved = unit.Add(a.reserved, unit.Bytes(bytes))
	a.peakSegments = max(a.peakSegments, a.live)
	return c
}

// segmentSize is how much is reserved for a request.
func segmentSize(size int64) int64 {
	switch {
	case size <= smallRequest:
		return smallSegment
	case size < minLargeAlloc:
		return largeSegment
	}
	return (size + roundLarge - 1) / roundLarge * roundLarge
}

// emptyCache gives segments back that nothing uses.
func (a *allocator) emptyCache() {
	for i := range 2 * streams {
		list := a.list(i%2 == 1, Stream(i/2))
		kept := list.entries[:0]
		for _, e := range list.entries {
			if b := &a.chunks[e.chunk]; b.prev == none && b.next == none {
				a.reserved = unit.Add(a.reserved, -unit.Bytes(b.size))
				a.live--
				a.unused = append(a.unused, e.chunk)
				continue
			}
			kept = append(kept, e)
		}
		list.entries = kept
	}
}

func (a *allocator) list(small bool, on Stream) *freeList {
	if small {
		return &a.small[on]
	}
	return &a.large[on]
}

// chunk is a place for a chunk.
func (a *allocator) chunk() int32 {
	if n := len(a.unused); n > 0 {
		c := a.unused[n-1]
		a.unused = a.unused[:n-1]
		return c
	}
	a.chunks = append(a.chunks, chunk{})
	return int32(len(a.chunks) - 1)
}
