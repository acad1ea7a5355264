package schemas

import (
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/fit"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// RecommendArgs ask for GPUs that hold a need: a bare size, or a workload that
// is estimated first.
type RecommendArgs struct {
	WorkloadArgs

	NeededGiB Opt[float64]    `json:"neededGiB,omitzero" jsonschema:"exclusiveMinimum=0,maximum=1048576" jsonschema_description:"Memory that must be free, with one CUDA context; spread over several GPUs it is sharded evenly." unit:"GiB" default:"estimated from the workload" panel:"basic" scale:"log"`
	Precision Opt[fit.Format] `json:"precision,omitzero" jsonschema_description:"Number format that the GPU must run; int8 and int4 are stored weights; tf32, fp8 and fp4 with neededGiB." default:"bf16" panel:"basic"`
	MinCount  Opt[int64]      `json:"minCount,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"Fewest GPUs." default:"1" panel:"hardware"`
	MaxCount  Opt[int64]      `json:"maxCount,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"Most GPUs." default:"as many as it takes" panel:"hardware"`
}

// ownOfRecommend are the arguments that count beside neededGiB.
var ownOfRecommend = []string{
	"neededGiB", "precision", "minCount", "maxCount", "maxHourlyUsd", "maxPurchaseUsd", "gpuVendors", "gpuSegments",
	"targetGpu", "targetMemoryGiB", "targetGpuCount", "detail", "language",
}

// Published lists the arguments of the published schema.
func (*RecommendArgs) Published() []string {
	return PublishedWith("neededGiB", "precision", "minCount", "maxCount", "maxHourlyUsd", "maxPurchaseUsd", "gpuVendors", "gpuSegments")
}

// Wanted is what the caller demands of recommended GPUs.
func (a *EstimateArgs) Wanted() fit.Want {
	return fit.Want{
		MaxHourlyUSD:   a.MaxHourlyUSD.Or(0),
		MaxPurchaseUSD: a.MaxPurchaseUSD.Or(0),
		Vendors:        a.GPUVendors.Or(nil),
		Segments:       a.GPUSegments.Or(nil),
	}
}

// Wanted adds to the filters how many GPUs and, where no workload says it, the
// format that they must run.
func (a *RecommendArgs) Wanted() fit.Want {
	want := a.EstimateArgs.Wanted()
	want.MinCount, want.MaxCount = a.MinCount.Or(0), a.MaxCount.Or(0)
	if f, given := a.Precision.Get(); given && (f == fit.TF32 || a.IsBare()) {
		want.Formats = []fit.Format{f}
	}
	return want
}

// IsBare says whether the need is a size and no workload.
func (a *RecommendArgs) IsBare() bool { return a.NeededGiB.IsSet() || a.WasSent("neededGiB") }

// Needed is the size asked for.
func (a *RecommendArgs) Needed() unit.Bytes {
	return unit.BytesOf(a.NeededGiB.Or(0) * float64(unit.GiB))
}

// Resolve makes the workload whose need is estimated, nil for a bare need.
func (a *RecommendArgs) Resolve(c *catalog.Catalog) (workload.Workload, []report.Assumption, []check.Finding) {
	args := a.WorkloadArgs
	var findings []check.Finding
	if f, given := a.Precision.Get(); given {
		p, modelled := f.Precision()
		if f == fit.TF32 {
			p, modelled = workload.FP32, true
		}
		if !modelled {
			findings = append(findings, check.NotAChoice.Report([]string{"precision"}, check.Told{
				Message: say.F("precision %s is not estimated for a workload, only matched with neededGiB", f),
				Fix:     say.F("Send one of %s, or neededGiB.", say.List(workload.BF16.Values())),
				Change:  map[string]any{"precision": workload.BF16.String()},
			}))
		}
		args.Precision = Some(p)
	}
	if !slices.ContainsFunc(modelArguments[1:], a.WasSent) {
		return nil, nil, append(findings, check.Missing.Report([]string{"neededGiB"}, check.Told{
			Message: say.F("missing: the need"),
			Fix:     say.F("Send neededGiB, or a workload: modelId, modelConfig, or modelSize with architectureType."),
		}))
	}
	w, assumptions, more := args.Resolve(c)
	return w, assumptions, append(append(findings, more...), a.countsAgree()...)
}

// ResolveBare settles what a bare need is held against: the card that the
// caller may have named, and the format.
func (a *RecommendArgs) ResolveBare(c *catalog.Catalog) (workload.Hardware, fit.Want, []report.Assumption, []check.Finding) {
	args := a.EstimateArgs
	r := &resolver{args: &args, catalog: c, kind: workload.NLP, filled: map[string]bool{}}
	r.target()
	want := a.Wanted()
	if len(want.Formats) == 0 {
		want.Formats = []fit.Format{fit.BF16}
		r.assume("precision", fit.BF16, report.Default, commonDefaultsNote)
	}
	told := r.assumptions
	h := r.hardware()
	r.assumptions = told // of the card only: no context is added to a bare need
	for _, f := range want.Formats {
		r.cardRuns(f)
	}
	a.uselessBeside(r)
	return h, want, r.assumptions, append(r.findings, a.countsAgree()...)
}

// uselessBeside warns of arguments of a workload beside a bare need.
func (a *RecommendArgs) uselessBeside(r *resolver) {
	for _, name := range argumentsOfEstimate().names {
		if a.WasSent(name) && !slices.Contains(ownOfRecommend, name) {
			r.useless(name, say.F("neededGiB is the need, and no workload is estimated"))
		}
	}
}

// countsAgree refuses a range of counts that holds none.
func (a *RecommendArgs) countsAgree() []check.Finding {
	least, most := a.MinCount.Or(1), a.MaxCount.Or(0)
	if most == 0 || least <= most {
		return nil
	}
	return []check.Finding{check.OutOfRange.Report([]string{"minCount", "maxCount"}, check.Told{
		Message: say.F("minCount %d exceeds maxCount %d", least, most),
		Fix:     say.F("Send minCount at most %d.", most),
		Change:  map[string]any{"minCount": most},
	})}
}
