package layers

import (
	"math"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// zero is DeepSpeed's engine with ZeRO stage 1 or 2
// (deepspeed/runtime/zero/stage_1_and_2.py): all trained parameters are views
// of one flat buffer, of which each rank updates its share.
//
// What a rank does with a gradient depends on where its parameter lies in the
// flat buffer and on how full the bucket is, so all layers are recorded.
type zero struct {
	b     *Builder
	t     *tape.Tape
	dt    tape.DType
	world int64
	rank  int64

	ps    []*tape.Param        // trained, in the order of the flat buffer
	at    map[*tape.Param]int  // their numbers
	count []int64              // their elements
	start []int64              // where they begin
	share int64                // elements of a rank's share
	mine  []int                // the parameters that touch this rank's share
	owns  map[*tape.Param]bool // the same
	size  tape.Dim             // the share as a symbol
	copy  *tape.Param          // the fp32 copy of this rank's share
	flat  *tape.Tensor         // the parameters
	norm  []*tape.Tensor       // norms of all gradients that are kept
	grads []*tape.Tensor       // gradients of this rank's parameters, over micro-batches
	slice []*tape.Tensor       // the share of them that is this rank's, when all have come
	opt   *optimizer
	bucket
}

// shareAlignment is to how many elements for each rank the flat buffer is padded
// (nccl_start_alignment_factor: 4 bytes of 16-bit numbers).
const shareAlignment = 2

// newZero takes the model's trained parameters over.
func (b *Builder) newZero() *zero {
	t := b.T
	z := &zero{
		b: b, t: t, dt: b.Weights, world: b.engine.DataParallel(), rank: b.Software.ZeRO.Rank,
		at: map[*tape.Param]int{}, owns: map[*tape.Param]bool{}, opt: b.newOptimizer(),
	}
	var n int64
	for _, p := range b.trained() {
		z.at[p] = len(z.ps)
		z.ps = append(z.ps, p)
		z.start = append(z.start, n)
		z.count = append(z.count, t.Present(p.Elements()))
		n += z.count[len(z.count)-1]
	}
	whole := shareAlignment * z.world
	total := (n + whole - 1) / whole * whole
	z.share = total / z.world
	lo, hi := z.share*z.rank, z.share*(z.rank+1)
	for i, p := range z.ps {
		if z.start[i] < hi && z.start[i]+z.count[i] > lo {
			z.mine = append(z.mine, i)
			z.owns[p] = true
		}
	}
	all := t.Symbol("P_flat", "trained parameters, padded to equal shares of the ranks", total)
	z.size = t.Symbol("P_share", "trained parameters that a rank updates", z.share)
	z.flat = t.Flatten("flat parameters", all, z.ps)
	if z.offloads() {
		z.offload()
		return z
	}
	z.copy = t.Copy("fp32 copy of the rank's share", tape.F32, z.size)
	return z
}

// settings are the engine's: offloading needs contiguous gradients.
func (z *zero) settings() workload.ZeRO {
	s := z.b.Software.ZeRO
	s.Contiguous = s.Contiguous || z.offloads()
	return s
}

// touched is the part of a parameter that lies in this rank's share.
func (z *zero) touched(i int) (elements int64, whole bool) {
	lo, hi := max(z.start[i], z.share*z.rank), min(z.start[i]+z.count[i], z.share*(z.rank+1))
	return hi - lo, hi-lo == z.count[i]
}

// engine is one form of DeepSpeed's engine.
type engine interface {
	// micro runs one micro-batch; last says that the step follows.
	micro(m Model, batch *tape.Frame, last bool)
	// step updates the parameters.
	step()
}

// spreadZeRO has DeepSpeed's engine run the step.
func (b *Builder) spreadZeRO(p workload.Parallel) {
	b.engine = p
	b.Weights = DType(b.Train.Compute()) // the engine casts the whole model
	b.Adapters = b.Weights
	b.T.RecordLayers(math.MaxInt64)
	if p.ZeROStage == 3 {
		b.units = map[Block]*bundle{}
	}
}

// zeroSteps records training steps as the engine takes them.
func (b *Builder) zeroSteps(m Model, steps int) {
	t := b.T
	e := b.newEngine()
	t.EmptyCache()
	feed := b.newFeed(m, b.micros())
	for step := range steps {
		last := step == steps-1
		if run := func() { b.engineStep(m, e, feed, last) }; last {
			t.Steady(run)
		} else {
			run()
		}
	}
	feed.end()
}

func (b *Builder) newEngine() engine {
	switch b.engine.ZeROStage {
	case 0:
		return b.newWholeEngine()
	case 3:
		b.gathers = b.newZero3()
		return b.gathers
	}
	return b.newZero()
}

// engineStep is one step: its micro-batches and the update.
func (b *Builder) engineStep(m Model, e engine, feed *feed, last bool) {
	t := b.T
	feed.next()
	micros := b.micros()
	for micro := range micros {
		batch := feed.batch(micro)
		b.measure(last && micro == micros-1)
		e.micro(m, batch, micro == micros-1)
	}
	e.step()
	t.Mark(MarkEnd)
}

// micro is what the engine does with one micro-batch; last says that the step
// follows.
func (z *zero) micro(m Model, batch *tape.Frame, last bool) {
	z.last = last
	z.t.OnGrad(z.arrived)
	z.b.forwardBackwardOf(m, batch, last, z.scaled, z.finish)
	z.t.OnGrad(nil)
}

// scaled is the loss over the micro-batches of a step, times the loss scale.
func (z *zero) scaled(f *tape.Frame, loss *tape.Tensor) *tape.Tensor {
	part := f.V(z.t.MulS(loss))
	return f.V(z.t.MulS(part))
}

// gradients runs f while what is made counts as gradients.
func (z *zero) gradients(f func()) {
	defer z.t.As(memory.GradientStorage)()
	f()
}
