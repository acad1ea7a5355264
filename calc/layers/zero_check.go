package layers

import (
	"errors"
	"fmt"

	"vramcalc/calc/workload"
)

// checkZeRO notes what DeepSpeed's engine cannot be asked for, or is not
// written.
func (b *Builder) checkZeRO() {
	p, t, ranks := b.engine, b.Train, b.engine.DataParallel()
	if !b.Software.ZeRO.Engine || b.Inference.On {
		return
	}
	switch t.Optimizer {
	case workload.Muon, workload.GaLoreAdamW, workload.PagedAdamW8bit, workload.PagedAdamW32bit:
		b.Fail(fmt.Errorf("optimizer %v is not modelled under DeepSpeed; send adamw, and cpuOffload optimizer to keep its states on the host", t.Optimizer))
	}
	if t.Mode != workload.Master && t.Compute() != workload.FP32 {
		b.Fail(fmt.Errorf("DeepSpeed keeps 16-bit weights and an fp32 copy; send precisionMode master, not %v", t.Mode))
	}
	if rank := b.Software.ZeRO.Rank; rank >= ranks {
		b.Fail(fmt.Errorf("stackOptions.rank is %d, and there are %d ranks, counted from 0; send another or leave it out", rank, ranks))
	}
	if p.Tensor*p.Pipeline*p.Context*p.Expert > 1 {
		b.Fail(errors.New("DeepSpeed is modelled with data-parallel replicas alone; leave tensorParallelSize, pipelineParallelSize, contextParallelSize and expertParallelSize out"))
	}
	switch {
	case p.ZeROStage == 0 && t.Compute() == workload.FP32:
		b.Fail(fmt.Errorf("DeepSpeed's engine without ZeRO in fp32 is a plain loop; send zeroStage 1 or more, or trainingStack ddp"))
	case p.ZeROStage == 3 && b.quantizes():
		b.Fail(fmt.Errorf("quantized weights under zeroStage 3 are not modelled; send zeroStage 2"))
	}
	b.checkOffload()
}

func (b *Builder) checkOffload() {
	p, t := b.engine, b.Train
	switch {
	case p.Offload == workload.NoOffload:
	case p.ZeROStage == 0:
		b.Fail(fmt.Errorf("cpuOffload %v needs zeroStage 1 or more", p.Offload))
	case p.Offload == workload.OffloadAll && p.ZeROStage < 3:
		b.Fail(fmt.Errorf("cpuOffload %v needs zeroStage 3; send cpuOffload optimizer", p.Offload))
	case t.Optimizer != workload.AdamW && t.Optimizer != workload.Adam && t.Optimizer != workload.Lion:
		b.Fail(fmt.Errorf("cpuOffload %v runs DeepSpeed's optimizers for the host, which are adam, adamw and lion; optimizer %v is none of them", p.Offload, t.Optimizer))
	}
}

// checkGathered notes a model with parameters that no hook gathers.
func (z *zero3) checkGathered() {
	if z.checked {
		return
	}
	z.checked = true
	for _, q := range z.ps {
		if !q.hooked {
			z.b.Fail(fmt.Errorf("zeroStage 3 gathers parameters module by module, which is not written for the module of %s; send zeroStage 2", q.p.Name))
			return
		}
	}
}
