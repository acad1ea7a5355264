package cnn

import "vramcalc/calc/workload"

// Config is a complete run of this engine. Every field is resolved.
type Config struct {
	Train workload.Train

	Conv     workload.Conv
	Adapter  workload.Adapter
	Parallel workload.Parallel
	Stack    workload.Stack
	Hardware workload.Hardware
}

// Kind is workload.CNN.
func (*Config) Kind() workload.Kind { return workload.CNN }
