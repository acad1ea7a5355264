// Package layers holds what models are made of, written on the tape as the
// libraries' forward functions write it: linear layers with adapters and
// quantization, norms, attention, MLPs, embeddings, losses, and the training
// step with its optimizers.
package layers

import (
	"errors"
	"slices"
	"strings"

	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Builder is what layers need to know about a run: the tape, the precisions,
// what is trained, and where adapters go. Problems found while building, such
// as an adapter target that matches nothing, are collected in Errs.
type Builder struct {
	T         *tape.Tape
	Train     workload.Train
	Adapter   workload.Adapter
	Attention workload.Attention
	Software  workload.Stack // switches of the software that runs the step

	B, S tape.Dim // batch and sequence

	// Weights is the type of unquantized weights, Adapters that of LoRA's.
	Weights, Adapters tape.DType
	// Frozen says whether the base weights being declared are frozen: set by
	// the method and, for frozen layers, by section.
	Frozen bool
	// Component is what base weights being declared count as.
	Component memory.Component
	// NoAdapters is set while modules are declared that adapters never
	// reach: a frozen tower, the head.
	NoAdapters bool
	// KeepPrecision is set while modules are declared that quantization
	// leaves alone: the head.
	KeepPrecision bool
	// QuantizedAdapters says that PEFT's own layers wrap quantized modules:
	// where the model says of itself that it is quantized, as trainers and
	// preparation see to, and not where a plain loop has swapped modules.
	QuantizedAdapters bool

	// Stage is pipeline parallelism, Split tensor parallelism.
	Stage  Stage
	Split  Split
	Ring   int64                // GPUs that share a sequence (context parallelism), 0 = none
	spread map[*tape.Param]bool // parameters of which a GPU holds a part

	small bool // an image has been found too small for its architecture

	// FrozenStatistics says that batch norms use their running statistics.
	FrozenStatistics bool
	// MultiplyAdds are those of one sample's forward, added up while Counting.
	MultiplyAdds int64
	Counting     bool

	// Notes say what the model's numbers rest on: stand-ins, approximations.
	Notes []say.Text

	// Errs are problems found while building, which Check reports.
	Errs []error

	// Smooths says that the model's loss knows label smoothing, Biased that its
	// attention adds a position bias to the scores.
	Smooths, Biased bool
	// InputsFirst says that the model's main input is pixels or sound, not
	// token ids.
	InputsFirst bool
	// KnowsHeads says that the model can be declared with another head.
	KnowsHeads bool
	// KnowsLosses says that the model's loss can be made from its head's matrix.
	KnowsLosses bool

	// TakesMask says that the model's inputs are token ids, of which it takes a
	// mask.
	TakesMask    bool
	hides        bool         // a mask that hides padding, or tells samples apart, has been made
	places       *tape.Tensor // positions that the batch itself gives
	aging        bool         // older releases of transformers are written for the model
	tablesInside bool         // and its layers make their own rotary tables
	widened      *tape.Tensor // an input that several adapters share
	wide         *tape.Tensor // its cast to their type
	steps        *tape.Tensor // between positions, until their place is the labels'
	inducted     bool         // its form under torch.compile is written
	patched      bool         // Liger's kernels know the model
	normsKeep    bool         // and do not write its norms' gradients over others
	returned     *tape.Tensor // logits that the model returned beside its loss

	// Inference is what is run where nothing is trained.
	Inference workload.Inference
	session   *generation // a generation in progress, nil in training
	sinks     bool        // the model is gpt-oss, whose experts have a form of their own
	unplaced  bool        // the model takes no positions from outside
	encoding  bool        // a model that writes nothing is run for its scores, without a loss

	// Alignment is how preferences and rewards are learned, aligning the run.
	Alignment workload.Alignment
	aligning  *alignment
	reference Model // the frozen copy
	besides   bool  // the reference is declared or run
	unadapted bool  // adapters are switched off

	// Linears are the names of all linear modules, in order and once each.
	Linears  []string
	linears  map[string]bool // the same
	matched  map[string]bool
	prefixed bool                        // a prefix has been declared
	named    map[string]bool             // frozenModules and trainableModules that begin some parameter's name
	origins  map[*tape.Param]*tape.Param // originals of the copies that modulesToSave makes
	path     []string

	// underAutocast says that the wrapper runs the model's forward so.
	underAutocast bool

	engine  workload.Parallel       // how DeepSpeed's engine spreads the run
	onHost  hostBytes               // what it keeps on the host
	gathers *zero3                  // what it gathers, in stage 3
	wrapper wrapper                 // what data-parallel software does around the model, nil on one GPU
	units   map[Block]*bundle       // of the layers that it wraps
	inOrder []*bundle               // the same in the order of declaration
	modules map[*tape.Param]*bundle // of single modules that it wraps, by their weight
}

// ltWorkspace is the cuBLASLt workspace of a product with a fused bias
// (at::cuda::_getWorkspaceSize, CUDABlas.cpp), in bytes.
const ltWorkspace = 1 << 20

// New prepares a builder for a run on a tape: training, unless run is on.
func New(t *tape.Tape, card workload.Hardware, train workload.Train, adapter workload.Adapter, attention workload.Attention, stack workload.Stack, run workload.Inference) *Builder {
	t.SetCard(tape.Card{SMs: card.SMs, ThreadsPerSM: card.ThreadsPerSM, Matmul: card.MatmulWorkspace, MatmulLt: ltWorkspace})
	b := &Builder{
		T: t, Train: train, Adapter: adapter, Attention: attention, Software: stack, Inference: run,
		Weights: DType(train.Weights()), matched: map[string]bool{}, named: map[string]bool{}, linears: map[string]bool{},
		spread: map[*tape.Param]bool{}, origins: map[*tape.Param]*tape.Param{},
		B: t.Symbol("B", "batch: samples per GPU and step", train.Batch),
		S: t.Symbol("S", "sequence length in tokens", train.Sequence),
	}
	b.flatten()
	if train.Head == workload.ClassificationHead {
		b.Adapter.ModulesToSave = append(slices.Clone(adapter.ModulesToSave), sequenceHeads...)
	}
	b.Adapters = tape.F32
	if adapter.Precision == workload.AdapterModel {
		b.Adapters = b.Weights
	}
	if stack.SFT.SixteenBitLoRA && train.Method == workload.QLoRA {
		b.Adapters = tape.BF16
	}
	switch train.Method {
	case workload.LoRA, workload.QLoRA, workload.Prefix:
		b.Frozen = true
	}
	if run.On {
		b.Frozen = true
	}
	b.sharedTables()
	b.QuantizedAdapters = b.quantizes() && stack.Trainer
	if b.quantizes() && adapter.KBit {
		// peft's prepare_model_for_kbit_training: what is not quantized becomes fp32.
		b.Weights, b.QuantizedAdapters = tape.F32, true
	}
	return b
}

// Counts are the model's parameters.
func (b *Builder) Counts() memory.Counts { return b.T.Count() }

// HostBytes is the host memory of one rank's process that offloading takes.
func (b *Builder) HostBytes() unit.Bytes { return b.onHost.host }

// DType is the element type of a precision.
func DType(p workload.Precision) tape.DType {
	switch p {
	case workload.FP32:
		return tape.F32
	case workload.FP16:
		return tape.F16
	}
	return tape.BF16
}

// In enters a module until the returned function is called. A module without a
// name is the present one.
func (b *Builder) In(name string) func() {
	if name == "" {
		return func() {}
	}
	b.path = append(b.path, name)
	return func() { b.path = b.path[:len(b.path)-1] }
}

// Name is the full name of something in the present module.
func (b *Builder) Name(leaf string) string {
	if leaf == "" {
		return strings.Join(b.path, ".")
	}
	if len(b.path) == 0 {
		return leaf
	}
	return strings.Join(b.path, ".") + "." + leaf
}

// Buffer declares memory that is part of the model but no parameter.
func (b *Builder) Buffer(leaf string, dt tape.DType, dims ...tape.Dim) *tape.Param {
	defer b.T.As(b.Component)()
	return b.T.Param(b.Name(leaf), tape.Buffer, dt, false, dims...)
}

// Weight declares a base parameter that is neither of the usual kinds: a
// class token, a gate, a table of position biases.
func (b *Builder) Weight(leaf string, dims ...tape.Dim) *tape.Param {
	return b.param(leaf, tape.OtherWeight, dims...)
}

// Fail notes a problem that building found.
func (b *Builder) Fail(err error) { b.Errs = append(b.Errs, err) }

// Check reports what building found wrong with the run: adapter targets that
// match no module, options that are not written.
func (b *Builder) Check() error {
	b.checkOptions()
	if err := errors.Join(b.Errs...); err != nil {
		return err
	}
	if !b.adapters() || b.Inference.On && len(b.Adapter.Targets) == 0 {
		return nil
	}
	if len(b.matched) == 0 {
		return say.Errorf("loraTargetModules %v match none of the model's linear modules: %s", b.Adapter.Targets, strings.Join(b.Linears, ", "))
	}
	return nil
}
