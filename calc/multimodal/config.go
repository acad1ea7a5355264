package multimodal

import "vramcalc/calc/workload"

// Config is a complete run of this engine. Every field is resolved.
type Config struct {
	Train     workload.Train
	Text      workload.Text
	Attention workload.Attention

	Vision  workload.Vision
	Experts workload.Experts // of a language model that is a mixture of experts, else zero

	Adapter  workload.Adapter
	Parallel workload.Parallel
	Stack    workload.Stack
	Hardware workload.Hardware

	Inference workload.Inference // zero in training
}

// Kind is workload.Multimodal.
func (*Config) Kind() workload.Kind { return workload.Multimodal }
