package layers

import (
	"slices"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// sharded is what a wrapper knows about a unit at one moment.
type sharded struct {
	flat  *tape.Tensor // gathered, not yet copied out
	state bundleState
	at    []int // places in the order of forward, the latest last
	ran   int   // of its calls in this forward

	flatParam flat
}

// bundleState is where a unit is in a step.
type bundleState uint8

const (
	idle bundleState = iota
	inForward
	beforeBackward
	afterBackward
)

// fsdp2 is torch.distributed.fsdp.fully_shard of every repeated layer, then of
// the model (_fsdp_state.py, _fsdp_param_group.py, _fsdp_collectives.py). Each
// rank keeps an equal share of the rows of every parameter.
type fsdp2 struct {
	b      *Builder
	o      workload.FSDPOptions
	ranks  tape.Dim
	root   *bundle
	first  []*bundle // modules before the layers that are wrapped by themselves
	layers []*bundle
	last   []*bundle    // and after them
	order  []*bundle    // units in the order in which their forward ended
	passed *tape.Tensor // flat buffer of the last gather in forward, until the next has been copied out
	input  *tape.Tensor // of the last reduce-scatter
	sync   bool         // gradients of this micro-batch are reduced
	whole  bool         // the root has the layers too
}

func (b *Builder) newFSDP2(replicas int64) *fsdp2 {
	return &fsdp2{b: b, o: b.Software.FSDP, ranks: b.ranks(replicas)}
}

// ranks is the number of GPUs among which data-parallel software shares.
func (b *Builder) ranks(replicas int64) tape.Dim {
	return b.T.Symbol("N", "GPUs among which parameters are sharded", replicas)
}

// part declares what a rank keeps of a parameter: ⌈rows / N⌉ rows.
func (w *fsdp2) part(p *tape.Param) {
	t, dims := w.b.T, p.Dims()
	if t.Packed(p) {
		dims = []tape.Dim{t.Bytes(p)}
	}
	rows, rest := tape.One, dims
	if len(dims) > 0 {
		rows, rest = dims[0], dims[1:]
	}
	share := t.Of2("share", "rows that a rank keeps, rounded up", rows, w.ranks, func(rows, n int64) int64 { return (rows + n - 1) / max(1, n) })
	t.Part(p, p.DType(), append([]tape.Dim{share}, rest...)...)
	t.Empty(p.Tensor)
}

func (w *fsdp2) wrap() {
	if w.o.Via == workload.ViaAccelerate && w.b.adapters() {
		w.unwrapLayers()
	}
	w.root, w.layers = w.b.remainder(), w.b.inOrder
	w.carve()
	for _, u := range slices.Concat(w.layers, w.first, w.last, []*bundle{w.root}) {
		for _, p := range u.params {
			w.part(p)
		}
	}
	if w.o.Param != 0 {
		w.b.Weights = DType(w.o.Param) // as layers see them from here on
	}
}

// unwrapLayers leaves the layers to the root: PEFT's policy, which trainers set
// for adapters, is none that accelerate's fsdp2_prepare_auto_wrap_policy knows,
// so that no layer is wrapped.
func (w *fsdp2) unwrapLayers() {
	w.b.units, w.b.inOrder = nil, nil
	w.whole = true
	w.b.Notes = append(w.b.Notes, "accelerate wraps no layer of a model with adapters under FSDP2: all weights are gathered at once")
}

// all are the bundles in the order in which the model has their modules.
func (w *fsdp2) all() []*bundle {
	return slices.Concat([]*bundle{w.root}, w.first, w.layers, w.last)
}

func (w *fsdp2) kept(p *tape.Param) *tape.Param { return p.Local }

// gathered is the type that a parameter is gathered in.
func (w *fsdp2) gathered(p *tape.Param) tape.DType {
	if w.o.Param == 0 || !p.Local.DType().Float() {
		return p.Local.DType()
	}
	return DType(w.o.Param)
}

// padded is the number of elements of a parameter with the rows that make all
// shares equal.
func (w *fsdp2) padded(p *tape.Param) tape.Dim { return p.Local.Elements().Times(w.ranks) }

// flatOf is a buffer for all ranks' shares, or one, of parameters.
func (w *fsdp2) flatOf(label string, ps []*tape.Param, dt func(p *tape.Param) tape.DType, elements func(p *tape.Param) tape.Dim) *tape.Tensor {
	t := w.b.T
	defer t.As(memory.Temporaries)()
	var bytes, counts []tape.Dim
	same := true
	for _, p := range ps {
		n := elements(p)
		counts, bytes = append(counts, n), append(bytes, n.By(dt(p).Size()))
		same = same && dt(p) == dt(ps[0])
	}
	if same && w.whole {
		return t.Keep(t.Make(label, dt(ps[0]), []tape.Dim{w.over(ps, elements)}))
	}
	if same {
		return t.Keep(t.Make(label, dt(ps[0]), []tape.Dim{t.SumOf("flat", "elements of a buffer of several parameters", counts...)}))
	}
	return t.Keep(t.Make(label, tape.U8, []tape.Dim{t.SumOf("flatBytes", "bytes of a buffer of several parameters", bytes...)}))
}

// over is the sum of elements over parameters and those of the repetitions that
// they stand for.
func (w *fsdp2) over(ps []*tape.Param, elements func(p *tape.Param) tape.Dim) tape.Dim {
	var own []*tape.Param
	for _, p := range ps {
		own = append(own, p.Local)
	}
	all := w.b.T.TotalElements(own)
	if elements(ps[0]) == w.padded(ps[0]) {
		return all.Times(w.ranks)
	}
	return all
}

// gather takes the buffer of all ranks' shares of a unit, and casts the own
// ones for it (foreach_all_gather).
func (w *fsdp2) gather(u *bundle) {
	if u.flat != nil || len(u.params) == 0 || u.params[0].Filled() {
		return
	}
	t := w.b.T
	defer t.On(tape.GatherStream)()
	var cast []*tape.Param
	for _, p := range u.params {
		if w.gathered(p) != p.Local.DType() {
			cast = append(cast, p)
		}
	}
	var own *tape.Tensor
	if len(cast) > 0 {
		own = w.flatOf("own shares cast to gather", cast, w.gathered, func(p *tape.Param) tape.Dim { return p.Local.Elements() })
	}
	u.flat = w.flatOf("gathered shares", u.params, w.gathered, w.padded)
	t.Release(own)
}

// copyOut gives the parameters of a unit their memory back
// (foreach_all_gather_copy_out). In forward the buffer stays until the next.
func (w *fsdp2) copyOut(u *bundle, forward bool) {
	if u.flat == nil {
		return
	}
	t := w.b.T
	if forward {
		t.Release(w.passed)
		w.passed = nil
	}
	var rows []tape.Dim
	for _, p := range u.params {
		dt := w.gathered(p)
		t.AtParam(p, func() { t.Fill(p.Tensor, dt, w.padded(p).By(dt.Size())) })
		rows = append(rows, p.Local.Elements().By(dt.Size()))
	}
	t.Scratch("table of the copies", t.SplitTable(w.ranks, rows))
	if forward {
		w.passed = u.flat
	} else {
		t.Release(u.flat)
	}
	u.flat = nil
}

// empty lets the memory of a unit's parameters go.
func (w *fsdp2) empty(u *bundle) {
	for _, p := range u.params {
		w.b.T.AtParam(p, func() { w.b.T.Empty(p.Tensor) })
	}
}

func (w *fsdp2) begin(last bool, batch []*tape.Tensor) []*tape.Tensor {
	w.sync = last || !w.o.NoSync
	return w.enter(w.root, batch...)
}

func (w *fsdp2) end(loss *tape.Tensor) *tape.Tensor {
	t := w.b.T
	for _, u := range w.last { // its head was not called: the loss takes the matrix
		if u.state == inForward {
			u.ran = u.calls - 1
			w.leave(u, loss)
		}
	}
	w.leave(w.root, loss)
	t.Release(w.passed)
	w.passed = nil
	if w.o.Via == workload.ViaAccelerate && w.o.Param != 0 {
		return t.To(loss, DType(w.o.Param))
	}
	return loss
}

func (w *fsdp2) enter(u *bundle, xs ...*tape.Tensor) []*tape.Tensor {
	if u.state == inForward { // another module of the bundle has been called
		return xs
	}
	u.state = inForward
	xs = w.b.castInputs(w.o.Param, xs)
	w.gather(u)
	w.copyOut(u, true)
	ys, _ := w.b.T.AfterBackward(func() { w.reduce(u) }, xs...)
	return ys
}

func (w *fsdp2) leave(u *bundle, ys ...*tape.Tensor) {
	if u.ran++; u.ran < u.calls {
		return
	}
	u.ran = 0
	if len(u.params) > 0 {
		if u != w.root && !u.stays && !w.o.Keep {
			w.empty(u)
		}
		u.at = append(u.at, len(w.order))
		w.order = append(w.order, u)
	}
	u.state = idle
	for _, y := range ys {
		w.b.T.BeforeBackward(y, func() { w.prepare(u) })
	}
}

// prepare gathers a unit for its backward, and the unit before it ahead.
func (w *fsdp2) prepare(u *bundle) {
	if u.state == beforeBackward {
		return
	}
	u.state = beforeBackward
	w.gather(u)
	w.copyOut(u, false)
	if n := len(u.at); n > 0 {
		if i := u.at[n-1]; i > 0 {
			w.gather(w.order[i-1])
		}
		u.at = u.at[:n-1]
	}
}

func (w *fsdp2) stepped() {}
