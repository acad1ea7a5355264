package moe

import "vramcalc/calc/workload"

// Config is a complete run of this engine. Every field is resolved.
type Config struct {
	Train     workload.Train
	Text      workload.Text
	Attention workload.Attention
	Experts   workload.Experts
	Vision    workload.Vision // a tower that is resident beside the language model (LLaMA-4), zero = none

	Adapter  workload.Adapter
	Parallel workload.Parallel
	Stack    workload.Stack
	Hardware workload.Hardware

	Inference workload.Inference // zero in training
	Alignment workload.Alignment // zero but where preferences or rewards are learned
}

// Kind is workload.MoE.
func (*Config) Kind() workload.Kind { return workload.MoE }
