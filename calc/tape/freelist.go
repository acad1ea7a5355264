package tape

// A freeList holds free chunks by size, then age of the segment, then offset.
type freeList struct{ entries []freeChunk }

// A freeChunk is an entry of 16 bytes, for these lists are searched and
// shifted at every step.
type freeChunk struct {
	key    uint64 // 40 bits of size in units of minBlock, 24 of the segment's number
	offset uint32 // in units of minBlock
	chunk  int32
}

// sizeKey is the smallest key of a size.
func sizeKey(size int64) uint64 { return uint64(size/minBlock) << 24 }

// entry is a chunk's entry in a list.
func (b *chunk) entry(c int32) freeChunk {
	return freeChunk{
		key:    sizeKey(b.size) | uint64(b.segment)&(1<<24-1),
		offset: uint32(b.offset / minBlock),
		chunk:  c,
	}
}

// find is the index of the first entry that is not before a key and offset.
func (l *freeList) find(key uint64, offset uint32) int {
	lo, hi := 0, len(l.entries)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if e := &l.entries[mid]; e.key < key || e.key == key && e.offset < offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// position is the index of an entry that is in the list. Entries whose key and
// offset are equal, because they were cut to their width, are told apart.
func (l *freeList) position(e freeChunk) int {
	i := l.find(e.key, e.offset)
	for l.entries[i].chunk != e.chunk {
		i++
	}
	return i
}

func (l *freeList) add(e freeChunk) {
	i := l.find(e.key, e.offset)
	l.entries = append(l.entries, e)
	copy(l.entries[i+1:], l.entries[i:])
	l.entries[i] = e
}

// change replaces an entry by one that may belong elsewhere.
func (l *freeList) change(i int, e freeChunk) {
	j := l.find(e.key, e.offset)
	if j > i {
		j--
		copy(l.entries[i:j], l.entries[i+1:j+1])
	} else {
		copy(l.entries[j+1:i+1], l.entries[j:i])
	}
	l.entries[j] = e
}

func (l *freeList) delete(i int) {
	copy(l.entries[i:], l.entries[i+1:])
	l.entries = l.entries[:len(l.entries)-1]
}
