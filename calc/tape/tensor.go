package tape

// A Tensor is a handle on memory: a shape, an element type, and what autograd
// knows. Like in Python, a Tensor that an operator or a call returns is a
// temporary: it dies after the operator or call that uses it, unless a Frame
// binds it to a variable.
type Tensor struct {
	st     *storage
	refs   int
	temp   bool
	dims   []Dim
	dt     DType
	req    bool    // requires a gradient
	node   *Node   // what made it, nil for leaves
	out    int     // which output of node
	base   *Tensor // what it is a view of
	gaps   bool    // lies in memory with gaps: never added to in place, nor kept as a gradient
	turned bool    // lies in another order of dimensions than what it is the gradient of: never kept as a gradient

	gradient []Dim // shape of the gradient where it is not the tensor's own

	grad *Tensor
	acc  *Node  // gradient accumulator of a leaf, while some graph needs it
	par  *Param // the parameter that this is
}

// Dims is the shape.
func (x *Tensor) Dims() []Dim { return x.dims }

// DType is the element type.
func (x *Tensor) DType() DType { return x.dt }

// gradientDims is the shape that the tensor's gradient has.
func (x *Tensor) gradientDims() []Dim {
	if x.gradient != nil {
		return x.gradient
	}
	return x.dims
}

// Requires says whether a gradient is needed.
func (x *Tensor) Requires() bool { return x != nil && x.req }

// Numel is the number of elements.
func Numel(dims []Dim) Dim {
	n := One
	for _, d := range dims {
		n = n.Times(d)
	}
	return n
}

// Rows is the product of all dimensions but the last.
func (x *Tensor) Rows() Dim { return Numel(x.dims[:len(x.dims)-1]) }

// Last is the last dimension.
func (x *Tensor) Last() Dim { return x.dims[len(x.dims)-1] }

// make gives a fresh temporary.
func (t *Tape) make(what string, dt DType, dims ...Dim) *Tensor {
	dims = t.slabs.shape(dims)
	st := t.take(Numel(dims).By(dt.Size()), t.comp, t.label(what), dims, dt)
	st.refs = 1
	return t.temporary(t.tensor(st, dims, dt))
}

// like gives a fresh temporary of a tensor's shape.
func (t *Tape) like(what string, dt DType, x *Tensor) *Tensor { return t.make(what, dt, x.dims...) }

// tensor is a held tensor on memory.
func (t *Tape) tensor(st *storage, dims []Dim, dt DType) *Tensor {
	x := t.slabs.tensors.one()
	x.st, x.refs, x.dims, x.dt = st, 1, dims, dt
	return x
}

func (t *Tape) temporary(x *Tensor) *Tensor {
	x.temp = true
	for n := len(t.temps); n > t.floor && !t.temps[n-1].temp; n-- {
		t.temps = t.temps[:n-1]
	}
	t.temps = append(t.temps, x)
	return x
}

// hold adds a holder.
func hold(x *Tensor) *Tensor {
	if x != nil {
		x.refs++
	}
	return x
}

// own turns a result into one held reference: a temporary's own, else a new
// one.
func own(x *Tensor) *Tensor {
	switch {
	case x == nil:
	case x.temp:
		x.temp = false
	default:
		x.refs++
	}
	return x
}

// drop takes a holder away.
func (t *Tape) drop(x *Tensor) {
	if x == nil {
		return
	}
	x.refs--
	if x.refs > 0 {
		if x.refs == 1 && x.node != nil && x.node.keeps {
			t.loosen(x.node)
		}
		return
	}
	if x.refs < 0 {
		panic("tape: tensor released twice: " + t.rec.classes[t.rec.stores[x.st.id].class].label)
	}
	if x.grad != nil {
		g := x.grad
		x.grad = nil
		t.drop(g)
	}
	if x.node != nil {
		n := x.node
		x.node = nil
		t.dropNode(n)
	}
	x.st.refs--
	if x.st.refs == 0 && !x.st.empty {
		t.give(x.st)
	}
	if x.base != nil {
		b := x.base
		x.base = nil
		t.drop(b)
	}
}

// done ends the use of operands: temporaries among them die.
func (t *Tape) done(xs ...*Tensor) {
	for _, x := range xs {
		if x != nil && x.temp {
			x.temp = false
			t.drop(x)
		}
	}
}

// Done lets a temporary go without using it.
func (t *Tape) Done(xs ...*Tensor) { t.done(xs...) }

// alias is another tensor on the same memory, which holds what it views.
// It has no history.
func (t *Tape) alias(x *Tensor, dims []Dim) *Tensor {
	x.st.refs++
	v := t.tensor(x.st, t.slabs.shape(dims), x.dt)
	v.base = own(x)
	return t.temporary(v)
}

// detach is another tensor on the same memory, without history and without a
// hold on the tensor that it comes from.
func (t *Tape) detach(x *Tensor) *Tensor {
	x.st.refs++
	return t.temporary(t.tensor(x.st, x.dims, x.dt))
}

// Input gives memory that the caller of the step made: a batch. It is a
// temporary without history; bind it in a frame.
func (t *Tape) Input(label string, dt DType, dims ...Dim) *Tensor { return t.make(label, dt, dims...) }
