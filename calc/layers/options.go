package layers

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// checkOptions notes what a run asks for that the layers do not know.
func (b *Builder) checkOptions() {
	b.checkNames()
	b.checkZeRO()
	if b.Train.Method == workload.Prefix {
		if b.Train.Checkpointing {
			b.Fail(errPrefixCheckpointing)
		}
		if !b.prefixed {
			b.Fail(say.Errorf("prefix tuning of this architecture is not written yet"))
		}
	}
	switch b.Train.Optimizer {
	case workload.SGD, workload.SGDMomentum, workload.Adam, workload.AdamW, workload.AdamW8bit, workload.PagedAdamW8bit,
		workload.PagedAdamW32bit, workload.Adafactor, workload.Lion, workload.Lion8bit, workload.Muon, workload.GaLoreAdamW,
		workload.RMSProp, workload.LAMB:
	default:
		b.Fail(say.Errorf("optimizer %v is not written yet", b.Train.Optimizer))
	}
	b.checkLoss()
	b.checkForms()
	b.checkCache()
	b.checkServed()
	b.checkLiger()
	b.checkLibrary()
	b.checkCompiled()
}

// checkLoss refuses losses and heads that are not written.
func (b *Builder) checkLoss() {
	t := b.Train
	if b.inOneFunction() && !b.KnowsLosses {
		b.Fail(say.Errorf("lossImplementation %v is not modelled for this model; send standard", t.Loss))
	}
	if (t.Head == workload.ClassificationHead || t.Head == workload.NoHead) && !b.KnowsHeads {
		b.Fail(say.Errorf("head %v is not modelled yet for this model; send lm", t.Head))
	}
	if !b.HasTokenLabels() && b.inOneFunction() {
		b.Fail(say.Errorf("lossImplementation %v scores tokens, which head %v does not; send standard", t.Loss, t.Head))
	}
	if !b.HasTokenLabels() && t.MaxGeneration > 0 {
		b.Fail(say.Errorf("maxGenerationLength %d needs a language-model head, and head is %v; send 0", t.MaxGeneration, t.Head))
	}
	if t.LabelSmoothing > 0 && !b.Smooths {
		b.Fail(say.Errorf("labelSmoothing %g is not modelled yet for this kind of model; send 0", t.LabelSmoothing))
	}
}

// checkForms refuses forms of attention, precision and checkpointing that are
// not written. flash_attention_2 is the kernel that sdpa takes for 16-bit
// types, with the same tensors.
func (b *Builder) checkForms() {
	t := b.Train
	if t.Mode == workload.Master && !b.keepsMaster() && !b.Software.ZeRO.Engine {
		b.Fail(say.Errorf("precisionMode master is what sharded training keeps; send pure, autocast or autocast-16, or trainingStack fsdp2 or deepspeed over several GPUs"))
	}
	if t.Checkpointing && t.CheckpointingForm == workload.OffloadedCheckpoints {
		b.Fail(say.Errorf("checkpointingImplementation offloaded is not modelled yet; send non-reentrant or reentrant"))
	}
	if b.Attention.Implementation != workload.FlashAttention2 {
		return
	}
	if !t.IsAutocast() && t.Weights() == workload.FP32 {
		b.Fail(say.Errorf("attentionImplementation flash_attention_2 runs in fp16 and bf16 only; send sdpa, or precision bf16"))
	}
	if b.Biased {
		b.Fail(say.Errorf("attentionImplementation flash_attention_2 takes no position bias, which this model adds to its scores; send sdpa or eager"))
	}
}

// refuseFlash refuses the package's kernel for a model that has a module of
// its own for it.
func (b *Builder) refuseFlash(model string) {
	if b.Attention.Implementation == workload.FlashAttention2 {
		b.Fail(say.Errorf("attentionImplementation flash_attention_2 is not modelled for %s, which has a module of its own for it; send sdpa or eager", model))
	}
}
