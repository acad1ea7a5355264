package tape

import (
	"slices"
	"strings"
)

// Settle is model.to(device): parameters come to the card as nn.Module visits
// them, those of the modules inside a module before its own. The order among
// the parameters, by which optimizers go, stays.
func (t *Tape) Settle() {
	root := &moduleTree{}
	for _, p := range t.Params {
		root.add(strings.Split(p.Name, "."), p)
	}
	order := root.order(nil)
	if slices.Equal(order, t.Params) {
		return
	}
	for _, p := range t.Params {
		t.give(p.st)
	}
	t.EmptyCache()
	for _, p := range order {
		refs := p.st.refs
		p.st = t.take(t.Bytes(p), p.Component, p.Label, p.dims, p.dt)
		p.st.refs = refs
	}
}

// moduleTree is a module: the modules inside it in order, and its own
// parameters.
type moduleTree struct {
	names    []string
	children []*moduleTree
	own      []*Param
}

func (m *moduleTree) add(path []string, p *Param) {
	if len(path) == 1 {
		m.own = append(m.own, p)
		return
	}
	i := slices.Index(m.names, path[0])
	if i < 0 {
		i = len(m.names)
		m.names, m.children = append(m.names, path[0]), append(m.children, &moduleTree{})
	}
	m.children[i].add(path[1:], p)
}

// order appends the parameters in the order of visits.
func (m *moduleTree) order(out []*Param) []*Param {
	for _, c := range m.children {
		out = c.order(out)
	}
	return append(out, m.own...)
}
