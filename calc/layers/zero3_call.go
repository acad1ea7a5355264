package layers

import (
	"fmt"
	"slices"
	"strings"

	"vramcalc/calc/tape"
)

// called is a module that is called: hooks fetch what it needs before its
// forward and before its backward, and let go after.
type called struct {
	path   string
	params []*partitioned
	within []*partitioned        // those of the modules in it as well
	leaf   bool                  // fetched as a whole: no hooks within
	again  map[*partitioned]bool // frozen ones that a repeated forward fetched for its backward
	begun  int                   // gradients of its input that are to come
}

// calls follows the calls of modules. Modules that hold others are called too,
// and each call looks ahead: they are known by the names of what they hold.
type calls struct {
	z       *zero3
	modules map[string]*called
	forward []string // the modules that hold the last one that was called
	back    []string // the same in backward
	again   []string // the same in a forward that backward repeats
	latest  string   // the last module that was called
	leaves  int      // above 0 within a module that is fetched as a whole
	copy    int      // which of the layers that are recorded as one runs
}

// module is a module by its path, in the repetition that is being recorded.
func (c *calls) module(path string, ws ...*tape.Param) *called {
	key := c.known(path)
	m := c.modules[key]
	if m == nil {
		m = &called{path: path, again: map[*partitioned]bool{}}
		for _, w := range ws {
			if w != nil {
				m.params = append(m.params, c.z.of[w])
				c.z.of[w].hooked = true
			}
		}
		m.within = c.under(strings.Trim(path, "()"), m.params)
		if c.modules == nil {
			c.modules = map[string]*called{}
		}
		c.modules[key] = m
	}
	return m
}

