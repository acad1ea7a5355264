package calc_test

import (
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
)

// FuzzCheckpointingTransient: gradient checkpointing raises the most tensor
// bytes alive by no more than the transient of one layer.
//
// At the instant when backward comes to a layer, a run that keeps everything
// holds what the layers up to it have kept and the gradient of its output. One
// with checkpoints holds the layers' inputs in place of what they keep, and the
// same gradient, and runs the layer's forward again: whatever that makes is at
// most there at once. So the second exceeds the first by at most what one layer's
// forward makes less what it keeps, scratch that comes and goes counted once.
// It matters to models of one or a few layers only: every further layer saves
// what it does not keep any more.
func FuzzCheckpointingTransient(f *testing.F) {
	for i := range int64(len(shapes)) {
		for flags := range uint8(16) {
			f.Add(i, int64(3), int64(70), int64(7), int64(flags), int64(3), flags, flags&2 != 0)
		}
	}
	f.Fuzz(func(t *testing.T, shape, batch, sequence, rank, layers, experts int64, flags uint8, reentrant bool) {
		p := trial{shape & 1023, batch & 1023, sequence & 1023, rank & 1023, layers & 1023, experts & 1023, flags &^ 1}
		before, ok := peakOf(t, p.arguments())
		if !ok {
			t.Skip("refused")
		}
		a := p.arguments()
		a["gradientCheckpointing"], a["checkpointingImplementation"] = true, "non-reentrant"
		if reentrant {
			a["checkpointingImplementation"] = "reentrant"
		}
		after, ok := peakOf(t, a)
		if !ok {
			t.Skip("refused")
		}
		if most := before + transient(t, p); after > most {
			t.Errorf("checkpointing %v needs %d, more than %d and one layer's transient, %d", a, after, before, most)
		}
	})
}

// transient is what one layer's forward makes and does not keep: the difference
// between runs that differ by one layer.
func transient(t *testing.T, p trial) unit.Bytes {
	t.Helper()
	fewer, more := p, p
	fewer.layers = p.layers % 6
	more.layers = fewer.layers + 1
	a, b := forwardOf(t, fewer), forwardOf(t, more)
	return b.made - a.made - (b.kept - a.kept) + b.scratch
}

// forward is what the forward of one step makes, what it keeps for backward, and
// the largest memory that comes and goes at once.
type forward struct{ made, kept, scratch unit.Bytes }

func forwardOf(t *testing.T, p trial) forward {
	t.Helper()
	const steps = 3 // of a sequence
	w := workloadOf(t, p.arguments())
	sequence, err := calc.Sequence(w)
	if err != nil {
		t.Fatal(err)
	}
	var out forward
	for i, step := range sequence {
		if step.Op != tape.Take || step.Phase != memory.Forward {
			continue
		}
		if next := sequence[i+1]; next.Op == tape.Give && next.Store == step.Store {
			out.scratch = max(out.scratch, unit.Bytes(step.Bytes))
		} else {
			out.made += unit.Bytes(step.Bytes)
		}
	}
	out.made /= steps
	marks := marksOf(t, p.arguments())
	out.kept = marks[layers.MarkSaved] - marks[layers.MarkStart]
	return out
}

// marksOf is what is alive at the named instants of a step.
func marksOf(t *testing.T, a map[string]any) map[string]unit.Bytes {
	t.Helper()
	_, p, err := calc.Compile(workloadOf(t, a))
	if err != nil {
		t.Fatal(err)
	}
	v := p.Values()
	var r tape.Result
	p.Eval(&v, &r)
	marks := map[string]unit.Bytes{}
	for i, name := range p.Marks() {
		marks[name] = r.Marks[i]
	}
	return marks
}

// FuzzAdaptersNeedNoMore: what LoRA trains, its gradients and optimizer states
// are no more than those of full fine-tuning, and so is its peak where adapters
// are in the model's type and nothing is dropped before them. Adapters in fp32
// without autocast keep an fp32 copy of each input; models narrower than a
// few ranks, with more tokens than parameters, keep more low-rank outputs than
// they save states.
func FuzzAdaptersNeedNoMore(f *testing.F) {
	for i := range int64(len(wide)) {
		for flags := range uint8(16) {
			f.Add(i, int64(3), int64(70), int64(7), int64(flags), int64(3), flags)
		}
	}
	f.Fuzz(func(t *testing.T, shape, batch, sequence, rank, layers, experts int64, flags uint8) {
		p := trial{shape & 1023, batch & 1023, sequence & 1023, rank & 1023, layers & 1023, experts & 1023, flags &^ 2}
		full := p.argumentsOf(wide)
		full["sequenceLength"] = 4 * full["sequenceLength"].(int64)
		lora := p.argumentsOf(wide)
		lora["sequenceLength"] = full["sequenceLength"]
		lora["fineTuningMethod"], lora["loraRank"], lora["loraTargetModules"] = "lora", 1+p.rank%64, "all-linear"
		lora["loraPrecision"], lora["loraDropout"] = "model", 0
		before, ok := peakOf(t, full)
		if !ok {
			t.Skip("refused")
		}
		after, ok := peakOf(t, lora)
		if !ok {
			t.Skip("refused")
		}
		if after > before {
			t.Errorf("%v needs %d, more than all weights, %d", lora, after, before)
		}
		a, b := trainedOf(t, lora), trainedOf(t, full)
		if a.weights > b.weights || a.gradients > b.gradients || a.states > b.states {
			t.Errorf("%v trains %+v, more than all weights, %+v", lora, a, b)
		}
	})
}

// trained is what a run trains, in bytes.
type trained struct{ weights, gradients, states unit.Bytes }

func trainedOf(t *testing.T, a map[string]any) trained {
	t.Helper()
	b, err := calc.Estimate(workloadOf(t, a))
	if err != nil {
		t.Fatal(err)
	}
	marks := marksOf(t, a)
	width := unit.Bytes(2)
	if a["precisionMode"] == "autocast" {
		width = 4
	}
	return trained{
		weights:   width * unit.Bytes(b.Params.Trainable),
		gradients: marks[layers.MarkGradients] - marks[layers.MarkEnd],
		states:    marks[layers.MarkEnd] - b.Weights,
	}
}
