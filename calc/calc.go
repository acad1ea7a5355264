// Package calc estimates the memory of a workload: the only switch over the
// engines.
package calc

import (
	"fmt"

	"vramcalc/calc/cnn"
	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// record writes a workload on a tape with the engine of its kind.
func record(w workload.Workload, extent tape.Extent) (*layers.Builder, error) {
	switch c := w.(type) {
	case *nlp.Config:
		return nlp.Record(c, extent)
	case *moe.Config:
		return moe.Record(c, extent)
	case *multimodal.Config:
		return multimodal.Record(c, extent)
	case *cnn.Config:
		return cnn.Record(c, extent)
	}
	return nil, fmt.Errorf("no engine for %T", w)
}

// declare declares the model of a workload with the engine of its kind, without
// a step: no more than its parameters and modules.
func declare(w workload.Workload) (b *layers.Builder, err error) {
	switch c := w.(type) {
	case *nlp.Config:
		b, _, err = nlp.Declare(c, tape.OneStep)
	case *moe.Config:
		b, _, err = moe.Declare(c, tape.OneStep)
	case *multimodal.Config:
		b, _, err = multimodal.Declare(c, tape.OneStep)
	case *cnn.Config:
		b, _, err = cnn.Declare(c, tape.OneStep)
	default:
		err = fmt.Errorf("no engine for %T", w)
	}
	return b, err
}

// Count is the number of parameters that a workload's model declares, adapters
// included. It fails where the model is not written.
func Count(w workload.Workload) (memory.Counts, error) {
	b, err := declare(w)
	if err != nil {
		return memory.Counts{}, err
	}
	return b.Counts(), b.Check()
}

// LinearModules names the linear modules of a workload's model, with * for the
// number of a repeated layer: what adapters can go on.
func LinearModules(w workload.Workload) ([]string, error) {
	b, err := declare(w)
	if err != nil {
		return nil, err
	}
	return b.Linears, nil
}
