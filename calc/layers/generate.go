package layers

import (
	"fmt"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Generator is a model that can continue a sequence.
type Generator interface {
	// Next runs token ids, after those that the cache holds, and gives the
	// logits [B, n, V] of the last of them or of all.
	Next(ids *tape.Tensor) *tape.Tensor
}

// topK is how many tokens sampling chooses among (transformers'
// GenerationConfig.top_k).
const topK = 50

// generation is a call of transformers' generate (generation/utils.py, _sample
// and what it calls): a forward of the prompt, then one for each token.
type generation struct {
	b     *Builder
	model Generator
	cache *cache
	// positions are those of the tokens of this call, nil where the model
	// makes its own.
	positions *tape.Tensor
	// amongAll says that tokens are sampled among all, as TRL does.
	amongAll bool
	warped   bool // after a division by a temperature

	// What the loop's variables hold from one token to the next.
	loop                          *tape.Frame
	ids, places                   *tape.Tensor // all tokens so far and their positions
	input, at                     *tape.Tensor // those of the last call
	next, logits, scores, chances *tape.Tensor
	masks                         []*tape.Tensor // inputs of the last call too
	seen                          []*tape.Tensor // outputs of a tower that runs before the prompt, kept to the end
	once                          []*tape.Tensor // what the output of a call holds beside its logits
}

// generate records what evaluation by generation takes in a training run:
// weights and optimizer states are there as in training, gradients are not, and
// the model is in evaluation mode.
func (b *Builder) generate(m Model) {
	if b.Train.MaxGeneration <= 0 {
		return
	}
	g, ok := m.(Generator)
	if !ok {
		b.Fail(fmt.Errorf("maxGenerationLength: generation with this model is not modelled yet; send 0"))
		return
	}
	t := b.T
	t.Phase(memory.Evaluation)
	f := t.Frame(t.Input("token ids", tape.I64, b.B, b.S))
	b.continues(g, f.Args()[0], b.newCache(b.S, b.Train.MaxGeneration, workload.DynamicCache), memory.Evaluation)
	f.End()
}

// continues records a generation after a prompt, whose steps have a phase of
// their own. Of the steps the first is recorded, which takes over what the
// prompt left, and the last, when the cache is longest: what is between takes
// less.
func (b *Builder) continues(m Generator, ids *tape.Tensor, c *cache, steps memory.Phase) {
	g := &generation{b: b, model: m, cache: c}
	b.session = g
	b.T.Evaluate(func() {
		b.T.Autocast(b.amp(), func() { g.run(ids, steps) })
	})
	b.session = nil
}

// run is generate's frame: what the caller gives and what it prepares live to
// its end.
func (g *generation) run(ids *tape.Tensor, steps memory.Phase) {
	t, d := g.b.T, ids.Dims()
	f := t.Frame(ids)
	f.V(t.Make("mask of tokens", tape.I64, d))
	f.V(t.Make("end and padding tokens", tape.I64, []tape.Dim{tape.N(2)}))
	var places *tape.Tensor
	if !g.b.unplaced {
		places = f.V(t.Make("running count less one", tape.I64, d, t.Make("running count", tape.I64, d)))
		places = f.Re(places, t.Make("positions", tape.I64, d, t.Make("is no token", tape.Bool, d)))
	}
	t.Done(t.Make("is a token", tape.Bool, d))
	g.loop = t.Frame(ids, places)
	g.loop.V(t.Make("unfinished sequences", tape.I64, d[:1]))
	y := g.prefill(ids, places)
	g.choose(y, g.cache.cached)
	t.Phase(steps)
	g.cache.steps(func() { g.choose(g.step(), g.cache.cached) }, g.grow)
	g.unmask()
	g.loop.End()
	t.Release(g.seen...)
	g.cache.drop()
	f.End()
}

// prefill runs the prompt. Its input goes when the call returns.
func (g *generation) prefill(ids, places *tape.Tensor) *tape.Tensor {
	f := g.b.T.Frame()
	x := f.V(g.b.T.Make("token ids of the call", tape.I64, ids.Dims()))
	g.positions = places
	y := g.model.Next(x)
	g.cache.advance()
	g.b.T.Mark(MarkPrefilled)
	g.unmask()
	return g.loop.V(f.Ret(y))
}

// step runs the last token, whose input stays until the next is made.
func (g *generation) step() *tape.Tensor {
	t := g.b.T
	one := []tape.Dim{g.cache.batch, tape.One}
	g.unmask()
	g.input = g.loop.Re(g.input, t.Make("token ids of the call", tape.I64, one))
	if !g.b.unplaced {
		g.at = g.loop.Re(g.at, t.Make("positions of the call", tape.I64, one))
	}
	g.positions = g.at
	y := g.loop.V(g.model.Next(g.input))
	g.cache.advance()
	return y
}

// unmask lets the masks of the last call go.
func (g *generation) unmask() {
	g.b.T.Release(g.masks...)
	g.masks = nil
}

// choose takes the next token from the last logits, which go then, after n
// tokens.
func (g *generation) choose(y *tape.Tensor, n tape.Dim) {
	b, t := g.b, g.b.T
	batch := g.cache.batch
	longer := []tape.Dim{batch, b.oneMore(n)}
	g.place(longer)
	defer t.As(memory.Logits)()
	row := []tape.Dim{batch, y.Last()}
	g.logits = g.loop.Re(g.logits, t.Make("logits of the last token in fp32", tape.F32, row))
	chosen := []tape.Dim{batch}
	switch {
	case g.amongAll:
		if g.warped {
			g.scores = g.loop.Re(g.scores, t.Make("logits over a temperature", tape.F32, row))
		}
		g.chances = g.loop.Re(g.chances, t.Make("probabilities", tape.F32, row))
		random := t.Make("random numbers", tape.F32, row)
		g.next = g.loop.Re(g.next, t.Make("chosen tokens", tape.I64, chosen, random))
	case b.Inference.Sampling:
		best := []tape.Dim{batch, tape.N(topK)}
		top := t.Make("largest logits", tape.F32, best)
		t.Done(t.Make("places of the largest logits", tape.I64, best))
		below := t.Make("smaller logits", tape.Bool, row, top)
		g.scores = g.loop.Re(g.scores, t.Make("logits to sample from", tape.F32, row, below))
		g.chances = g.loop.Re(g.chances, t.Make("probabilities", tape.F32, row))
		token := t.Make("chosen tokens", tape.I64, chosen)
		t.Done(t.Make("random numbers", tape.F32, row))
		g.next = g.loop.Re(g.next, token)
	default:
		g.next = g.loop.Re(g.next, t.Make("chosen tokens", tape.I64, chosen))
	}
	g.ids = g.loop.Re(g.ids, t.Make("token ids", tape.I64, longer))
	g.loop.Del(y)
	t.Release(g.once...)
	g.once = nil
}

// place makes the positions of all tokens anew, one longer.
func (g *generation) place(dims []tape.Dim) {
	if !g.b.unplaced {
		g.places = g.loop.Re(g.places, g.b.T.Make("positions", tape.I64, dims))
	}
}

// grow is what the steps between the first and the last leave.
func (g *generation) grow() {
	t, all := g.b.T, []tape.Dim{g.cache.batch, g.b.oneMore(g.cache.cached)}
	g.place(all)
	g.ids = g.loop.Re(g.ids, t.Make("token ids", tape.I64, all))
}

// oneMore is n + 1.
func (b *Builder) oneMore(n tape.Dim) tape.Dim {
	return b.T.Of("oneMore", "one token more", n, func(n int64) int64 { return n + 1 })
}

// Next gives logits after token ids.
func (c *Causal) Next(ids *tape.Tensor) *tape.Tensor {
	return c.b.headed(c.head, ids, c.Hidden, c.scaled)
}

// Next gives logits after token ids.
func (c *RotaryDecoder) Next(ids *tape.Tensor) *tape.Tensor {
	return c.b.headed(c.head, ids, c.hidden, c.scaled)
}

// Next gives logits after token ids.
func (d *decoderBase) Next(ids *tape.Tensor) *tape.Tensor {
	return d.b.headed(d.lm, ids, d.hidden, nil)
}

// headed runs a body and the head.
func (b *Builder) headed(head *Linear, ids *tape.Tensor, hidden func(ids *tape.Tensor) *tape.Tensor,
	scaled func(f *tape.Frame, logits *tape.Tensor) *tape.Tensor) *tape.Tensor {
	t := b.T
	f := t.Frame(ids)
	y := f.V(b.logits(head, f.V(hidden(ids))))
	if scaled != nil {
		y = scaled(f, y)
	}
	return f.Ret(y)
}
