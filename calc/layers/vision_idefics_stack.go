package layers

import (
	"fmt"

	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// ideficsUnit is what repeats in the decoder: a layer of cross-attention, then
// as many decoder layers as its interval says.
type ideficsUnit struct {
	section *tape.Section
	cross   []*ideficsCross
	layers  [][]*ideficsLayer
}

// declareLayers declares the decoder layers, then those of cross-attention.
// frozenLayers means decoder layers: where they end within an interval, that
// interval is recorded alone.
func (g *Idefics) declareLayers(m workload.Text, frozen int64, parts Parts) {
	b, t, every := g.b, g.b.T, max(1, g.v.CrossEvery)
	frozen = min(max(0, frozen), m.Layers)
	var cold []int64 // frozen layers of each unit's intervals
	add := func(first, end, frozen int64) {
		if first >= end {
			return
		}
		label := fmt.Sprintf("layers %d to %d", first*every, end*every-1)
		n := t.SymbolFor(fmt.Sprintf("intervals_%d", first), say.F("intervals of %s", label), end-first)
		g.units = append(g.units, ideficsUnit{section: t.NewSection(label, n, end-first)})
		cold = append(cold, frozen)
	}
	whole, rest := frozen/every, frozen%every
	add(0, whole, every)
	mixed := whole
	if rest > 0 {
		mixed++
	}
	add(whole, mixed, rest)
	add(mixed, m.Layers/every, 0)
	g.inList("layers", parts.Text, func(u *ideficsUnit, k int) {
		defer b.freezeOwn(g.v.FrozenLayers)()
		var ls []*ideficsLayer
		for i := range every {
			warm := b.cool(i < cold[k])
			ls = append(ls, b.ideficsLayer(m, g.s))
			warm()
		}
		u.layers = append(u.layers, ls)
	})
	g.inList("gated_cross_attn_layers", parts.Join, func(u *ideficsUnit, _ int) {
		u.cross = append(u.cross, b.ideficsCross(m, g.s, g.tower.s.H, g.v.CrossQKNorm))
	})
}

// inList declares one list's layers of all units.
func (g *Idefics) inList(leaf string, part func(func()), declare func(u *ideficsUnit, k int)) {
	b := g.b
	part(func() {
		defer b.In(leaf)()
		defer b.In("*")()
		for k := range g.units {
			u := &g.units[k]
			b.T.Each(u.section, func(int) { declare(u, k) })
		}
	})
}

// decode runs all layers in the model's frame, whose variable x is.
func (g *Idefics) decode(f *tape.Frame, x *tape.Tensor, c *Context, i ideficsImages) *tape.Tensor {
	b := g.b
	defer b.T.Scope("layers.*")()
	for _, u := range g.units {
		b.T.Each(u.section, func(k int) {
			x = f.Re(x, u.cross[k].checkpointed(x, c, i))
			for _, l := range u.layers[k] {
				x = f.Re(x, b.checkpointed(l, x, c))
			}
		})
	}
	return x
}
