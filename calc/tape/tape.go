package tape

import "vramcalc/calc/memory"

// recordedLayers is how many repetitions of a section are recorded when a
// program is folded: the first, two in the middle that must be equal, and the
// last. Three could not show that the middle repeats.
const recordedLayers = 4

// longerLayers is recordedLayers of a longer recording: the first and the last
// three may differ.
const longerLayers = 7

// A Tape records one training step (or a generation) the way PyTorch runs it:
// tensors with reference counts, Python frames, autograd's graph and queue.
// Whenever memory is taken or its last holder goes, an event is written.
// A Tape is used by one goroutine.
type Tape struct {
	rec        recording
	slabs      slabs
	names      names
	classOf    map[classKey]int32
	extent     Extent
	atLeast    int64 // repetitions of a section to record
	phase      memory.Phase
	here       place
	scope      string
	evaluating bool // no dropout
	stream     Stream
	apart      bool // parameters that are declared belong to another model
	comp       memory.Component

	grad      bool  // gradient mode
	amp       DType // autocast type, 0 (Bool) when off
	casts     map[*Tensor]*Tensor
	castOrder []*Tensor
	seq       uint64
	region    *region

	sms, threads, matmul, matmulLt Dim
	kernels                        map[string]Dim
	kernelCount                    map[string]int

	temps    []*Tensor
	floor    int // temporaries below belong to what a recomputation interrupts
	frames   []*Frame
	building []*Node // whose operators are still running
	repeats  int     // above 0 while backward runs a forward once more

	onGrad func(p *Param)

	// LinearFunction says that linear layers are a function of DeepSpeed's.
	LinearFunction bool

	// ChannelsLast says that images are in the channels-last layout.
	ChannelsLast bool

	// Params are the parameters and buffers in order of construction.
	Params []*Param
}

type classKey struct {
	size  Dim
	label int32
	comp  memory.Component
	dtype DType
}

// storage is memory that one or more tensors share.
type storage struct {
	id    int32
	refs  int  // tensors on it
	empty bool // its memory is given back for now
}

// Extent is how much of a run a tape records.
type Extent uint8

// The extents.
const (
	OneStep  Extent = iota // of every section a few repetitions, and of the steps that stand for each other one
	Longer                 // the same with more repetitions, where few do not show how each follows from the one before
	Unrolled               // all steps and all repetitions: the true sequence for an allocator
)

// New gives an empty tape.
func New(extent Extent) *Tape {
	t := &Tape{
		extent:      extent,
		classOf:     map[classKey]int32{},
		names:       newNames(),
		casts:       map[*Tensor]*Tensor{},
		kernels:     map[string]Dim{},
		kernelCount: map[string]int{},
		grad:        true,
		comp:        memory.ActivationStorage,
	}
	return t
}

// Whole says whether every step is recorded, and not only the measured one.
func (t *Tape) Whole() bool { return t.extent == Unrolled }

// Measure begins the part of the run that is evaluated: what is alive now is
// its start.
func (t *Tape) Measure() {
	t.rec.works = t.rec.works[:0]
	t.Mark(markSteady)
	if t.Whole() {
		return
	}
	t.rec.before, t.rec.marked = len(t.rec.events), len(t.rec.marks)
	t.rec.initial = t.rec.initial[:0]
	for id := range t.rec.stores {
		if t.rec.stores[id].alive {
			t.rec.initial = append(t.rec.initial, int32(id))
		}
	}
}

// Phase begins a phase.
func (t *Tape) Phase(p memory.Phase) { t.phase = p }

// Mark names the present instant, so that what is alive can be asked for.
func (t *Tape) Mark(name string) {
	t.rec.marks = append(t.rec.marks, mark{name: name, at: len(t.rec.events), phase: t.phase})
}

// Steady runs f as a step after which every step is like it.
func (t *Tape) Steady(f func()) {
	t.Mark(markAgain)
	f()
	t.Mark(markAgainEnd)
}

// Scope sets the name under which tensors are labelled until the returned
// function is called: `defer t.Scope("mlp")()`.
func (t *Tape) Scope(name string) func() {
	old := t.scope
	t.scope = t.names.join(old, ".", name)
	return func() { t.scope = old }
}

