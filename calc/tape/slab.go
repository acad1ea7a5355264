package tape

// slabSize is how many values a slab makes at a time.
const slabSize = 256

// A slab makes values many at a time, for a recording needs thousands of each
// kind and lets go of them together.
type slab[T any] struct{ free []T }

// one is a fresh value.
func (s *slab[T]) one() *T {
	if len(s.free) == 0 {
		s.free = make([]T, slabSize)
	}
	x := &s.free[0]
	s.free = s.free[1:]
	return x
}

// few is a fresh slice of n values.
func (s *slab[T]) few(n int) []T {
	if n > len(s.free) {
		if n > slabSize/4 {
			return make([]T, n)
		}
		s.free = make([]T, slabSize)
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	return out
}

// slabs are those of a tape.
type slabs struct {
	tensors  slab[Tensor]
	storages slab[storage]
	nodes    slab[Node]
	dims     slab[Dim]
	edges    slab[edge]
	saves    slab[save]
	pointers slab[*Tensor]
	flags    slab[bool]
	frames   slab[Frame]
	passes   slab[Backward]
}

// shape copies dimensions.
func (s *slabs) shape(dims []Dim) []Dim {
	out := s.dims.few(len(dims))
	copy(out, dims)
	return out
}

// names are labels and scopes, each once, with a number by which labels are
// compared.
type names struct {
	number map[string]int32
	list   []string
	joined map[joint]string
}

// joint is two parts of a name and what is between them.
type joint struct{ before, after, between string }

func newNames() names {
	return names{number: map[string]int32{}, joined: map[joint]string{}}
}

// join is both parts with what is between them, or the second alone.
func (n *names) join(before, between, after string) string {
	if before == "" {
		return after
	}
	key := joint{before, after, between}
	s, ok := n.joined[key]
	if !ok {
		s = before + between + after
		n.joined[key] = s
	}
	return s
}

// of is the number of a name.
func (n *names) of(name string) int32 {
	k, ok := n.number[name]
	if !ok {
		k = int32(len(n.list))
		n.number[name] = k
		n.list = append(n.list, name)
	}
	return k
}
