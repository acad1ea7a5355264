package tape

import "vramcalc/calc/memory"

// task is one run of autograd's engine.
type task struct {
	t     *Tape
	deps  map[*Node]int
	buf   map[*Node][]*Tensor
	ready []*Node
}

// Backward runs autograd from a tensor with the given gradient, which is
// consumed. Nodes run in reverse order of creation, each when all its
// gradients have arrived; gradients of leaves are accumulated at once.
func (t *Tape) Backward(root, g *Tensor) { t.backward([]*Tensor{root}, []*Tensor{g}) }

// backward runs autograd from several tensors at once.
func (t *Tape) backward(roots, gs []*Tensor) {
	oldGrad := t.grad
	t.grad = false
	k := &task{t: t, deps: map[*Node]int{}, buf: map[*Node][]*Tensor{}}
	starts := make([]*Node, len(roots))
	for i, root := range roots {
		starts[i] = t.gradEdge(root)
		starts[i].refs++
		if k.deps[starts[i]] == 0 {
			k.count(starts[i])
		}
	}
	for i, n := range starts {
		b := k.buf[n]
		if b == nil {
			b = t.slabs.pointers.few(n.outs)
			k.buf[n] = b
		}
		b[roots[i].out] = own(gs[i])
		if k.deps[n] == 0 {
			k.ready = append(k.ready, n)
		}
	}
	for len(k.ready) > 0 {
		k.step()
	}
	for _, n := range starts {
		t.dropNode(n)
	}
	t.grad = oldGrad
}

// count finds how many gradients each node waits for.
func (k *task) count(n *Node) {
	for _, e := range n.next {
		if e.node == nil {
			continue
		}
		k.deps[e.node]++
		if k.deps[e.node] == 1 {
			k.count(e.node)
		}
	}
}

// step runs the latest of the nodes that are ready.
func (k *task) step() {
	best := 0
	for i, n := range k.ready {
		if n.seq > k.ready[best].seq {
			best = i
		}
	}
	n := k.ready[best]
	k.ready = append(k.ready[:best], k.ready[best+1:]...)
	g := k.buf[n]
	delete(k.buf, n)

	t := k.t
	n.refs++
	oldScope, oldComp, oldAmp, oldRegion := t.scope, t.comp, t.amp, t.region
	t.scope, t.comp, t.amp, t.region = n.scope, n.comp, 0, nil
	place := n.where
	if n.leaf == nil && place.group == 0 {
		place = t.here
	}
	t.at(place, func() {
		for _, f := range n.before {
			f()
		}
		if n.leaf != nil {
			t.accumulate(n, g[0])
			if p := n.leaf.par; p != nil && t.onGrad != nil && g[0] != nil {
				t.onGrad(p)
			}
			return
		}
		k.run(n, g)
	})
	t.scope, t.comp, t.amp, t.region = oldScope, oldComp, oldAmp, oldRegion
	t.dropNode(n)
}

// run applies a node: its function, then casts and sums to what the inputs
// are; the incoming gradients die, then what the node saved, and the results
// move on.
func (k *task) run(n *Node, g []*Tensor) {
	t := k.t
	b := t.slabs.passes.one()
	b.T, b.G = t, g
	b.Saved, b.Need = t.slabs.pointers.few(len(n.saved))[:0], t.slabs.flags.few(len(n.next))[:0]
	unpacked := t.slabs.flags.few(len(n.saved))
	for i, s := range n.saved {
		x := s.x
		if s.region != nil {
			x = s.region.unpack(t, s.slot)
			unpacked[i] = x != nil
		}
		b.Saved = append(b.Saved, x)
	}
	for _, e := range n.next {
		b.Need = append(b.Need, e.node != nil)
	}
	outs := n.apply(b)
	for i := range outs {
		outs[i] = own(outs[i])
	}
	for i, x := range b.Saved {
		if unpacked[i] {
			t.drop(x)
		}
	}
	for i, e := range n.next {
		if outs[i] == nil {
			continue
		}
		if e.node == nil {
			t.drop(outs[i])
			outs[i] = nil
			continue
		}
		outs[i] = t.fit(outs[i], e)
	}
	for _, x := range g {
		t.drop(x)
	}
	t.free(n)
	for i, e := range n.next {
		if e.node != nil {
			k.send(e, outs[i])
		}
	}
}

// fit sums and casts a gradient to the input's shape and type.
func (t *Tape) fit(g *Tensor, e edge) *Tensor {
	if Numel(g.dims) != Numel(e.dims) {
		s := t.sumTo(g, e.dims)
		own(s)
		t.drop(g)
		g = s
	}
	if g.dt != e.dt {
		c := t.like("gradient cast", e.dt, g)
		c.turned = g.turned
		own(c)
		t.drop(g)
		g = c
	}
	return g
}

// send adds a gradient to what a node waits for: in place only where nothing
// else holds the sum so far, neither its tensor nor, by a view, its memory.
func (k *task) send(e edge, g *Tensor) {
	t, n := k.t, e.node
	b := k.buf[n]
	if b == nil {
		b = t.slabs.pointers.few(n.outs)
		k.buf[n] = b
	}
	switch old := b[e.out]; {
	case g == nil:
	case old == nil:
		b[e.out] = g
	case old.refs == 1 && old.st.refs == 1 && !old.gaps:
		t.drop(g)
	default:
		sum := own(t.like("gradient sum", Promote(old.dt, g.dt), old))
		t.drop(old)
		t.drop(g)
		b[e.out] = sum
	}
	k.deps[n]--
	if k.deps[n] == 0 {
		k.ready = append(k.ready, n)
	}
}

// accumulate gives a leaf its gradient: the first is taken over if nothing
// else holds its tensor, else copied; later ones are added in place.
func (t *Tape) accumulate(n *Node, g *Tensor) {
	x := n.leaf
	if g == nil {
		return
	}
	if x.grad != nil {
		t.drop(g)
		return
	}
	if g.refs > 1 || g.gaps || g.turned {
		c := own(t.like("gradient", g.dt, g))
		t.drop(g)
		g = c
	}
	if x.par != nil {
		t.relabel(g.st, memory.GradientStorage, x.par.Label)
	}
	x.grad = g
}
