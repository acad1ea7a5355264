package tape

// An Edge is where a tensor came from in autograd's graph. It keeps the graph
// without the tensor's memory (torch.autograd.graph.get_gradient_edge).
type Edge struct{ x *Tensor }

// EdgeOf is the edge of a tensor, none of one without a history.
func (t *Tape) EdgeOf(x *Tensor) Edge {
	if x.node == nil {
		return Edge{}
	}
	x.node.refs++
	return Edge{&Tensor{dims: x.dims, dt: x.dt, req: true, node: x.node, out: x.out}}
}

// BackwardFrom runs autograd from an edge, if it is one, which goes with it, with a gradient
// that the caller still holds.
func (t *Tape) BackwardFrom(e Edge, g *Tensor) {
	if e.x == nil { // nothing before it is trained
		return
	}
	t.Backward(e.x, g)
	t.dropNode(e.x.node)
}
