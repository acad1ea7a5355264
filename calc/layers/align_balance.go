package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// routerLogits are what a layer's router gave, and which layer.
type routerLogits struct {
	logits         *tape.Tensor
	section, index int
}

// notesRouter keeps a router's logits for the loss of balance, which TRL's
// trainers add for mixtures whose configuration has a coefficient for it: of
// the policy's forward, not of scores without gradients, nor of a layer that is
// run again for backward.
func (b *Builder) notesRouter(logits *tape.Tensor) {
	if b.aligning == nil || b.scoresRows() || b.session != nil || !b.T.Learning() {
		return
	}
	section, index := b.T.Repetition()
	b.aligning.routers = append(b.aligning.routers, routerLogits{b.T.Keep(logits), section, index})
}

// balance is load_balancing_loss_func (modeling_mixtral.py) with a mask of
// tokens: layer by layer the probabilities of experts and how often each was
// chosen. tokens is the number of all tokens.
func (a *alignment) balance(tokens tape.Dim) {
	b, t := a.b, a.b.T
	if len(a.routers) == 0 {
		return
	}
	defer t.As(memory.LoadBalance)()
	defer t.Scope("load balance")()
	f := t.Frame()
	experts := a.routers[0].logits.Last()
	mask := f.V(t.Make("mask of tokens in fp32", tape.F32, []tape.Dim{tokens, tape.One}))
	sum := f.V(t.Make("probabilities of experts", tape.F32, []tape.Dim{tape.One, experts}))
	chosen := b.T.Symbol(SymbolActive, "experts that a token visits", a.active)
	for _, r := range a.routers {
		t.InRepetition(r.section, r.index, func() {
			g := t.Frame()
			w := g.V(t.Softmax(t.To(r.logits, tape.F32), tape.F32))
			t.Done(t.Make("largest probabilities", tape.F32, []tape.Dim{tokens, chosen}))
			g.V(t.Make("chosen experts", tape.I64, []tape.Dim{tokens, chosen}))
			t.Done(t.Make("mask of choices", tape.F32, []tape.Dim{tokens, chosen}))
			part := t.SumTaps(t.View(t.Mul(w, mask), tape.One, tokens, experts))
			sum = f.Re(sum, t.Add(sum, part))
			g.End()
		})
		t.Release(r.logits)
	}
	a.routers = nil
	shares := t.Make("shares of experts", tape.F32, []tape.Dim{tape.One, experts})
	a.imbalance = t.Keep(t.Reduce(t.Mul(t.MulS(sum), shares), tape.One))
	f.End()
}

// balanced adds the loss of balance to a loss, where there is one.
func (a *alignment) balanced(loss *tape.Tensor) *tape.Tensor {
	if a.imbalance == nil {
		return loss
	}
	t := a.b.T
	x := a.imbalance
	a.imbalance = nil
	y := t.Add(loss, t.MulS(x))
	t.Release(x)
	return y
}

// notesBalance keeps the logits of a router whose architecture has such a loss.
func (r *routedExperts) notesBalance(logits *tape.Tensor) {
	if r.bias != nil || r.chosenFirst || r.plain || r.wide {
		return
	}
	if r.b.aligning != nil {
		r.b.aligning.active = r.e.Active
	}
	r.b.notesRouter(logits)
}
