package layers

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// newBuilder prepares a builder for a full fine-tuning with an optimizer.
func newBuilder(opt workload.Optimizer, p workload.Precision) *Builder {
	return New(tape.New(tape.OneStep),
		workload.Hardware{SMs: 108, ThreadsPerSM: 2048, MatmulWorkspace: 8519680},
		workload.Train{
			Batch: 2, Sequence: 16, AccumulationSteps: 1, Precision: p, Mode: workload.Pure,
			Method: workload.Full, Optimizer: opt, Implementation: workload.Foreach, FrozenLayers: -1,
		},
		workload.Adapter{Quantization: workload.NoQuantization},
		workload.Attention{Implementation: workload.SDPA}, workload.Stack{}, workload.Inference{})
}

// bytes are the sizes of states.
func bytes(t *testing.T, states []state) []int64 {
	t.Helper()
	var out []int64
	for _, s := range states {
		n, fixed := tape.Numel(s.dims).By(s.dt.Size()).Const()
		if !fixed {
			t.Fatalf("state %s has no fixed size", s.label)
		}
		out = append(out, n)
	}
	return out
}

func TestStateOf(t *testing.T) {
	const vector, small, large = 300, 50 * 60, 400 * 1000 // elements
	tests := []struct {
		name                 string
		optimizer            workload.Optimizer
		precision            workload.Precision
		vector, small, large []int64 // of [300], [50, 60] and the linear [400, 1000]
	}{
		{name: "sgd keeps nothing", optimizer: workload.SGD, precision: workload.BF16},
		{
			name: "momentum is one buffer in the parameter's type", optimizer: workload.SGDMomentum, precision: workload.BF16,
			vector: []int64{2 * vector}, small: []int64{2 * small}, large: []int64{2 * large},
		},
		{
			name: "adam is two moments", optimizer: workload.Adam, precision: workload.FP32,
			vector: []int64{4 * vector, 4 * vector}, small: []int64{4 * small, 4 * small}, large: []int64{4 * large, 4 * large},
		},
		{
			name: "adamw of 16-bit parameters has 16-bit moments", optimizer: workload.AdamW, precision: workload.BF16,
			vector: []int64{2 * vector, 2 * vector}, small: []int64{2 * small, 2 * small}, large: []int64{2 * large, 2 * large},
		},
		{
			name: "8-bit states begin at 4096 elements, with an fp32 maximum for 256", optimizer: workload.AdamW8bit, precision: workload.BF16,
			vector: []int64{4 * vector, 4 * vector, 0, 0}, small: []int64{4 * small, 4 * small, 0, 0},
			large: []int64{large, large, 4 * 1563, 4 * 1563},
		},
		{
			name: "paged states of large parameters are not the allocator's", optimizer: workload.PagedAdamW8bit, precision: workload.BF16,
			vector: []int64{4 * vector, 4 * vector, 0, 0}, small: []int64{4 * small, 4 * small, 0, 0},
			large: []int64{0, 0, 4 * 1563, 4 * 1563},
		},
		{
			name: "paged 32-bit", optimizer: workload.PagedAdamW32bit, precision: workload.BF16,
			vector: []int64{4 * vector, 4 * vector}, small: []int64{4 * small, 4 * small}, large: []int64{0, 0},
		},
		{
			name: "lion is one fp32 state", optimizer: workload.Lion, precision: workload.BF16,
			vector: []int64{4 * vector}, small: []int64{4 * small}, large: []int64{4 * large},
		},
		{
			name: "lion in 8 bits", optimizer: workload.Lion8bit, precision: workload.FP32,
			vector: []int64{4 * vector, 0}, small: []int64{4 * small, 0}, large: []int64{large, 4 * 1563},
		},
		{
			name: "adafactor keeps sums of rows and columns in fp32", optimizer: workload.Adafactor, precision: workload.BF16,
			vector: []int64{4 * vector}, small: []int64{4 * 50, 4 * 60}, large: []int64{4 * 400, 4 * 1000},
		},
		{
			name: "muon is one buffer of a matrix, adamw of the rest", optimizer: workload.Muon, precision: workload.BF16,
			vector: []int64{2 * vector, 2 * vector}, small: []int64{2 * small}, large: []int64{2 * large},
		},
		{
			name: "galore projects linear matrices to rank 128", optimizer: workload.GaLoreAdamW, precision: workload.BF16,
			vector: []int64{2 * vector, 2 * vector}, small: []int64{2 * small, 2 * small},
			large: []int64{2 * 128 * 400, 2 * 128 * 1000, 2 * 128 * 1000},
		},
		{
			name: "galore's projector in fp32 keeps all singular vectors", optimizer: workload.GaLoreAdamW, precision: workload.FP32,
			vector: []int64{4 * vector, 4 * vector}, small: []int64{4 * small, 4 * small},
			large: []int64{4 * 400 * 400, 4 * 128 * 1000, 4 * 128 * 1000},
		},
		{
			name: "rmsprop averages squares", optimizer: workload.RMSProp, precision: workload.FP32,
			vector: []int64{4 * vector}, small: []int64{4 * small}, large: []int64{4 * large},
		},
		{
			name: "lamb is two moments", optimizer: workload.LAMB, precision: workload.FP32,
			vector: []int64{4 * vector, 4 * vector}, small: []int64{4 * small, 4 * small}, large: []int64{4 * large, 4 * large},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBuilder(test.optimizer, test.precision)
			norm := b.param("norm.weight", tape.NormWeight, tape.N(300))
			table := b.param("table.weight", tape.EmbeddingWeight, tape.N(50), tape.N(60))
			linear := b.Linear("linear", tape.N(1000), tape.N(400), false)
			for _, p := range []struct {
				what string
				p    *tape.Param
				want []int64
			}{{"vector", norm, test.vector}, {"small matrix", table, test.small}, {"large matrix", linear.W, test.large}} {
				if diff := cmp.Diff(p.want, bytes(t, b.stateOf(p.p))); diff != "" {
					t.Errorf("stateOf(%s) bytes mismatch (-want +got):\n%s", p.what, diff)
				}
			}
		})
	}
}

func TestQuantizedSizes(t *testing.T) {
	const n = 1000 * 400
	tests := []struct {
		form workload.Quantization
		want []int64 // weight, then its tables
	}{
		{workload.NF4, []int64{n / 2, 4 * n / 64, 64}},
		{workload.FP4, []int64{n / 2, 4 * n / 64, 64}},
		{workload.NF4Double, []int64{n / 2, n / 64, 4 * 25, 64, 1024, 4}},
		{workload.Int8, []int64{n, 4 * 400}},
	}
	for _, test := range tests {
		t.Run(test.form.String(), func(t *testing.T) {
			b := newBuilder(workload.AdamW, workload.BF16)
			b.Train.Method, b.Adapter.Quantization = workload.QLoRA, test.form
			b.Linear("linear", tape.N(1000), tape.N(400), false)
			var got []int64
			for _, p := range b.T.Params {
				size, _ := b.T.Bytes(p).Const()
				got = append(got, size)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("bytes of a quantized matrix mismatch (-want +got):\n%s", diff)
			}
			if total := b.Counts().Total; total != n {
				t.Errorf("Counts().Total = %d, want %d", total, n)
			}
		})
	}
}
