package schemas

import (
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// WorkloadArgs are a workload in the arguments of a tool beside the full
// estimate: every argument of the estimate is taken, few are published, and
// only the model is demanded. A tool's struct embeds them, adds its own
// arguments and names these in Published.
type WorkloadArgs struct{ EstimateArgs }

// What a tool beside the full estimate assumes where it is not told.
const (
	commonBatch       = 1
	commonRate        = 2e-5 // learning rate where the weights themselves are trained
	commonAdapterRate = 2e-4 // and where adapters are
	commonEpochs      = 1.0
	commonPrecision   = workload.BF16
	commonOptimizer   = workload.AdamW
	commonKind        = workload.NLP
	openSchemaNote    = "Takes every argument of calculate_advanced_finetuning_vram; those shown are the usual ones."
)

var (
	documented         = say.F("documented default")
	commonDefaultsNote = say.F("documented default of this tool")
)

// modelArguments say which model, the first that a tool publishes.
var modelArguments = []string{"modelType", "modelId", "modelConfig", "modelSize", "architectureType"}

// commonArguments are the twenty others that a tool publishes of a workload.
var commonArguments = []string{
	"precision", "fineTuningMethod", "quantization", "batchSize", "gradientAccumulationSteps", "sequenceLength",
	"optimizer", "gradientCheckpointing", "attentionImplementation", "lossImplementation", "loraRank",
	"loraTargetModules", "imageResolution", "inputImageSize", "trainingStack", "numGpus", "zeroStage",
	"targetGpu", "targetMemoryGiB", "detail",
}

// Required is nothing that a schema can say: the model comes in one of three ways.
func (*WorkloadArgs) Required() []string { return nil }

// Published lists the arguments of the published schema.
func (*WorkloadArgs) Published() []string { return PublishedWith() }

// PublishedWith lists the arguments that a tool publishes: those of the model,
// its own, and the common ones.
func PublishedWith(own ...string) []string {
	out := slices.Concat(modelArguments, own)
	for _, name := range commonArguments {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// publisher is an argument struct that takes more than it publishes.
type publisher interface{ Published() []string }

// publishedOf lists what an argument struct publishes; all is true where that
// is everything it takes.
func publishedOf(args any) (names []string, all bool) {
	p, some := args.(publisher)
	if !some {
		return nil, true
	}
	return p.Published(), false
}

// Resolve makes the workload as EstimateArgs does, with a default for
// everything but the model.
func (a *WorkloadArgs) Resolve(c *catalog.Catalog) (workload.Workload, []report.Assumption, []check.Finding) {
	if a == nil {
		return nil, nil, nil
	}
	args := a.EstimateArgs // a copy: filling in changes it
	r := &resolver{args: &args, catalog: c, filled: map[string]bool{}}
	r.fill()
	return r.resolve()
}

// fill puts the defaults in place of what every estimate needs and this
// request lacks, each with an assumption.
func (r *resolver) fill() {
	a := r.args
	kind, why := r.typeOfModel()
	fill(r, "modelType", &a.ModelType, kind, report.FromModel, why)
	precision, why := commonPrecision, commonDefaultsNote
	if g, _, found := r.catalog.GPU(a.TargetGPU.Or("")); found && !g.Supports.BF16 {
		precision, why = workload.FP16, say.F("%s has no bf16 arithmetic", g.Name)
	}
	fill(r, "precision", &a.Precision, precision, report.Default, why)
	fill(r, "batchSize", &a.BatchSize, commonBatch, report.Default, commonDefaultsNote)
	fill(r, "optimizer", &a.Optimizer, OptimizerName{Optimizer: commonOptimizer}, report.Default, commonDefaultsNote)
	fill(r, "learningRate", &a.LearningRate, r.usualRate(kind), report.Default, commonDefaultsNote)
	fill(r, "trainingEpochs", &a.TrainingEpochs, commonEpochs, report.Default, commonDefaultsNote)
}

func fill[T any](r *resolver, name string, o *Opt[T], v T, origin report.Origin, why say.Text) {
	if o.IsSet() || r.args.WasSent(name) {
		return
	}
	*o = Some(v)
	r.filled[name] = true
	r.assume(name, v, origin, why)
}

// typeOfModel is the type of the model that the request defines.
func (r *resolver) typeOfModel() (workload.Kind, say.Text) {
	a := r.args
	if m, found := r.catalog.Model(a.ModelID.Or("")); found {
		return m.Kind, say.F("of %s", m.ID)
	}
	if config, given := a.ModelConfig.Get(); given {
		if m, _, problems := catalog.FromConfig(config); len(problems) == 0 {
			return m.Kind, say.F("of the pasted config.json")
		}
	}
	if arch, given := a.ArchitectureType.Get(); given {
		return arch.Kind(), say.F("of architectureType %s", arch)
	}
	return commonKind, commonDefaultsNote
}

// usualRate is the learning rate that the method is usually run with.
func (r *resolver) usualRate(kind workload.Kind) float64 {
	r.kind = kind
	method, given := r.args.FineTuningMethod.Get()
	if !given {
		method, _, _ = r.impliedMethod()
	}
	if method == workload.LoRA || method == workload.QLoRA {
		return commonAdapterRate
	}
	return commonRate
}

// SaysModel says whether an argument is one of those that say which model.
func SaysModel(argument string) bool { return slices.Contains(modelArguments, argument) }
