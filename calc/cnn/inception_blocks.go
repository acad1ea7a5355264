package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// unit is a convolution of an inception module: its name, widths, window.
type unit struct {
	leaf    string
	in, out int64
	win     tape.Window
}

// units declares convolutions in a row.
func (n *net) units(us ...unit) branch {
	var b branch
	for _, u := range us {
		b.row = append(b.row, n.basic(u.leaf, u.in, u.out, u.win))
	}
	return b
}

// pooled is an average pool that keeps the size and a convolution.
func (n *net) pooled(in, out int64) branch {
	return branch{row: []layers.Module{n.AvgPool(same(3, 1)), n.basic("branch_pool", in, out, point)}}
}

// halved is a max pool to half the size.
func (n *net) halved() branch { return branch{row: []layers.Module{n.MaxPool(tape.Square(3, 2, 0))}} }

func (n *net) inceptionA(in, pool int64) layers.Module {
	return &branches{n: n, parts: []branch{
		n.units(unit{"branch1x1", in, 64, point}),
		n.units(unit{"branch5x5_1", in, 48, point}, unit{"branch5x5_2", 48, 64, same(5, 1)}),
		n.units(unit{"branch3x3dbl_1", in, 64, point}, unit{"branch3x3dbl_2", 64, 96, same(3, 1)}, unit{"branch3x3dbl_3", 96, 96, same(3, 1)}),
		n.pooled(in, pool),
	}}
}

func (n *net) inceptionB(in int64) layers.Module {
	half := tape.Square(3, 2, 0)
	return &branches{n: n, parts: []branch{
		n.units(unit{"branch3x3", in, 384, half}),
		n.units(unit{"branch3x3dbl_1", in, 64, point}, unit{"branch3x3dbl_2", 64, 96, same(3, 1)}, unit{"branch3x3dbl_3", 96, 96, half}),
		n.halved(),
	}}
}

func (n *net) inceptionC(in, w int64) layers.Module {
	const out = 192
	across, down := flat(1, 7), flat(7, 1)
	return &branches{n: n, parts: []branch{
		n.units(unit{"branch1x1", in, out, point}),
		n.units(unit{"branch7x7_1", in, w, point}, unit{"branch7x7_2", w, w, across}, unit{"branch7x7_3", w, out, down}),
		n.units(unit{"branch7x7dbl_1", in, w, point}, unit{"branch7x7dbl_2", w, w, down}, unit{"branch7x7dbl_3", w, w, across},
			unit{"branch7x7dbl_4", w, w, down}, unit{"branch7x7dbl_5", w, out, across}),
		n.pooled(in, out),
	}}
}

func (n *net) inceptionD(in int64) layers.Module {
	half := tape.Square(3, 2, 0)
	return &branches{n: n, parts: []branch{
		n.units(unit{"branch3x3_1", in, 192, point}, unit{"branch3x3_2", 192, 320, half}),
		n.units(unit{"branch7x7x3_1", in, 192, point}, unit{"branch7x7x3_2", 192, 192, flat(1, 7)}, unit{"branch7x7x3_3", 192, 192, flat(7, 1)},
			unit{"branch7x7x3_4", 192, 192, half}),
		n.halved(),
	}}
}

func (n *net) inceptionE(in int64) layers.Module {
	const w = 384
	one := n.units(unit{"branch1x1", in, 320, point})
	three := n.units(unit{"branch3x3_1", in, w, point})
	three.fork = n.units(unit{"branch3x3_2a", w, w, flat(1, 3)}, unit{"branch3x3_2b", w, w, flat(3, 1)}).row
	double := n.units(unit{"branch3x3dbl_1", in, 448, point}, unit{"branch3x3dbl_2", 448, w, same(3, 1)})
	double.fork = n.units(unit{"branch3x3dbl_3a", w, w, flat(1, 3)}, unit{"branch3x3dbl_3b", w, w, flat(3, 1)}).row
	return &branches{n: n, parts: []branch{one, three, double, n.pooled(in, 192)}}
}
