package advise

import (
	"runtime"
	"sync"
	"sync/atomic"

	"vramcalc/calc"
	"vramcalc/calc/cnn"
	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// adviser is one call of Advise: what it measured is remembered by workload.
type adviser struct {
	Case
	*Run
	before     unit.Bytes
	keyBefore  string
	idleBefore string

	mu       sync.Mutex
	measured map[string]*measurement
}

// measurement is made once, whoever asks first.
type measurement struct {
	tensors, whole sync.Once
	compiled       *calc.Compiled // until the whole has been asked for
	peak           unit.Bytes
	peakErr        error
	breakdown      memory.Breakdown
	err            error
}

func (a *adviser) of(w workload.Workload) *measurement {
	k := calc.Key(w)
	a.mu.Lock()
	defer a.mu.Unlock()
	m := a.measured[k]
	if m == nil {
		m = &measurement{}
		a.measured[k] = m
	}
	return m
}

// peak is the most tensor bytes alive, not ok where the engine refuses.
func (a *adviser) peak(w workload.Workload) (unit.Bytes, bool) {
	m := a.of(w)
	m.tensors.Do(func() { m.compile(w) })
	return m.peak, m.peakErr == nil
}

func (m *measurement) compile(w workload.Workload) {
	if m.compiled, m.peakErr = calc.Prepare(w); m.peakErr == nil {
		m.peak, m.peakErr = m.compiled.PeakTensor()
	}
}

// estimate is what the call answers with the proposal applied.
func (a *adviser) estimate(t tried) (memory.Breakdown, bool) {
	if t.same {
		return a.Case.Before, true
	}
	m := a.of(t.w)
	m.tensors.Do(func() { m.compile(t.w) })
	m.whole.Do(func() {
		if m.err = m.peakErr; m.err == nil {
			m.breakdown, m.err = m.compiled.Estimate()
		}
		m.compiled = nil
	})
	return m.breakdown, m.err == nil
}

func (a *adviser) total(w workload.Workload, b memory.Breakdown) unit.Bytes {
	if a.Case.Total == nil {
		return b.Total
	}
	return a.Case.Total(w, b)
}

// idle is a copy of a workload without what moves no byte.
func idle(w workload.Workload) workload.Workload {
	switch c := w.(type) {
	case *nlp.Config:
		d := *c
		idleSections(&d.Train, &d.Adapter, &d.Hardware)
		return &d
	case *moe.Config:
		d := *c
		idleSections(&d.Train, &d.Adapter, &d.Hardware)
		e := &d.Experts
		e.LoadBalanceLoss, e.AuxiliaryLoss, e.Dropout, e.Init = 0, 0, 0, 0
		return &d
	case *multimodal.Config:
		d := *c
		idleSections(&d.Train, &d.Adapter, &d.Hardware)
		return &d
	case *cnn.Config:
		d := *c
		idleSections(&d.Train, &d.Adapter, &d.Hardware)
		if !d.Conv.AugmentOnGPU {
			d.Conv.Augmentations = nil
		}
		return &d
	}
	return w
}

// idleSections clears what decides how a run goes and not what it takes. Weight
// decay, clipping and label smoothing count only as on or off.
func idleSections(t *workload.Train, d *workload.Adapter, h *workload.Hardware) {
	h.Target, h.Usable, h.TargetCount = "", 0, 0
	t.LearningRate, t.Epochs, t.WarmupSteps, t.Scheduler = 0, 0, 0, 0
	t.Temperature, t.TopP, t.RepetitionPenalty = 0, 0, 0
	t.CrossModalAlignment, t.ImageTextContrast = 0, 0
	for _, x := range []*float64{&t.WeightDecay, &t.Clipping, &t.LabelSmoothing} {
		if *x > 0 {
			*x = 1
		}
	}
	d.Alpha = 0
}

// parallel runs f for 0 to n-1, as many at a time as there are processors. A
// panic in f is one in the caller.
func parallel(n int, f func(int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	var once sync.Once
	var failed any
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					once.Do(func() { failed = p })
				}
			}()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	all.Wait()
	if failed != nil {
		panic(failed)
	}
}
