package layers

import (
	"slices"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// fsdp1 is torch's FullyShardedDataParallel around every repeated layer and the
// model, with the original parameters kept (_runtime_utils.py, _flat_param.py).
// Each bundle is one flat parameter, cut into equal parts whatever its
// parameters' bounds; gathered, the parameters are views of it.
type fsdp1 struct {
	b      *Builder
	o      workload.FSDPOptions
	ranks  tape.Dim
	root   *bundle
	layers []*bundle
	order  []*bundle               // in the order in which their forward ended
	sync   bool                    // gradients of this micro-batch are reduced
	of     map[*tape.Param]*bundle // bundles by their flat parameter
}

// flat is the flat parameter of a bundle.
type flat struct {
	whole *tape.Param  // gathered: what autograd gives a gradient
	part  *tape.Tensor // what this rank keeps
	share tape.Dim     // its elements
	grad  *tape.Tensor // reduced, kept until the next forward
}

// newFSDP1 prepares the wrapper. accelerate runs the forward of a model in mixed
// precision under autocast as well (accelerator.py, prepare_model).
func (b *Builder) newFSDP1(replicas int64) *fsdp1 {
	b.underAutocast = b.Software.FSDP.Via == workload.ViaAccelerate && b.Software.FSDP.Param != 0
	return &fsdp1{b: b, o: b.Software.FSDP, ranks: b.ranks(replicas), of: map[*tape.Param]*bundle{}}
}

func (w *fsdp1) wrap() {
	w.root, w.layers = w.b.remainder(), w.b.inOrder
	w.apart()
	for _, u := range append(slices.Clone(w.layers), w.root) {
		if len(u.params) > 0 {
			w.flatten(u)
			w.of[u.flatParam.whole] = u
		}
	}
	if w.o.Param != 0 {
		w.b.Weights = DType(w.o.Param) // as layers see them from here on
	}
	w.b.T.OnGrad(func(p *tape.Param) {
		if u := w.of[p]; u != nil {
			w.reduce(u)
		}
	})
}

// apart takes trained modules of a model whose other parameters are frozen out of
// the bundles around them, as PEFT's policy does (fsdp_auto_wrap_policy): all
// parameters of a flat one are trained, or none.
func (w *fsdp1) apart() {
	if !w.b.adapters() || w.o.Via == workload.ViaTorch {
		return
	}
	var all []*bundle
	for _, u := range append(slices.Clone(w.layers), w.root) {
		var frozen []*tape.Param
		for _, p := range u.params {
			if !p.Trainable {
				frozen = append(frozen, p)
				continue
			}
			own := &bundle{params: []*tape.Param{p}}
			w.b.modules[p] = own
			all = append(all, own)
		}
		u.params = frozen
		if u != w.root {
			all = append(all, u)
		}
	}
	w.layers = all
}

// all are the bundles in the order in which the model has their modules.
func (w *fsdp1) all() []*bundle { return append([]*bundle{w.root}, w.layers...) }

// flatten joins a bundle's parameters to one and keeps the first rank's part.
func (w *fsdp1) flatten(u *bundle) {
	t := w.b.T
	first := u.params[0]
	var counts []tape.Dim
	for _, p := range u.params {
		counts = append(counts, p.Elements())
	}
	all := t.SumOf("flat", "elements of a bundle's parameters", counts...)
	u.flatParam.share = t.Of2("share", "elements of a flat parameter that a rank keeps, rounded up", all, w.ranks, shareOf)
	t.AtParam(first, func() {
		u.flatParam.whole = t.Flat(u.params, all)
		defer t.As(first.Component)()
		u.flatParam.part = t.Keep(t.Make("flat parameters", first.DType(), []tape.Dim{u.flatParam.share}))
	})
	w.cut(u, counts)
}

// cut gives the first rank its parts of the parameters: those at the begin
// whole, and what is left of one.
func (w *fsdp1) cut(u *bundle, counts []tape.Dim) {
	t, f := w.b.T, &u.flatParam
	share, before := t.Now(f.share), int64(0)
	for i, p := range u.params {
		n := t.Now(counts[i])
		switch left := share - before; {
		case left >= n:
			t.PartOf(p, f.part, counts[i])
		case left > 0:
			ahead := t.SumOf("before", "elements of the parameters before it", counts[:i]...)
			t.PartOf(p, f.part, t.Of2("slice", "elements of a parameter at the end of a rank's part", f.share, ahead, func(share, ahead int64) int64 {
				return max(0, share-ahead)
			}))
		}
		before += n
	}
}

func shareOf(n, ranks int64) int64 { return (n + ranks - 1) / max(1, ranks) }

func (w *fsdp1) kept(p *tape.Param) *tape.Param { return p.Local }

// gathered is the type that a bundle is gathered in.
func (w *fsdp1) gathered(u *bundle) tape.DType {
	if w.o.Param == 0 {
		return u.flatParam.part.DType()
	}
	return DType(w.o.Param)
}

// gather casts the rank's part and takes the memory of the whole.
func (w *fsdp1) gather(u *bundle) {
	f := &u.flatParam
	if len(u.params) == 0 || f.whole.Filled() {
		return
	}
	t := w.b.T
	defer t.As(memory.Temporaries)()
	dt := w.gathered(u)
	var own *tape.Tensor
	if dt != f.part.DType() {
		func() {
			defer t.On(tape.CastStream)()
			own = t.Keep(t.Make("own part cast to gather", dt, []tape.Dim{f.share}))
		}()
	}
	defer t.On(tape.GatherStream)()
	t.Fill(f.whole.Tensor, dt, f.share.Times(w.ranks).By(dt.Size()))
	t.Release(own)
}

func (w *fsdp1) free(u *bundle) {
	if len(u.params) > 0 {
		w.b.T.Empty(u.flatParam.whole.Tensor)
	}
}

func (w *fsdp1) begin(last bool, batch []*tape.Tensor) []*tape.Tensor {
	w.sync = last || !w.o.NoSync
	w.forget()
	return w.enter(w.root, batch...)
}

func (w *fsdp1) end(loss *tape.Tensor) *tape.Tensor {
	w.leave(w.root, loss)
	return loss
}

func (w *fsdp1) enter(u *bundle, xs ...*tape.Tensor) []*tape.Tensor {
	if len(u.params) == 0 {
		return xs
	}
	w.gather(u)
	w.b.T.Unflatten(u.flatParam.whole, u.params)
	xs = w.b.castInputs(w.o.Param, xs)
	if !u.flatParam.whole.Trainable {
		for _, x := range xs {
			w.b.T.BeforeBackward(x, func() { w.free(u) })
		}
	}
	return xs
}

func (w *fsdp1) leave(u *bundle, ys ...*tape.Tensor) {
	if len(u.params) == 0 {
		return
	}
	if u != w.root && w.o.Shards != workload.ShardGradOp {
		w.free(u)
	}
	u.at = append(u.at, len(w.order))
	w.order = append(w.order, u)
	u.state = idle
	for _, y := range ys {
		w.b.T.BeforeBackward(y, func() { w.prepare(u) })
	}
}

// prepare gathers a bundle for its backward; torch's default gathers the bundle
// before it ahead, accelerate's does not.
func (w *fsdp1) prepare(u *bundle) {
	if u.state == beforeBackward {
		return
	}
	u.state = beforeBackward
	w.gather(u)
	if n := len(u.at); n > 0 && w.o.Via == workload.ViaTorch {
		if i := u.at[n-1]; i > 0 {
			w.gather(w.order[i-1])
		}
	}
}

// forget lets reduced gradients go once the optimizer's have gone: clearing
// those frees nothing, for they are views.
func (w *fsdp1) forget() {
	for _, u := range w.all() {
		if len(u.params) > 0 && (u.params[0].Local == nil || u.params[0].Local.Grad() == nil) {
			w.b.T.Release(u.flatParam.grad)
			u.flatParam.grad = nil
		}
	}
}

// reduce lets the gathered parameter go and sums its gradient over the ranks
// (_post_backward_hook).
func (w *fsdp1) reduce(u *bundle) {
	t, f := w.b.T, &u.flatParam
	u.state = afterBackward
	w.free(u)
	if !w.sync {
		return
	}
	defer t.On(tape.ReduceStream)()
	grad := t.TakeGrad(f.whole.Tensor)
	dt := grad.DType()
	var held []*tape.Tensor
	if w.o.Reduce != 0 && DType(w.o.Reduce) != dt {
		dt = DType(w.o.Reduce)
		held = append(held, w.temporary("gradients to reduce", dt, grad.Dims()[0]))
	}
	if !w.divides(u) {
		held = append(held, w.temporary("gradients to reduce, padded", dt, f.share.Times(w.ranks)))
	}
	part := w.temporary("reduced gradients", dt, f.share)
	if own := f.part.DType(); own != dt {
		cast := w.temporary("reduced gradients", own, f.share)
		t.Release(part)
		part = cast
	}
	if f.grad == nil {
		t.Relabel(part, memory.GradientStorage, "reduced gradients")
		f.grad = part
	} else {
		t.Release(part)
	}
	t.Release(append(held, grad)...)
	for _, p := range u.params {
		if p.Local != nil && p.Trainable && p.Local.Grad() == nil {
			t.SetGrad(p.Local, t.Nothing(p.Local.Tensor))
		}
	}
}

func (w *fsdp1) temporary(label string, dt tape.DType, n tape.Dim) *tape.Tensor {
	defer w.b.T.As(memory.Temporaries)()
	return w.b.T.Keep(w.b.T.Make(label, dt, []tape.Dim{n}))
}

// divides says whether the ranks' parts are equal without padding.
func (w *fsdp1) divides(u *bundle) bool {
	t, f := w.b.T, &u.flatParam
	return t.Now(f.share.Times(w.ranks)) == t.Now(f.whole.Elements())
}

// reduced lets go of what no hook has.
func (w *fsdp1) reduced() {
	for _, u := range w.all() {
		w.free(u)
		u.state, u.at = idle, nil
	}
	w.order = nil
}

func (w *fsdp1) stepped() {}
