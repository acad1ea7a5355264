package tape

import (
	"fmt"

	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
)

// Kind is what a parameter is in its module.
type Kind uint8

// The kinds of parameters.
const (
	LinearWeight Kind = iota + 1
	Bias
	NormWeight
	EmbeddingWeight
	ConvWeight
	AdapterWeight
	ExpertWeight
	OtherWeight
	Buffer // not a parameter: not counted, not trained
)

// A Param is a parameter or buffer of the model, declared by the layer that
// uses it.
type Param struct {
	*Tensor
	Name      string // the library's name, with * for the repeated layer's number
	Label     string // for people
	Kind      Kind
	Component memory.Component
	Trainable bool
	Apart     bool // of a model that runs beside the one that the run is about: resident, not counted
	where     place
	bytes     Dim    // of its elements as they are stored
	Local     *Param // what this rank keeps of it and the optimizer updates; nil where it keeps all
	away      bool   // this rank keeps nothing of it

	active, all Dim // of a matrix over experts: how many a token visits, of how many
}

// Share says that a token visits some of the experts that a matrix holds.
func (p *Param) Share(active, all Dim) { p.active, p.all = active, all }

// Param declares a parameter. Inside a Section it belongs to the repetition
// that is being recorded.
func (t *Tape) Param(name string, kind Kind, dt DType, trainable bool, dims ...Dim) *Param {
	return t.packed(name, kind, dt, trainable, Numel(dims).By(dt.Size()), dims)
}

// PackedParam declares a frozen parameter whose storage has another size than
// its elements: a quantized matrix.
func (t *Tape) PackedParam(name string, kind Kind, dt DType, bytes Dim, dims ...Dim) *Param {
	return t.packed(name, kind, dt, false, bytes, dims)
}

func (t *Tape) packed(name string, kind Kind, dt DType, trainable bool, bytes Dim, dims []Dim) *Param {
	x := &Tensor{refs: 1, dims: dims, dt: dt, req: trainable}
	x.st = t.take(bytes, t.comp, name, dims, dt)
	x.st.refs = 1
	p := &Param{Tensor: x, Name: name, Label: name, Kind: kind, Component: t.comp, Trainable: trainable, Apart: t.apart, where: t.here, bytes: bytes}
	x.par = p
	t.Params = append(t.Params, p)
	return p
}

// Beside declares what f declares as parameters of a model beside the one that
// the run is about.
func (t *Tape) Beside(f func()) {
	old := t.apart
	t.apart = true
	f()
	t.apart = old
}

// T is the parameter's tensor, nil for a nil parameter.
func (p *Param) T() *Tensor {
	if p == nil {
		return nil
	}
	return p.Tensor
}

// Elements is the parameter's number of elements.
func (p *Param) Elements() Dim { return Numel(p.dims) }

// Bytes is the size of the parameter's storage.
func (t *Tape) Bytes(p *Param) Dim {
	return p.bytes
}

// Grad is the gradient, nil if there is none.
func (p *Param) Grad() *Tensor { return p.grad }

// ZeroGrad lets the gradient go.
func (t *Tape) ZeroGrad(p *Param) {
	if g := p.grad; g != nil {
		p.grad = nil
		t.atParam(p, func() { t.drop(g) })
	}
}

// State makes memory that belongs to a parameter and stays: optimizer state.
func (t *Tape) State(p *Param, label string, dt DType, dims ...Dim) *Tensor {
	var x *Tensor
	t.atParam(p, func() {
		old := t.comp
		t.comp = memory.OptimizerStates
		x = own(t.make(label, dt, dims...))
		t.comp = old
	})
	return x
}

// Temp makes a temporary that belongs to a parameter; let it go with Free.
func (t *Tape) Temp(p *Param, label string, dt DType, dims ...Dim) *Tensor {
	var x *Tensor
	t.atParam(p, func() {
		old := t.comp
		t.comp = memory.Temporaries
		x = own(t.make(label, dt, dims...))
		t.comp = old
	})
	return x
}

// Free lets go of what Temp or State made.
func (t *Tape) Free(p *Param, x *Tensor) {
	if x != nil {
		t.atParam(p, func() { t.drop(x) })
	}
}

// AtParam runs f as a part of the repetition that a parameter belongs to.
func (t *Tape) AtParam(p *Param, f func()) { t.atParam(p, f) }

func (t *Tape) atParam(p *Param, f func()) {
	if p == nil {
		f()
		return
	}
	t.at(p.where, f)
}

