package oom_test

import (
	"fmt"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/oom"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

func resolve(t *testing.T, arguments string) workload.Workload {
	t.Helper()
	args, problems := schemas.Decode[schemas.WorkloadArgs]([]byte(arguments))
	w, _, findings := args.Resolve(catalog.Load())
	if w == nil || check.HasErrors(problems) {
		t.Fatalf("%s is refused: %v %v", arguments, problems, findings)
	}
	return w
}

// printedBy is what PyTorch prints for a request that fails with so much room
// for it on a card.
func printedBy(r tape.Request, room unit.Bytes) string {
	const context = 512 * unit.MiB
	return fmt.Sprintf("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate %s. GPU 0 has a total capacity of %s of which %s is free. "+
		"Including non-PyTorch memory, this process has %s memory in use. Of the allocated memory %s is allocated by PyTorch, and %s is reserved by PyTorch but unallocated.",
		r.Segment, room+context, room-r.Reserved, r.Reserved+context, r.Allocated, r.Reserved-r.Allocated)
}

// TestLocate lets runs fail under many limits, prints what PyTorch would, and
// finds the tensor and the phase again from the text and the workload alone.
func TestLocate(t *testing.T) {
	for _, arguments := range []string{
		`{"modelId":"llama-7b","loraRank":16,"sequenceLength":1024,"batchSize":2}`,
		`{"modelId":"gpt2","batchSize":8}`,
		`{"modelId":"qwen2.5-7b","fineTuningMethod":"qlora"}`,
		`{"modelId":"resnet50","batchSize":64,"precision":"fp32"}`,
	} {
		w := resolve(t, arguments)
		b, err := calc.Estimate(w)
		if err != nil {
			t.Fatal(err)
		}
		run, err := calc.Unroll(w)
		if err != nil {
			t.Fatal(err)
		}
		for _, share := range []float64{0.3, 0.6, 0.8, 0.9, 0.97} {
			room := unit.Bytes(share * float64(b.PeakTensor))
			var failed *tape.Request
			run.Requests(room, func(r tape.Request) {
				if r.Fails && failed == nil {
					failed = &r
				}
			})
			if failed == nil {
				t.Fatalf("%s fits in %v", arguments, room)
			}
			text := printedBy(*failed, room)
			m, ok := oom.Read(text)
			if !ok {
				t.Fatalf("not read: %s", text)
			}
			l := oom.Locate(&m, run, m.Room().Bytes)
			want := run.Tensor(*failed)
			switch {
			case l.Match == nil:
				t.Errorf("%s, %v: nothing is like %s", arguments, room, text)
			case l.Match.Phase != failed.Phase || l.Match.Asked != failed.Segment || l.Match.Tensor.Label != want.Label:
				t.Errorf("%s, %v: found %v %s, want %v %s: %s", arguments, room, l.Match.Phase, l.Match.Tensor.Label, failed.Phase, want.Label, text)
			}
			if l.Beyond(&m) {
				t.Errorf("%s, %v: said to be beyond the workload", arguments, room)
			}
		}
	}
}

// TestBeyond: what allocates more than the workload ever does is another run.
func TestBeyond(t *testing.T) {
	run, err := calc.Unroll(resolve(t, `{"modelId":"gpt2","batchSize":1}`))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := oom.Read(messages[0].text)
	l := oom.Locate(&m, run, m.Room().Bytes)
	if !l.Beyond(&m) || l.Match != nil || l.First != nil {
		t.Errorf("%+v: 14 GiB were allocated and the run takes %v", l, l.Most)
	}
}
