package tape

import "vramcalc/calc/memory"

// A store is one piece of memory that a tensor or a kernel asked for.
type store struct {
	class  int32
	born   place
	alive  bool // while recording
	stream Stream
}

// A class is what equal stores share: size, purpose and label. Explain counts
// stores by class.
type class struct {
	size  Dim
	comp  memory.Component
	label string
	dims  []Dim // shape, nil for scratch
	dtype DType
}

// place says where in a program something happens: in which repeated section
// and in which of its repetitions. The zero place is outside any section.
type place struct {
	group int16 // section kind plus 1
	index int16 // repetition, counting only the recorded ones
}

// An event is a store that comes (free false) or goes.
type event struct {
	store int32
	free  bool
	phase memory.Phase
	place place
}
