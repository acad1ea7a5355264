package tape

import "vramcalc/calc/memory"

// region is one execution of a section under non-reentrant gradient
// checkpointing: what its operators save are numbered slots. The first node
// that needs one runs the section again, with gradients on, which fills the
// slots in order and stops at the last.
type region struct {
	again   func() *Tensor
	held    []*Tensor // inputs and closure, until the last node with slots is done
	slots   int
	pending int
	filled  []*Tensor
	gone    map[int]bool // slots of nodes that went before backward: no second run fills them
	refill  bool         // running again
	count   int          // slots filled so far
	amp     DType
	scope   string
	comp    memory.Component
}

// stopRecompute unwinds a section once its last slot is filled.
type stopRecompute struct{ r *region }

// Checkpoint runs a section without keeping what it saves. args are the
// tensors that enter it and its closure (masks, rotary tables).
//
// Running the section again inside backward has a transient that a run which
// keeps everything has not: what its forward makes and does not keep, beside the
// gradient of its output. By that much, and no more, checkpointing can raise the
// peak of a model of one or a few layers.
func (t *Tape) Checkpoint(f func() *Tensor, args ...*Tensor) *Tensor {
	if !t.grad {
		return f()
	}
	r := &region{again: f, amp: t.amp, scope: t.scope, comp: t.comp}
	for _, a := range args {
		if a != nil {
			r.held = append(r.held, hold(a))
		}
	}
	outer := t.region
	t.region = r
	r.pending++ // while it runs
	y := f()
	t.region = outer
	r.release(t)
	return y
}

// pack saves a tensor as a slot. Running again, it fills the next slot, and
// keeps the tensor for the nodes of that run.
func (r *region) pack(t *Tape, x *Tensor) save {
	if !r.refill {
		r.slots++
		r.pending++
		return save{region: r, slot: r.slots - 1}
	}
	if !r.gone[r.count] {
		r.filled[r.count] = own(t.detach(x))
	}
	r.count++
	if r.count == r.slots {
		panic(stopRecompute{r})
	}
	return save{x: own(t.detach(x))}
}

// forget notes that the node of a slot has gone.
func (r *region) forget(slot int) {
	if r.filled == nil {
		if r.gone == nil {
			r.gone = map[int]bool{}
		}
		r.gone[slot] = true
	}
}

func (r *region) release(t *Tape) {
	r.pending--
	if r.pending > 0 {
		return
	}
	for _, x := range r.held {
		t.drop(x)
	}
	for _, x := range r.filled {
		t.drop(x)
	}
	r.held, r.filled = nil, nil
}

// unpack gives the tensor of a slot, which is read once.
func (r *region) unpack(t *Tape, slot int) *Tensor {
	if r.filled == nil {
		r.recompute(t)
	}
	x := r.filled[slot]
	r.filled[slot] = nil
	return x
}

func (r *region) recompute(t *Tape) {
	r.filled = make([]*Tensor, r.slots)
	r.refill, r.count = true, 0
	frames, temps, nodes := len(t.frames), len(t.temps), len(t.building)
	scope, comp, floor := t.scope, t.comp, t.floor
	t.floor = temps
	t.scope, t.comp, t.region, t.grad = r.scope, r.comp, r, true
	t.withAutocast(r.amp, func() {
		defer func() {
			p := recover()
			if stop, ok := p.(stopRecompute); p != nil && (!ok || stop.r != r) {
				panic(p)
			}
			t.unwind(frames, temps, nodes)
		}()
		t.repeating(func() { t.done(r.again()) })
	})
	t.scope, t.comp, t.region, t.grad, t.floor = scope, comp, nil, false, floor
	r.refill = false
}

// unwind lets go of what an interrupted run still holds: operands first, then
// frames, innermost first.
func (t *Tape) unwind(frames, temps, nodes int) {
	for i := temps; i < len(t.temps); i++ {
		t.done(t.temps[i])
	}
	t.temps = t.temps[:min(temps, len(t.temps))]
	for len(t.building) > nodes {
		n := t.building[len(t.building)-1]
		t.building = t.building[:len(t.building)-1]
		n.refs++
		t.dropNode(n)
	}
	for len(t.frames) > frames {
		f := t.frames[len(t.frames)-1]
		t.frames = t.frames[:len(t.frames)-1]
		f.release()
	}
}

// CheckpointReentrant runs a section under no_grad and keeps its input only;
// its node runs the section again on a detached copy of the input, with a
// backward of its own. The closure's tensors (masks, rotary tables) are held
// until the graph goes.
func (t *Tape) CheckpointReentrant(f func(x *Tensor) *Tensor, x *Tensor, closure ...*Tensor) *Tensor {
	if !t.grad {
		return f(x)
	}
	amp := t.amp
	return t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		holds: closure,
		outs: func() []*Tensor {
			t.grad = false
			y := f(x)
			t.grad = true
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			in := own(t.detach(b.Saved[0]))
			in.req = x.req
			t.grad = true
			var y *Tensor
			t.repeating(func() { t.withAutocast(amp, func() { y = own(f(in)) }) })
			t.grad = false
			// The frame of the function holds the incoming gradient and the output meanwhile.
			t.Backward(y, b.G[0])
			t.drop(y)
			g := in.grad
			in.grad = nil
			t.drop(in)
			return []*Tensor{t.temporary(g)}
		},
	})[0]
}
