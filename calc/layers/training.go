package layers

import (
	"fmt"
	"strings"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// param declares a base parameter of the present module. Of a module that
// adapters keep whole there are two: the original, frozen, and a trained copy
// in the same type, which is what the model computes with.
func (b *Builder) param(leaf string, kind tape.Kind, dims ...tape.Dim) *tape.Param {
	t, name := b.T, b.Name(leaf)
	trains := b.trains(name)
	defer t.As(b.Component)()
	original := t.Param(name, kind, b.Weights, trains, dims...)
	if !b.saves(name) {
		return original
	}
	return b.savedCopy(name, kind, original, dims...)
}

// savedCopy declares the trained copy of a parameter (PEFT's
// ModulesToSaveWrapper).
func (b *Builder) savedCopy(name string, kind tape.Kind, original *tape.Param, dims ...tape.Dim) *tape.Param {
	defer b.T.As(memory.LoRAParameters)()
	c := b.T.Param(name+" (modules_to_save)", kind, b.Weights, true, dims...)
	b.origins[c] = original
	return c
}

// original is the parameter that a copy was made of, or the parameter itself.
func (b *Builder) original(p *tape.Param) *tape.Param {
	if o := b.origins[p]; o != nil {
		return o
	}
	return p
}

// trains says whether a base parameter is trained.
func (b *Builder) trains(name string) bool {
	frozen := b.begins(b.Train.FrozenModules, name)
	kept := len(b.Train.TrainableModules) == 0 || b.begins(b.Train.TrainableModules, name)
	return !b.Frozen && !frozen && kept
}

// begins says whether one of some beginnings of names begins a name, and
// remembers which do.
func (b *Builder) begins(beginnings []string, name string) bool {
	found := false
	for _, f := range beginnings {
		if strings.HasPrefix(name, f) {
			b.named[f] = true
			found = true
		}
	}
	return found
}

// KnownNames are beginnings of names that related models have: asking to freeze
// them here is no mistake.
func (b *Builder) KnownNames(beginnings ...string) {
	for _, name := range beginnings {
		b.named[name] = true
	}
}

// checkNames notes beginnings that begin no parameter's name. In the names of
// repeated layers the number is *: single layers cannot be chosen.
func (b *Builder) checkNames() {
	check := func(argument string, beginnings []string) {
		for _, f := range beginnings {
			if !b.named[f] {
				b.Fail(fmt.Errorf("%s %q begins no parameter's name; layers are written with * for their number, and frozenLayers freezes the first of them", argument, f))
			}
		}
	}
	check("frozenModules", b.Train.FrozenModules)
	check("trainableModules", b.Train.TrainableModules)
}

// saves says whether a parameter belongs to a module that adapters train and
// keep whole (PEFT's modules_to_save).
func (b *Builder) saves(name string) bool {
	if !b.adapters() || b.besides {
		return false
	}
	for end := strings.LastIndex(name, "."); end > 0; end = strings.LastIndex(name[:end], ".") { // the module and those around it
		for _, m := range b.Adapter.ModulesToSave {
			if m != "" && strings.HasSuffix(name[:end], m) { // as PEFT matches: by the end of the name, even within a word
				return true
			}
		}
	}
	return false
}

// adapters says whether the run trains LoRA adapters.
func (b *Builder) adapters() bool {
	return b.Train.Method == workload.LoRA || b.Train.Method == workload.QLoRA
}

// cool makes what is declared until the returned function is called frozen,
// and without adapters, if cold is set: the layers below frozenLayers.
func (b *Builder) cool(cold bool) func() {
	frozen, bare := b.Frozen, b.NoAdapters
	b.Frozen, b.NoAdapters = frozen || cold, bare || cold
	return func() { b.Frozen, b.NoAdapters = frozen, bare }
}
