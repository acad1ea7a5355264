package tape

import (
	"math"

	"vramcalc/calc/memory"
)

// A Node is a step of autograd's graph: made by an operator in forward, it
// turns the gradients of the operator's outputs into those of its inputs.
type Node struct {
	seq   uint64
	refs  int // tensors and edges that hold it
	next  []edge
	saved []save
	held  []*Tensor // until the node goes
	outs  int       // outputs of the operator
	keeps bool      // some of them are saved
	where place
	scope string
	comp  memory.Component // of what its backward makes
	leaf  *Tensor          // set in a gradient accumulator
	apply func(b *Backward) []*Tensor
	freed bool

	before []func() // hooks on its gradients
}

// edge leads to what made an input, or to the accumulator of a leaf; the node
// is nil where no gradient is needed.
type edge struct {
	node *Node
	out  int
	dims []Dim // of the input: gradients are summed and cast to it
	dt   DType
}

// save is a saved tensor: itself, or a numbered slot of a checkpointed region
// which running the region again fills.
type save struct {
	x      *Tensor
	region *region
	slot   int
}

// Backward is what a node's function sees: gradients of the outputs (nil where
// none came), the saved tensors, and which inputs need a gradient.
type Backward struct {
	T     *Tape
	G     []*Tensor
	Saved []*Tensor
	Need  []bool
}

// op is an operator as PyTorch's dispatcher sees it.
type op struct {
	ins   []*Tensor // inputs that may need gradients, in the order of Backward's results
	saves []*Tensor // saved inputs
	late  []*Tensor // inputs that are saved once the outputs exist
	outs  func() []*Tensor
	holds []*Tensor // what the node's function closes over, until the graph goes
	keep  []int     // outputs that are saved as well
	back  func(b *Backward) []*Tensor
}

// run executes an operator: saves inputs, makes outputs, saves those, links
// the graph, and ends the use of its operands. Results are temporaries.
func (t *Tape) run(o op) []*Tensor {
	need := false
	for _, x := range o.ins {
		need = need || x.Requires()
	}
	var n *Node
	if need && t.grad {
		n = t.newNode(o)
	}
	outs := o.outs()
	if n != nil {
		for _, x := range o.late {
			t.save(n, x)
		}
		for _, i := range o.keep {
			t.save(n, outs[i])
		}
		n.outs, n.keeps = len(outs), len(o.keep) > 0
		for i, y := range outs {
			if y != nil && y.dt.Float() {
				y.req, y.node, y.out = true, n, i
				n.refs++
			}
		}
		t.building = t.building[:len(t.building)-1]
	}
	return outs
}

func (t *Tape) newNode(o op) *Node {
	t.seq++
	n := t.slabs.nodes.one()
	n.seq, n.where, n.scope, n.comp, n.apply = t.seq, t.here, t.scope, memory.Temporaries, o.back
	n.next = t.slabs.edges.few(len(o.ins))
	n.saved = t.slabs.saves.few(len(o.saves) + len(o.keep))[:0]
	t.building = append(t.building, n)
	if t.comp == memory.Logits {
		n.comp = memory.Logits
	}
	for i, x := range o.ins {
		e := &n.next[i]
		if x != nil {
			e.dims, e.dt = x.gradientDims(), x.dt
		}
		if x.Requires() {
			e.node, e.out = t.gradEdge(x), x.out
			e.node.refs++
		}
	}
	for _, x := range o.saves {
		t.save(n, x)
	}
	for _, x := range o.holds {
		n.held = append(n.held, hold(x))
	}
	return n
}

// gradEdge is the node that takes a tensor's gradient.
func (t *Tape) gradEdge(x *Tensor) *Node {
	if x.node != nil {
		return x.node
	}
	if x.acc == nil {
		x.acc = &Node{seq: math.MaxUint64, leaf: hold(x), outs: 1, where: t.here, scope: t.scope}
		if x.par != nil {
			x.acc.where = x.par.where
		}
	}
	return x.acc
}

// save keeps a tensor for backward; nil keeps the position.
func (t *Tape) save(n *Node, x *Tensor) {
	switch {
	case x == nil:
		n.saved = append(n.saved, save{})
	case t.region != nil:
		n.saved = append(n.saved, t.region.pack(t, x))
	default:
		n.saved = append(n.saved, save{x: hold(x)})
	}
}

// free lets go of what a node saved.
func (t *Tape) free(n *Node) {
	if n.freed {
		return
	}
	n.freed = true
	for _, s := range n.saved {
		if s.x != nil {
			t.drop(s.x)
		}
		if s.region != nil {
			s.region.forget(s.slot)
			s.region.release(t)
		}
	}
	n.saved = nil
}

// loosen frees a node that nothing holds but outputs that it saves itself: a
// graph that backward never reaches. PyTorch's saved outputs do not hold what
// made them.
func (t *Tape) loosen(n *Node) {
	if n.freed {
		return
	}
	held := 0
	for _, s := range n.saved {
		if s.x != nil && s.x.node == n && s.x.refs == 1 {
			held++
		}
	}
	if held > 0 && held == n.refs {
		t.free(n)
	}
}

func (t *Tape) dropNode(n *Node) {
	n.refs--
	if n.refs > 0 {
		if n.keeps {
			t.loosen(n)
		}
		return
	}
	t.free(n)
	for _, e := range n.next {
		if e.node != nil {
			t.dropNode(e.node)
		}
	}
	n.next = nil
	for _, x := range n.held {
		t.drop(x)
	}
	n.held = nil
	if n.leaf != nil {
		x := n.leaf
		n.leaf, x.acc = nil, nil
		t.drop(x)
	}
}