// Count sums parameters with the real number of repetitions of their sections
// at the present sizes.
func (t *Tape) Count() memory.Counts {
	v := t.rec.syms.present()
	var c memory.Counts
	for _, p := range t.Params {
		if p.Kind == Buffer || p.Apart {
			continue
		}
		n := unit.Params(unit.Mul(unit.Bytes(p.Elements().Value(&v)), unit.Bytes(t.weightOf(p, &v))))
		c.Total = addParams(c.Total, n)
		if p.Trainable {
			c.Trainable = addParams(c.Trainable, n)
		} else {
			c.Frozen = addParams(c.Frozen, n)
		}
		if p.Kind == AdapterWeight {
			c.Adapters += n
		}
		switch {
		case p.all.c != 0 && p.all.eval(&v) > 0:
			c.ActivePerToken = addParams(c.ActivePerToken, n/unit.Params(p.all.eval(&v))*unit.Params(p.active.eval(&v)))
		case p.Component != memory.InactiveExperts:
			c.ActivePerToken = addParams(c.ActivePerToken, n)
		}
	}
	return c
}

// addParams adds counts and stops at the largest number that is carried.
func addParams(a, b unit.Params) unit.Params {
	return unit.Params(unit.Add(unit.Bytes(a), unit.Bytes(b)))
}

// weightOf is how many repetitions a recorded parameter stands for: the second
// of the recorded ones stands for all in the middle.
func (t *Tape) weightOf(p *Param, v *Values) int64 {
	if p.where.group == 0 {
		return 1
	}
	g := t.rec.groups[p.where.group-1]
	if p.where.index == 1 {
		return 1 + g.layers.eval(v) - g.recorded
	}
	return 1
}

// RequireGrad marks a tensor as needing a gradient, as requires_grad_ does:
// without history it becomes a leaf.
func (t *Tape) RequireGrad(x *Tensor) {
	if t.grad {
		x.req = true
	}
}

// RequireGradAlways is RequireGrad even where gradients are off: it sets the
// flag, as assigning requires_grad does.
func (t *Tape) RequireGradAlways(x *Tensor) { x.req = true }

// NoGrad runs f with gradients off.
func (t *Tape) NoGrad(f func()) {
	old := t.grad
	t.grad = false
	f()
	t.grad = old
}

// NormScratch is what a foreach norm over the gradients of parameters takes:
// a table of addresses, and an fp32 partial norm of every chunk.
func (t *Tape) NormScratch(ps []*Param, chunk int64) (table, partial Dim) {
	const pointer, accumulator = 8, 4 // bytes of an address and of an fp32 number
	kinds := t.alike(ps, true)
	key := keyOf(t, kinds)
	count := t.ParamCount(ps)
	table = t.kernel("normTable", "addresses of the gradients in clip_grad_norm_, bytes", key, func(v *Values) int64 {
		return pointer * (count.eval(v) + 1)
	})
	partial = t.kernel("normPartials", "partial gradient norms in clip_grad_norm_, bytes", key, func(v *Values) int64 {
		var n int64
		for i := range kinds {
			n += mulCap(kinds[i].number(v), ceilDiv(kinds[i].elements.eval(v), chunk))
		}
		return min(maxSize, n*accumulator)
	})
	return table, partial
}

// ParamCount is the number of parameters that recorded ones stand for.
func (t *Tape) ParamCount(ps []*Param) Dim {
	kinds := t.alike(ps, false)
	return t.kernel("tensors", "parameters with a gradient", fmt.Sprint(len(ps), ps[0].Name), func(v *Values) int64 {
		var c int64
		for i := range kinds {
			c += kinds[i].number(v)
		}
		return c
	})
}

// WeightBytes is the size of all parameters and buffers, adapters included, at
// the present sizes.
func (t *Tape) WeightBytes() unit.Bytes {
	v := t.rec.syms.present()
	var n unit.Bytes
	for _, p := range t.Params {
		if !p.away {
			n = unit.Add(n, unit.Mul(unit.Bytes(t.Bytes(p.kept()).Value(&v)), unit.Bytes(t.weightOf(p, &v))))
		}
	}
	return n
}

// SumOver adds a number of bytes over all parameters, with the real number of
// repetitions of their sections, at the present sizes. f gets a parameter's
// number of elements.
func (t *Tape) SumOver(f func(p *Param, elements int64) int64) unit.Bytes {
	v := t.rec.syms.present()
	var n unit.Bytes
	for _, p := range t.Params {
		n = unit.Add(n, unit.Mul(unit.Bytes(f(p, p.Elements().Value(&v))), unit.Bytes(t.weightOf(p, &v))))
	}
	return n
}
