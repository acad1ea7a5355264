package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Sizes are the widths of a decoder as symbols.
type Sizes struct {
	H, F, V      tape.Dim // hidden, intermediate, vocabulary
	Heads, KV, D tape.Dim // query heads, key-value heads, head width
	Q, K         tape.Dim // all query heads, all key-value heads
	L            tape.Dim
}

// Sizes declares the symbols of a text model. Where key-value heads are as
// many as query heads, or all heads together as wide as the hidden state, that
// is structure and one symbol serves.
func (b *Builder) Sizes(m workload.Text) Sizes {
	t := b.T
	s := Sizes{
		H: t.Symbol("h", "hidden size", m.Hidden),
		F: t.Symbol("f", "intermediate size of the MLP", m.Intermediate),
		V: t.Symbol("V", "vocabulary size", m.Vocab),
		D: t.Symbol("d", "head dimension", m.HeadDim),
		L: t.Symbol("L", "number of layers", m.Layers),
	}
	s.Heads = t.Symbol("a", "attention heads", m.Heads)
	s.KV = s.Heads
	if m.KVHeads != m.Heads {
		s.KV = t.Symbol("k", "key-value heads", m.KVHeads)
	}
	s.Q, s.K = s.Heads.Times(s.D), s.KV.Times(s.D)
	return s
}

// A Block is one repeated layer: what it does to the hidden state.
type Block interface {
	Forward(x *tape.Tensor, c *Context) *tape.Tensor
}

// Context is what a stack passes to each of its layers.
type Context struct {
	Cos, Sin *tape.Tensor
	Mask     *tape.Tensor
	Masks    []*tape.Tensor    // by kind, where kinds of layers have masks of their own
	Tables   [][2]*tape.Tensor // cos and sin by kind, where kinds have tables of their own
	Other    []*tape.Tensor    // encoder states, biases: held by a checkpointed layer
	Prefix   *Prefix           // keys and values before a sequence's own
	Index    int
	// Outer is the frame of the stack while layers run whose second results
	// stay in a variable of the loop until the next layer's replace them.
	Outer *tape.Frame
	kept  *tape.Tensor
}

// tensors are what a layer's closure holds; a layer of a kind holds the mask of
// its kind.
func (c *Context) tensors(block Block) []*tape.Tensor {
	mask, cos, sin := c.Mask, c.Cos, c.Sin
	if k, ok := block.(interface{ Kind() int }); ok {
		mask = c.mask(k.Kind())
		cos, sin = c.tables(k.Kind())
	}
	return append([]*tape.Tensor{cos, sin, mask}, c.Other...)
}

// Stack is a run of equal layers, split where leading layers are frozen.
type Stack struct {
	b     *Builder
	parts []part
}

type part struct {
	section *tape.Section
	blocks  []Block
}

// Stack declares the layers of a stack. The first frozen layers are declared
// as frozen, and carry no adapters. make declares one layer; it is called for the layers that are
// recorded.
func (b *Builder) Stack(name string, layers tape.Dim, count, frozen int64, make func() Block) *Stack {
	s := &Stack{b: b}
	frozen = min(max(0, frozen), count)
	add := func(label string, n tape.Dim, count int64, cold bool) {
		if count == 0 {
			return
		}
		p := part{section: b.T.NewSection(label, n, count)}
		warm := b.cool(cold)
		b.T.Each(p.section, func(int) {
			p.blocks = append(p.blocks, b.wrapped(make))
		})
		warm()
		s.parts = append(s.parts, p)
	}
	switch {
	case frozen == 0 || b.Frozen && !b.adapters():
		add(name, layers, count, false)
	default:
		cold := b.T.Symbol("frozenLayers_"+name, "frozen layers of "+name, frozen)
		warm := b.T.Symbol("trainedLayers_"+name, "trained layers of "+name, count-frozen)
		add(name+" (frozen)", cold, frozen, true)
		add(name, warm, count-frozen, false)
	}
	return s
}

// Forward runs the layers in the caller's frame, whose variable x is.
func (s *Stack) Forward(f *tape.Frame, x *tape.Tensor, c *Context) *tape.Tensor {
	b := s.b
	defer b.T.Scope("layers.*")()
	var before *tape.Tensor // what the last layer gave, in a variable of the loop, where more was done with it
	for _, p := range s.parts {
		b.T.Each(p.section, func(i int) {
			c.Index = i
			if bs, ok := p.blocks[i].(blocks); ok {
				for _, block := range bs {
					x = f.Re(x, b.checkpointed(block, x, c))
				}
				return
			}
			x = f.Re(x, b.checkpointed(p.blocks[i], x, c))
			if before != nil {
				f.Del(before)
				before = nil
			}
			if a, ok := p.blocks[i].(follower); ok {
				before = f.V(x)
				x = f.Re(x, a.After(x))
			}
		})
	}
	return x
}

// A follower is a layer after which the loop over layers does something more,
// which is not checkpointed.
type follower interface {
	After(x *tape.Tensor) *tape.Tensor
}

// A Block2 is a layer that returns a second tensor, which the loop over layers
// keeps until the next layer has returned.
type Block2 interface {
	Block
	Forward2(x *tape.Tensor, c *Context) (y, second *tape.Tensor)
}

// keep holds a layer's second result in the loop's variable; in a layer that
// runs again for backward nothing holds it.
func (c *Context) keep(t *tape.Tape, second *tape.Tensor) {
	if c.Outer == nil {
		t.Done(second)
		return
	}
	c.kept = c.Outer.Re(c.kept, second)
}

// checkpointed runs a layer under the run's form of gradient checkpointing,
// inside the hooks of what wraps it.
func (b *Builder) checkpointed(block Block, x *tape.Tensor, c *Context) *tape.Tensor {
	return b.through(block, x, func(x *tape.Tensor) *tape.Tensor { return b.checkpointedBlock(block, x, c) })
}

func (b *Builder) checkpointedBlock(block Block, x *tape.Tensor, c *Context) *tape.Tensor {
	t := b.T
	two, ok := block.(Block2)
	_, own := block.(interface{ checkpointsItself() })
	forward := func(x *tape.Tensor) *tape.Tensor {
		if !ok {
			return block.Forward(x, c)
		}
		y, second := two.Forward2(x, c)
		c.keep(t, second)
		return y
	}
	switch {
	case !b.Train.Checkpointing || own:
		return forward(x)
	case b.Train.CheckpointingForm == workload.Reentrant && ok:
		y, second := t.CheckpointReentrant2(func(x *tape.Tensor) (*tape.Tensor, *tape.Tensor) { return two.Forward2(x, c) }, x, c.tensors(block)...)
		c.keep(t, second)
		return y
	case b.Train.CheckpointingForm == workload.Reentrant:
		return t.CheckpointReentrant(forward, x, c.tensors(block)...)
	}
	return t.Checkpoint(func() *tape.Tensor { return forward(x) }, append([]*tape.Tensor{x}, c.tensors(block)...)...)
}
