package schemas

import (
	"fmt"
	"slices"
	"strings"

	"vramcalc/calc/check"
	"vramcalc/calc/fit"
	"vramcalc/calc/report"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Memory of CUDA context and libraries, median over measured runs of one GPU.
const (
	languageReservedGiB = 1.6
	visionReservedGiB   = 1.9
)

// wholeShards is the stage of sharding that spreads weights, gradients and
// states.
const wholeShards = 3

// cuBLAS workspace of a handle and stream (PyTorch, CUDABlas.cpp): 4096 KiB × 2
// and 16 KiB × 8, or 32 MiB from compute capability 9.0.
const (
	ampereWorkspace = 8_519_680
	hopperWorkspace = 33_554_432
	hopper          = "9.0"
)

// ampere are the numbers of an A100, which stand in where no card is named.
func ampere() workload.Hardware {
	const (
		multiprocessors = 108
		threads         = 2048
	)
	return workload.Hardware{TargetCount: 1, SMs: multiprocessors, ThreadsPerSM: threads, MatmulWorkspace: ampereWorkspace}
}

// target looks the card up and checks that it computes the precision.
func (r *resolver) target() {
	name, ok := r.args.TargetGPU.Get()
	if !ok {
		return
	}
	g, note, found := r.catalog.GPU(name)
	if !found {
		told := check.Told{
			Message: fmt.Sprintf("targetGpu %s is not in the catalogue", shown([]byte(name))),
			Fix:     "Send targetMemoryGiB instead.",
		}
		if near := r.catalog.NearestGPUs(name, 3); len(near) > 0 {
			told.Fix = "Near names: " + list(near) + ". Else send targetMemoryGiB."
			told.Change = map[string]any{"targetGpu": near[0]}
		}
		r.report(check.GPUUnknown, []string{"targetGpu"}, told)
		return
	}
	r.card = &g
	if note != "" {
		r.assume("targetGpu", g.ID, report.Derived, note)
	}
	if p, given := r.args.Precision.Get(); given {
		r.cardRuns(fit.FormatOf(p))
	}
}

// cardRuns warns where the card that was named does not run a number format.
func (r *resolver) cardRuns(f fit.Format) {
	if r.card == nil {
		return
	}
	switch runs, why := fit.Runs(*r.card, f); {
	case runs:
	case f == fit.BF16:
		r.report(check.GPUWithoutBF16, []string{"targetGpu", "precision"}, check.Told{
			Message: r.card.Name + " has no bf16 arithmetic",
			Fix:     "Send precision fp16, which takes the same memory.",
			Change:  map[string]any{"precision": workload.FP16.String()},
		})
	default:
		r.report(check.GPUWithoutPrecision, []string{"targetGpu", "precision"}, check.Told{
			Message: r.card.Name + " " + why,
			Fix:     "Send another precision or another targetGpu.",
		})
	}
}

func (r *resolver) hardware() workload.Hardware {
	a, h := r.args, ampere()
	if g := r.card; g != nil {
		h.Target = g.ID
		usable, derived := g.Usable()
		h.Usable = int64(usable)
		if derived && !a.TargetMemoryGiB.IsSet() {
			r.assume("targetMemoryGiB", usable.GiB(), report.Derived, "what a process can use of "+g.Name+" was not measured; a share of its size")
		}
		if g.SMs > 0 {
			h.SMs = g.SMs
		}
		if g.ThreadsPerSM > 0 {
			h.ThreadsPerSM = g.ThreadsPerSM
		}
		if g.ComputeCapability == hopper {
			h.MatmulWorkspace = hopperWorkspace
		}
	}
	if size, ok := a.TargetMemoryGiB.Get(); ok {
		h.Usable = int64(unit.BytesOf(size * float64(unit.GiB)))
	}
	h.TargetCount = take(r, "targetGpuCount", a.TargetGPUCount, a.NumGPUs.Or(1), report.Default, "numGpus")
	reserved := languageReservedGiB
	if r.kind == workload.CNN || r.kind == workload.Multimodal {
		reserved = visionReservedGiB
	}
	reserved = take(r, "reservedGiB", a.ReservedGiB, reserved, report.Default, "median of measured runs on one GPU")
	h.Reserved = int64(unit.BytesOf(reserved * float64(unit.GiB)))
	return h
}

func (r *resolver) parallel() workload.Parallel {
	a := r.args
	p := workload.Parallel{
		Tensor:   byDefault(r, "tensorParallelSize", a.TensorParallelSize, 1),
		Pipeline: byDefault(r, "pipelineParallelSize", a.PipelineParallelSize, 1),
		Context:  byDefault(r, "contextParallelSize", a.ContextParallelSize, 1),
		Expert:   byDefault(r, "expertParallelSize", a.ExpertParallelSize, 1),
		Offload:  byDefault(r, "cpuOffload", a.CPUOffload, workload.NoOffload),
	}
	p.GPUs = take(r, "numGpus", a.NumGPUs, p.Tensor*p.Pipeline*p.Context, report.Default, "the product of the parallel sizes")
	stage, origin, why := int64(0), report.Default, "documented default"
	if s := r.software.Name; p.DataParallel() > 1 && (s == workload.FSDP1 || s == workload.FSDP2) {
		stage, origin, why = wholeShards, report.FromStack, "set by "+r.software.Title
	}
	p.ZeROStage = take(r, "zeroStage", a.ZeROStage, stage, origin, why)
	return p
}

// notModelled refuses ways of running that have no numbers yet, all at once.
func (r *resolver) notModelled() {
	a := r.args
	asked := map[string]string{}
	for name, size := range map[string]Opt[int64]{
		"expertParallelSize": a.ExpertParallelSize,
	} {
		if n := size.Or(1); n > 1 {
			asked[name] = fmt.Sprint(n)
		}
	}
	r.alignsElsewhere()
	if s := r.software; !s.Modelled {
		asked["trainingStack"] = s.Name.String()
		for name, n := range map[string]int64{"numGpus": a.NumGPUs.Or(1) - 1, "zeroStage": a.ZeROStage.Or(0)} {
			if n > 0 {
				asked[name] = ""
			}
		}
		if keys := a.StackOptions.Or(nil).Keys(); len(keys) > 0 {
			asked["stackOptions"] = shown([]byte(strings.Join(keys, ", ")))
		}
	}
	if o := a.CPUOffload.Or(workload.NoOffload); o != workload.NoOffload && r.software.Name != workload.DeepSpeed {
		asked["cpuOffload"] = o.String()
	}
	r.tellNotModelled(asked)
}

func (r *resolver) tellNotModelled(asked map[string]string) {
	if len(asked) == 0 {
		return
	}
	names := sortedKeys(asked)
	change, said := map[string]any{}, slices.Clone(names)
	for i, name := range names {
		change[name] = nil
		said[i] = strings.TrimSpace(name + " " + asked[name])
	}
	r.report(check.NotModelled, names, check.Told{
		Message: fmt.Sprintf("%s: not modelled yet", list(said)),
		Fix:     "Leave out " + list(names) + " for the memory of a plain PyTorch loop on one GPU.",
		Change:  change,
	})
}