// As sets the component of forward tensors until the returned function is
// called.
func (t *Tape) As(c memory.Component) func() {
	old := t.comp
	t.comp = c
	return func() { t.comp = old }
}

// label is a tensor's name: where it is made and what it is.
func (t *Tape) label(what string) string { return t.names.join(t.scope, " ", what) }

// take makes memory.
func (t *Tape) take(size Dim, comp memory.Component, label string, dims []Dim, dt DType) *storage {
	cl := t.class(class{size: size, comp: comp, label: label, dims: dims, dtype: dt})
	s := t.slabs.storages.one()
	s.id = int32(len(t.rec.stores))
	t.rec.stores = append(t.rec.stores, store{class: cl, born: t.here, alive: true, stream: t.stream})
	t.write(s.id, false)
	return s
}

func (t *Tape) give(s *storage) {
	t.rec.stores[s.id].alive = false
	t.write(s.id, true)
}

func (t *Tape) write(id int32, free bool) {
	at := t.here
	if at.group == 0 {
		at = t.rec.stores[id].born
	}
	t.rec.events = append(t.rec.events, event{store: id, free: free, phase: t.phase, place: at})
}

// relabel moves a storage to another component and label from its birth on.
func (t *Tape) relabel(s *storage, comp memory.Component, label string) {
	c := t.rec.classes[t.rec.stores[s.id].class]
	c.comp, c.label = comp, label
	t.rec.stores[s.id].class = t.class(c)
}

// class is the number of a class, which equal stores share.
func (t *Tape) class(c class) int32 {
	key := classKey{c.size, t.names.of(c.label), c.comp, c.dtype}
	cl, ok := t.classOf[key]
	if !ok {
		cl = int32(len(t.rec.classes))
		t.rec.classes = append(t.rec.classes, c)
		t.classOf[key] = cl
	}
	return cl
}

// Scratch takes memory and gives it back at once: a kernel's workspace.
func (t *Tape) Scratch(label string, sizes ...Dim) {
	var held []*storage
	for _, n := range sizes {
		if n.c != 0 {
			held = append(held, t.take(n, memory.Temporaries, label, nil, U8))
		}
	}
	for i := len(held) - 1; i >= 0; i-- {
		t.give(held[i])
	}
}

// Section is a part of the model that repeats: a decoder layer, a block of a
// tower.
type Section struct {
	id    int16 // 1 and up
	count int64
}

// RecordLayers asks for at least n repetitions of the sections that are declared
// from here on: where the second layer differs from the third, four cannot show
// that the middle repeats.
func (t *Tape) RecordLayers(n int64) { t.atLeast = n }

// NewSection declares a repeated section. layers is the symbol of its number
// of repetitions and count its present value.
func (t *Tape) NewSection(name string, layers Dim, count int64) *Section {
	s := &Section{id: int16(len(t.rec.groups) + 1), count: count}
	n := count
	switch t.extent {
	case OneStep:
		n = min(n, max(recordedLayers, t.atLeast))
	case Longer:
		n = min(n, max(longerLayers, t.atLeast))
	}
	t.rec.groups = append(t.rec.groups, group{name: name, recorded: n, layers: layers})
	return s
}

// Each runs f for the repetitions to record.
func (t *Tape) Each(s *Section, f func(i int)) {
	n := int(t.rec.groups[s.id-1].recorded)
	for i := range n {
		t.At(s, i, func() { f(i) })
	}
}

// Recorded is the number of repetitions that are recorded.
func (t *Tape) Recorded(s *Section) int { return int(t.rec.groups[s.id-1].recorded) }

// At runs f as a part of one repetition.
func (t *Tape) At(s *Section, i int, f func()) {
	old := t.here
	t.here = place{group: s.id, index: int16(i)}
	f()
	t.here = old
}

// at runs f at a place, unless it is no place.
func (t *Tape) at(p place, f func()) {
	old := t.here
	t.here = p
	f()
	t.here = old
}
