package tape

import (
	"fmt"
	"slices"
)

// paramKind is a number of parameters in one section: fixed and slope for each
// layer of it.
type paramKind struct {
	elements     Dim
	layers       Dim
	fixed, slope int64
}

func (k *paramKind) number(v *Values) int64 {
	if k.slope == 0 {
		return k.fixed
	}
	return k.fixed + k.slope*k.layers.eval(v)
}

// alike counts what recorded parameters stand for by section, and by size
// where sizes matter.
func (t *Tape) alike(ps []*Param, bySize bool) []paramKind {
	var kinds []paramKind
	for _, p := range ps {
		k := paramKind{fixed: 1}
		if bySize {
			k.elements = Numel(p.gradientDims())
		}
		if p.where.group != 0 {
			g := t.rec.groups[p.where.group-1]
			k.layers = g.layers
			if p.where.index == 1 { // stands for the middle
				k.fixed, k.slope = 1-g.recorded, 1
			}
		}
		i := slices.IndexFunc(kinds, func(o paramKind) bool { return o.elements == k.elements && o.layers == k.layers })
		if i < 0 {
			kinds = append(kinds, k)
			continue
		}
		kinds[i].fixed += k.fixed
		kinds[i].slope += k.slope
	}
	return kinds
}

// keyOf tells lists of kinds apart.
func keyOf(t *Tape, kinds []paramKind) string {
	key := ""
	for _, k := range kinds {
		key += fmt.Sprint(t.text(k.elements), k.fixed, k.slope, t.text(k.layers), ",")
	}
	return key
}
