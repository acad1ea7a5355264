package tape

// A Frame is a running Python function: it holds its arguments and its
// variables until it returns.
type Frame struct {
	t    *Tape
	args []*Tensor // temporaries of the caller, which hold until the call returns
	vars []*Tensor
}

// frameVars is how many variables most frames have at most.
const frameVars = 6

// Frame begins a call. Its arguments live until it returns, as nn.Module's
// call keeps them, whatever the callee does with its variables.
func (t *Tape) Frame(args ...*Tensor) *Frame {
	f := t.slabs.frames.one()
	f.t = t
	f.args = t.slabs.pointers.few(len(args))[:0]
	f.vars = t.slabs.pointers.few(frameVars)[:0]
	for _, a := range args {
		if a != nil {
			f.args = append(f.args, own(a))
		}
	}
	t.frames = append(t.frames, f)
	return f
}

// V binds a result to a variable.
func (f *Frame) V(x *Tensor) *Tensor {
	f.vars = append(f.vars, own(x))
	return x
}

// Re binds a result to a variable that held another tensor: the new one is
// held, then the old one let go.
func (f *Frame) Re(old, x *Tensor) *Tensor {
	own(x)
	for i, v := range f.vars {
		if v == old {
			f.vars[i] = x
			f.t.drop(old)
			return x
		}
	}
	f.vars = append(f.vars, x)
	return x
}

// Del deletes a variable.
func (f *Frame) Del(x *Tensor) {
	for i, v := range f.vars {
		if v == x && v != nil {
			f.vars[i] = nil
			f.t.drop(x)
			return
		}
	}
}

// Ret returns from the call: the result becomes the caller's temporary, the
// variables are let go in order, then the arguments.
func (f *Frame) Ret(x *Tensor) *Tensor {
	if x != nil && !x.temp {
		hold(x)
		// Held on the caller's stack from here on.
		defer f.t.temporary(x)
	}
	f.end()
	return x
}

// Ret2 returns two results.
func (f *Frame) Ret2(x, y *Tensor) (*Tensor, *Tensor) {
	for _, r := range []*Tensor{x, y} {
		if r != nil && !r.temp {
			hold(r)
			defer f.t.temporary(r)
		}
	}
	f.end()
	return x, y
}

// Ret3 returns three results.
func (f *Frame) Ret3(x, y, z *Tensor) (*Tensor, *Tensor, *Tensor) {
	for _, r := range []*Tensor{x, y, z} {
		if r != nil && !r.temp {
			hold(r)
			defer f.t.temporary(r)
		}
	}
	f.end()
	return x, y, z
}

// End leaves a call that returns nothing.
func (f *Frame) End() { f.end() }

func (f *Frame) end() {
	n := len(f.t.frames) - 1
	if n < 0 || f.t.frames[n] != f {
		panic("tape: frames must end in order")
	}
	f.t.frames = f.t.frames[:n]
	f.release()
}

func (f *Frame) release() {
	for _, v := range f.vars {
		f.t.drop(v)
	}
	for _, a := range f.args {
		f.t.drop(a)
	}
	f.vars, f.args = nil, nil
}

// Args are the arguments that the frame holds.
func (f *Frame) Args() []*Tensor { return f.args }
