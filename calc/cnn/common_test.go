package cnn_test

import (
	"encoding/json"
	"os"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/cnn"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// training is full training of a catalogue model in fp32 with SGD.
func training(conv workload.Conv, batch int64) *cnn.Config {
	return &cnn.Config{
		Conv: conv,
		Train: workload.Train{
			Batch: batch, AccumulationSteps: 1, Precision: workload.FP32, Half: workload.BF16, Mode: workload.Pure, Method: workload.Full,
			Optimizer: workload.SGD, Implementation: workload.Foreach, FrozenLayers: -1,
			CheckpointingForm: workload.NonReentrant, Loss: workload.StandardLoss, Head: workload.LMHead,
		},
		Stack:    workload.Stack{Name: workload.PyTorch},
		Hardware: workload.Hardware{SMs: 108, ThreadsPerSM: 2048, MatmulWorkspace: 8519680},
	}
}

// read decodes a file of testdata.
func read(t *testing.T, file string, to any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, to); err != nil {
		t.Fatal(err)
	}
}

// classifiers are the catalogue's models of the engine.
func classifiers(t *testing.T) []catalog.Model {
	t.Helper()
	var out []catalog.Model
	for _, m := range catalog.Load().Models() {
		if m.Kind == workload.CNN {
			out = append(out, m)
		}
	}
	if len(out) == 0 {
		t.Fatal("the catalogue has no classifiers")
	}
	return out
}

// classifier is one of the catalogue's models.
func classifier(t *testing.T, name string) catalog.Model {
	t.Helper()
	m, ok := catalog.Load().Model(name)
	if !ok {
		t.Fatalf("the catalogue has no %s", name)
	}
	return m
}

// peak is the most that a run needs at once, in bytes of tensors.
func peak(t *testing.T, c *cnn.Config) int64 {
	t.Helper()
	b, err := cnn.Record(c, tape.OneStep)
	if err != nil {
		t.Fatal(err)
	}
	return largest(t, b.T)
}

func largest(t *testing.T, r *tape.Tape) int64 {
	t.Helper()
	p, err := r.Compile()
	if err != nil {
		t.Fatal(err)
	}
	v := p.Values()
	var e tape.Result
	p.Eval(&v, &e)
	most := int64(0)
	for i := range memory.Phases {
		most = max(most, int64(e.Peak[i]))
	}
	return most
}