// under are the parameters of a module and of those in it.
func (c *calls) under(path string, own []*partitioned) []*partitioned {
	section, index := c.z.t.Repetition()
	path, _, _ = strings.Cut(path, " ")
	if path == "" {
		return c.z.ps
	}
	out := slices.Clone(own)
	for _, q := range c.z.ps {
		s, i := q.p.Repetition()
		here := !strings.Contains(path, "*") || s == section && i == index && q.copy == c.copy
		if here && strings.HasPrefix(q.p.Name, path+".") && !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

// holders are the modules around a path that are called: not lists, whose
// members are numbered.
func (c *calls) holders(path string) []string {
	parts := strings.Split(path, ".")
	out := []string{""}
	if c.z.b.adapters() {
		out = append(out, " ", "  ") // PEFT's model and the tuner's are around it
	}
	for i := 1; i < len(parts); i++ {
		if numbered(parts[i]) {
			continue
		}
		out = append(out, c.known(strings.Join(parts[:i], ".")))
	}
	return out
}

// known is a path with the repetition that it is in.
func (c *calls) known(path string) string {
	if !strings.Contains(path, "*") {
		return path
	}
	section, index := c.z.t.Repetition()
	return fmt.Sprint(path, " ", section, " ", index, " ", c.copy)
}

// numbered says whether a part of a path is the number of a list's member.
func numbered(part string) bool {
	return part == "*" || part != "" && strings.Trim(part, "0123456789") == ""
}

// enter fetches for the modules around a path that have not been called yet.
func (c *calls) enter(last *[]string, path string, forward bool) {
	now := c.holders(path)
	for i, p := range now {
		if i < len(*last) && (*last)[i] == p {
			continue
		}
		*last = (*last)[:min(i, len(*last))]
		if forward && c.z.t.Repeating() && !strings.Contains(p, "*.") { // what is repeated is in a layer
			*last = append(*last, p)
			continue
		}
		c.z.fetch(c.module("("+p+")"), forward)
		*last = append(*last, p)
	}
	*last = (*last)[:min(len(now), len(*last))]
}

// call runs the forward of a module of one input and one result between its
// hooks.
func (z *zero3) call(path string, ws []*tape.Param, x *tape.Tensor, forward func(x *tape.Tensor) *tape.Tensor) *tape.Tensor {
	return z.callOf(path, ws, []*tape.Tensor{x}, func(xs []*tape.Tensor) []*tape.Tensor { return []*tape.Tensor{forward(xs[0])} })[0]
}

// callOf runs a module's forward between its hooks: each of its inputs and
// results that needs a gradient passes through a function of its own.
func (z *zero3) callOf(path string, ws []*tape.Param, xs []*tape.Tensor, forward func(xs []*tape.Tensor) []*tape.Tensor) []*tape.Tensor {
	if z.leaves > 0 {
		return forward(xs)
	}
	z.runsIn(ws)
	return z.run(z.module(path, ws...), path, xs, forward)
}

// layer runs a repeated layer, whose hooks lie outside of gradient
// checkpointing.
func (z *zero3) layer(u *bundle, x *tape.Tensor, forward func(x *tape.Tensor) *tape.Tensor) *tape.Tensor {
	if u == nil || len(u.params) == 0 || !strings.Contains(u.params[0].Name, "*") {
		return forward(x)
	}
	z.runsIn(u.params)
	path, _, _ := strings.Cut(u.params[0].Name, "*")
	path += "*"
	return z.run(z.module(path), path, []*tape.Tensor{x}, func(xs []*tape.Tensor) []*tape.Tensor { return []*tape.Tensor{forward(xs[0])} })[0]
}

// runsIn notes which layer runs, by a parameter of it.
func (c *calls) runsIn(ws []*tape.Param) {
	for _, w := range ws {
		if w != nil && strings.Contains(w.Name, "*") {
			c.copy = c.z.of[w].copy
			return
		}
	}
}

// callWhole runs a module that has a weight, with all its parameters.
func (z *zero3) callWhole(weight *tape.Param, x *tape.Tensor, forward func(x *tape.Tensor) *tape.Tensor) *tape.Tensor {
	path := holder(weight)
	section, index := weight.Repetition()
	var ws []*tape.Param
	for _, q := range z.ps {
		if s, i := q.p.Repetition(); s == section && i == index && q.copy == z.of[weight].copy && holder(q.p) == path {
			ws = append(ws, q.p)
		}
	}
	return z.call(path, ws, x, forward)
}

// leaf runs a module that is fetched as a whole (z3_leaf_module): the gradients
// of all its parameters are reduced when its backward has ended.
func (z *zero3) leaf(path string, x *tape.Tensor, forward func(x *tape.Tensor) *tape.Tensor) *tape.Tensor {
	m := z.module(path)
	if !m.leaf {
		m.leaf, m.params = true, m.within
		for _, q := range m.params {
			q.inLeaf, q.hooked = true, true
		}
	}
	inside := func(xs []*tape.Tensor) []*tape.Tensor {
		z.leaves++
		defer func() { z.leaves-- }()
		hooked, _ := z.t.AfterBackward(func() {
			for _, q := range m.params {
				if q.p.Trainable {
					z.collect(q)
				}
			}
		}, xs[0])
		return []*tape.Tensor{forward(hooked[0])}
	}
	return z.run(m, path, []*tape.Tensor{x}, inside)[0]
}

func (z *zero3) run(m *called, path string, xs []*tape.Tensor, forward func(xs []*tape.Tensor) []*tape.Tensor) []*tape.Tensor {
	t := z.t
	section, index := t.Repetition()
	copy := z.calls.copy
	around := func(f func()) func() {
		return func() {
			z.calls.copy = copy
			t.InRepetition(section, index, f)
		}
	}
	z.enterForward(path)
	z.fetch(m, true)
	z.inside(z.presentStack(), path)
	m.begun = 0
	after := around(func() {
		if m.begun--; m.begun == 0 {
			z.letGo(m, false)
		}
	})
	ins := make([]*tape.Tensor, len(xs))
	for i, x := range xs {
		hooked, ok := t.AfterBackward(after, x)
		if ins[i] = hooked[0]; ok {
			m.begun++
		}
	}
	outs := forward(ins)
	z.letGo(m, true)
	before := around(func() {
		z.again = nil
		z.enter(&z.back, path, false)
		z.fetch(m, false)
		z.inside(&z.back, path)
	})
	for i, y := range outs {
		hooked, _ := t.AfterBackward(before, y)
		outs[i] = hooked[0]
	}
	t.Done(ins...)
	return outs
}

// enterForward fetches for the modules around one that is called.
func (z *zero3) enterForward(path string) {
	z.latest = path
	if z.t.Repeating() {
		z.enter(&z.again, path, true)
		return
	}
	z.again = nil
	z.enter(&z.calls.forward, path, true)
}

// presentStack are the modules around the one that runs forward.
func (z *zero3) presentStack() *[]string {
	if z.t.Repeating() {
		return &z.again
	}
	return &z.calls.forward
}

// inside notes that what is called next may be in the module that has been.
func (c *calls) inside(last *[]string, path string) { *last = append(*last, c.known(path)) }

// beside is a module without parameters, called within the one that holds the
// last that was called.
func (b *Builder) beside(name string, x *tape.Tensor, forward func(x *tape.Tensor) *tape.Tensor) *tape.Tensor {
	if b.gathers == nil {
		return forward(x)
	}
	return b.gathers.call(b.gathers.sibling(name), nil, x, forward)
}

// sibling is the path of a module beside the last that was called.
func (c *calls) sibling(name string) string {
	return c.latest[:strings.LastIndex(c.latest, ".")+1] + name
}

// passes is a module without parameters that no gradient goes through.
func (b *Builder) passes(name string) {
	if z := b.gathers; z != nil && z.leaves == 0 {
		path := z.sibling(name)
		z.enterForward(path)
		z.fetch(z.module(path), true)
	}
}
