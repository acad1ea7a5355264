package report

import (
	"strings"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/fit"
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Recommendation answers which GPUs hold a need.
type Recommendation struct {
	Summary            say.Text            `json:"summary" jsonschema_description:"One or two sentences to act on."`
	Need               *GPUNeed            `json:"need,omitempty" jsonschema_description:"What one GPU would have to hold."`
	Target             *Target             `json:"target,omitempty" jsonschema_description:"Whether it fits the GPU named by targetGpu or targetMemoryGiB."`
	Validation         *Validation         `json:"validation,omitempty" jsonschema_description:"What is wrong, unusual or better done otherwise."`
	GPURecommendations []GPURecommendation `json:"gpuRecommendations,omitempty" jsonschema_description:"Best first: the five best that run it, or with detail full every card that passes the filters."`
	Assumptions        []Assumption        `json:"assumptions,omitempty" jsonschema_description:"Values that the caller did not give."`
}

// GPUNeed is a need and where it comes from.
type GPUNeed struct {
	TotalBytes unit.Bytes `json:"totalBytes"`
	TotalGiB   float64    `json:"totalGiB"`
	LowBytes   unit.Bytes `json:"lowBytes" jsonschema_description:"May just run with this much."`
	HighBytes  unit.Bytes `json:"highBytes" jsonschema_description:"Comfortable with this much."`
	Precision  string     `json:"precision" jsonschema_description:"What the GPU must run."`
	Origin     string     `json:"origin" jsonschema_description:"given, or estimated from the workload."`
	Sharding   say.Text   `json:"sharding" jsonschema_description:"What is known of several GPUs."`
}

// Where a need comes from.
const (
	given     = "given"
	estimated = "estimated"
)

// How a need is known of several GPUs.
var (
	evenSharding = say.F("on several GPUs an even share of it, as with full sharding (ZeRO-3, FSDP), and CUDA context and NCCL on each; activations do not shard, so a need that is mostly activations takes more")
	fullSharding = say.F("on more GPUs estimated again with zeroStage 3: weights, gradients and optimizer states in shards, activations of its own micro-batch whole on each")
	noSharding   = say.F("estimated for the GPUs of the run only")
)

// Bare is a need that was given as a size.
type Bare struct {
	Needed      unit.Bytes
	Hardware    workload.Hardware
	Findings    []check.Finding
	Assumptions []Assumption
	Detail      Detail
	GPUs        []catalog.GPU
	Want        fit.Want
}

// RecommendBare ranks GPUs for a size.
func RecommendBare(c Bare) Recommendation {
	need := fit.Sharded(c.Needed)
	a := Recommendation{
		Need:               needOf(memory.Breakdown{Low: c.Needed, Total: c.Needed, High: c.Needed}, c.Want, given, evenSharding),
		Validation:         Validate(c.Findings),
		GPURecommendations: recommendations(need, c.GPUs, c.Want, c.Detail, nil),
		Assumptions:        c.Assumptions,
	}
	if amount, ok := need(max(1, c.Hardware.TargetCount)); ok && c.Hardware.Usable > 0 {
		a.Target = targetOf(&c.Hardware, amount)
	}
	a.Summary = a.summary(say.Text{})
	return a
}

// Recommend ranks GPUs for a workload that was estimated, as Build does.
func Recommend(c Case) Recommendation {
	s := sectionsOf(c.Workload)
	want := wanted(c.Workload, c.Want)
	need, sharding := c.need(want)
	a := Recommendation{
		Need:               needOf(c.Breakdown, want, estimated, sharding),
		Target:             target(c),
		Validation:         Validate(c.Findings),
		GPURecommendations: recommendations(need, c.GPUs, want, c.Detail, patcher(s.Hardware, s.Parallel)),
		Assumptions:        assumptions(c.Assumptions, c.Detail),
	}
	runs(a.GPURecommendations, c)
	a.Summary = a.summary(say.F(" (range %s to %s)", gib(c.Breakdown.Low), gib(c.Breakdown.High)))
	return a
}

// widelyRented is the memory of the largest cards that most providers rent, the
// A100 and the H100. A need beyond it is worth several of them.
const widelyRented = 80 * unit.GiB

// need is what cards have to hold, and how more of them would share it: that is
// estimated where single cards do not hold it, or only cards that are rare.
func (c Case) need(want fit.Want) (fit.Need, say.Text) {
	gpus := sectionsOf(c.Workload).Parallel.GPUs
	own := fit.Estimated(c.Breakdown, gpus)
	if c.Sharded == nil || c.Breakdown.Total <= widelyRented && holdIt(fit.Rank(own, c.GPUs, want)) {
		return own, noSharding
	}
	return fit.Spread(c.Breakdown, gpus, c.Sharded), fullSharding
}

// holdIt says whether as many cards as an answer tells hold a need.
func holdIt(ranked []fit.Recommendation) bool {
	return len(ranked) >= mostGPUs && ranked[mostGPUs-1].Runs()
}

// RefuseRecommendation is the answer to arguments that cannot be answered.
func RefuseRecommendation(findings []check.Finding) Recommendation {
	r := Refuse(findings)
	return Recommendation{Summary: r.Summary, Validation: r.Validation}
}

func needOf(b memory.Breakdown, want fit.Want, origin string, sharding say.Text) *GPUNeed {
	names := make([]string, len(want.Formats))
	for i, f := range want.Formats {
		names[i] = f.String()
	}
	return &GPUNeed{
		TotalBytes: b.Total, TotalGiB: round(b.Total.GiB(), 3), LowBytes: b.Low, HighBytes: b.High,
		Precision: strings.Join(names, ", "), Origin: origin, Sharding: sharding,
	}
}

// summary names the best GPU, the best of another number of them, and the
// verdict on the caller's own.
func (a Recommendation) summary(bounds say.Text) say.Text {
	parts := []say.Text{say.F("Needs %s%s in %s.", gib(a.Need.TotalBytes), bounds, a.Need.Precision)}
	switch {
	case a.Target == nil:
	case a.Need.Origin == given:
		parts = append(parts, held(*a.Target))
	default:
		parts = append(parts, verdict(*a.Target))
	}
	if len(a.GPURecommendations) == 0 {
		return say.Join(" ", append(parts, say.F("No GPU of the catalogue passes the filters: %s.", a.Need.Sharding))...)
	}
	parts = append(parts, best(a.GPURecommendations))
	first := a.GPURecommendations[0]
	for _, r := range a.GPURecommendations[1:] {
		if r.Count != first.Count && r.Level != fit.Insufficient {
			parts = append(parts, say.F("With another number of cards: %s.", r.label()))
			break
		}
	}
	return say.Join(" ", parts...)
}

// held says whether the caller's own cards hold a bare need.
func held(t Target) say.Text {
	cards := t.card()
	if t.Count > 1 {
		cards = say.F("%d × %s", t.Count, cards)
	}
	if t.HeadroomBytes < 0 {
		return say.F("Does not fit %s: %s too large for each.", cards, gib(unit.Bytes(-t.HeadroomBytes)))
	}
	return say.F("Fits %s at %.0f %%, with %s to spare on each.", cards, 100*t.Utilization, gib(unit.Bytes(t.HeadroomBytes)))
}

// Refused says whether the arguments were turned down.
func (a Recommendation) Refused() bool { return a.Validation != nil && !a.Validation.Valid }

// Validated gives the findings, nil where there are none to tell of.
func (a Recommendation) Validated() *Validation { return a.Validation }

// FitsTarget is false where a target was named and does not hold the need.
func (a Recommendation) FitsTarget() bool { return a.Target == nil || a.Target.Fits != fit.No }

// Text is the answer for people.
func (a Recommendation) Text() string {
	var b strings.Builder
	b.WriteString(a.Summary.String() + "\n")
	gpuTable(&b, a.GPURecommendations)
	validation(&b, a.Validation)
	assumed(&b, a.Assumptions)
	return b.String()
}
