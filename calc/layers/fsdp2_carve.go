package layers

import (
	"strings"

	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// carve takes the embedding and the end of the model, final norm and head, out
// of the root as bundles of their own, as accelerate (fsdp2_prepare_model) and
// the plans of transformers (distributed/fsdp.py) do: the end stays gathered
// from forward to backward. Where head and embedding are one matrix, it goes
// with the end.
func (w *fsdp2) carve() {
	if w.o.Via == workload.ViaTorch {
		return
	}
	embedding, norm, head := w.find()
	if w.whole { // the model inside PEFT's has no direct child that is a norm
		norm = nil
	}
	end := &bundle{stays: true}
	add := func(u *bundle, ps ...*tape.Param) {
		for _, p := range ps {
			u.calls++
			w.b.modules[p] = u
			u.params = append(u.params, w.moduleOf(p)...)
		}
	}
	if norm != nil {
		add(end, norm)
	}
	switch {
	case head != nil && embedding != nil:
		own := &bundle{}
		add(own, embedding)
		w.first = append(w.first, own)
		add(end, head)
	case embedding != nil: // tied: called at the begin and at the end
		add(end, embedding)
		end.calls++
	case head != nil:
		add(end, head)
	}
	if len(end.params) > 0 {
		if head == nil && embedding != nil {
			w.first = append(w.first, end)
		} else {
			w.last = append(w.last, end)
		}
	}
}

// find looks for the token embedding, the final norm and the head among the
// root's parameters: the norm is a child of the model's body, the head of the
// model.
func (w *fsdp2) find() (embedding, norm, head *tape.Param) {
	const inBody, inModel = 3, 2 // model.norm.weight, lm_head.weight
	for _, p := range w.root.params {
		depth := len(strings.Split(p.Name, "."))
		switch {
		case p.Kind == tape.EmbeddingWeight && embedding == nil:
			embedding = p
		case p.Kind == tape.NormWeight && depth == inBody:
			norm = p
		case p.Kind == tape.LinearWeight && depth == inModel:
			head = p
		}
	}
	return embedding, norm, head
}

// moduleOf takes the parameters of a weight's module from the root.
func (w *fsdp2) moduleOf(weight *tape.Param) []*tape.Param {
	module := weight.Name[:strings.LastIndex(weight.Name, ".")+1]
	var own, rest []*tape.Param
	for _, p := range w.root.params {
		if strings.HasPrefix(p.Name, module) {
			own = append(own, p)
		} else {
			rest = append(rest, p)
		}
	}
	w.root.params = rest
	return own
}
