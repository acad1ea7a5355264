// Package report holds the answer: the structs whose JSON names every client
// relies on, and Build, which makes one from an estimate, the findings and the
// assumptions that it rests on.
//
// Sizes are whole bytes. GiB, percent and utilization repeat them for readers.
// Components sum to totalBytes exactly; a component that takes nothing is left
// out. The package computes no memory of its own, with one exception that a
// caller asks for by name: the documented closed forms of formulaSet guide.
package report

import (
	"vramcalc/calc/check"
	"vramcalc/calc/unit"
)

// Answer is what every estimate tool answers. Only Summary is always there: a
// refusal has no estimate.
type Answer struct {
	Summary       string         `json:"summary" jsonschema_description:"One or two sentences to act on."`
	Estimate      *Estimate      `json:"estimate,omitempty" jsonschema_description:"Memory per GPU; absent when the arguments were refused."`
	Target        *Target        `json:"target,omitempty" jsonschema_description:"Whether it fits the GPU named by targetGpu or targetMemoryGiB."`
	Validation    *Validation    `json:"validation,omitempty" jsonschema_description:"What is wrong, unusual or better done otherwise."`
	Optimizations []Optimization `json:"optimizations,omitempty" jsonschema_description:"What would make it fit, faster, cheaper or steadier, the best first; each measured on the changed call."`
	// The five best that run it; with detail full every card that passes the filters.
	GPURecommendations []GPURecommendation `json:"gpuRecommendations,omitempty" jsonschema_description:"GPUs for this run, best first."`

	Cost        *Cost        `json:"cost,omitempty" jsonschema_description:"Time and money on the GPU that was named, else on the best recommended."`
	Comparison  []Comparison `json:"comparison,omitempty" jsonschema_description:"formulaSet guide: the documented closed forms beside what the architecture needs."`
	Assumptions []Assumption `json:"assumptions,omitempty" jsonschema_description:"Values that the caller did not give."`
}

// Estimate is the memory of a run on one GPU.
type Estimate struct {
	TotalBytes         unit.Bytes  `json:"totalBytes" jsonschema_description:"Bytes that must be free on each GPU: peakReservedBytes plus CUDA context and libraries."`
	TotalGiB           float64     `json:"totalGiB" jsonschema_description:"totalBytes in units of 2^30 bytes."`
	LowBytes           unit.Bytes  `json:"lowBytes" jsonschema_description:"May just run with this much."`
	HighBytes          unit.Bytes  `json:"highBytes" jsonschema_description:"Comfortable with this much."`
	PeakTensorBytes    unit.Bytes  `json:"peakTensorBytes" jsonschema_description:"Tensors alive at the peak."`
	PeakAllocatedBytes unit.Bytes  `json:"peakAllocatedBytes" jsonschema_description:"Blocks that those tensors take: torch.cuda.max_memory_allocated."`
	PeakReservedBytes  unit.Bytes  `json:"peakReservedBytes" jsonschema_description:"What the caching allocator holds for them: torch.cuda.max_memory_reserved."`
	HostBytes          unit.Bytes  `json:"hostBytes" jsonschema_description:"Host memory taken by offloading and paging."`
	PeakPhase          string      `json:"peakPhase" jsonschema_description:"load, forward (with the loss), backward, optimizer, prefill, decode, rollout or evaluation."`
	GPUs               int64       `json:"gpus" jsonschema_description:"GPUs of the run; every size is per GPU."`
	Components         []Component `json:"components" jsonschema_description:"What the memory is for at the peak, largest first; sums to totalBytes."`
	Phases             []Phase     `json:"phases" jsonschema_description:"Peak tensor bytes of each phase."`
	WeightBytes        unit.Bytes  `json:"weightBytes" jsonschema_description:"Parameters and buffers resident before the first step, adapters included."`
	Parameters         Parameters  `json:"parameters" jsonschema_description:"Unique scalar parameters."`
	Tensors            []Tensor    `json:"tensors,omitempty" jsonschema_description:"detail full: tensors alive at the peak, largest first."`
	Notes              []string    `json:"notes,omitempty" jsonschema_description:"detail full: what the numbers rest on."`
}

// Component is one line of an estimate.
type Component struct {
	ID       string             `json:"id"`
	Label    string             `json:"label"`
	Category string             `json:"category" jsonschema_description:"weights, gradients, optimizer, activations, cache, adapters or overhead."`
	Bytes    unit.Bytes         `json:"bytes"`
	GiB      float64            `json:"gib"`
	Percent  float64            `json:"percent" jsonschema_description:"Share of totalBytes, 0 to 100."`
	Formula  string             `json:"formula,omitempty" jsonschema_description:"Closed form of bytes over values."`
	Values   map[string]float64 `json:"values,omitempty" jsonschema_description:"The symbols of formula."`
	Note     string             `json:"note,omitempty"`
}

// Phase is the peak of one phase of the run.
type Phase struct {
	ID         string     `json:"id"`
	Bytes      unit.Bytes `json:"bytes"`
	Components []Held     `json:"components,omitempty" jsonschema_description:"detail full: what the tensors are for; sums to bytes."`
}

// Held is what one component holds at the peak of a phase.
type Held struct {
	ID       string     `json:"id"`
	Label    string     `json:"label"`
	Category string     `json:"category"`
	Bytes    unit.Bytes `json:"bytes"`
}

// Parameters counts scalars: a tied matrix once, buffers not.
type Parameters struct {
	Total          unit.Params `json:"total"`
	Trainable      unit.Params `json:"trainable"`
	Frozen         unit.Params `json:"frozen"`
	ActivePerToken unit.Params `json:"activePerToken" jsonschema_description:"Less than total only with routed experts."`
}

// Tensor is a group of equal tensors alive at the peak.
type Tensor struct {
	Label string     `json:"label"`
	Shape string     `json:"shape"`
	DType string     `json:"dtype"`
	Count int64      `json:"count"`
	Bytes unit.Bytes `json:"bytes" jsonschema_description:"Of all of them."`
}

// Target says whether the run fits the GPU it is meant for.
type Target struct {
	GPU             string     `json:"gpu" jsonschema_description:"Catalogue id, empty where only a size was given."`
	Count           int64      `json:"count"`
	UsableBytes     unit.Bytes `json:"usableBytes" jsonschema_description:"What a process can use on one card."`
	Utilization     float64    `json:"utilization" jsonschema_description:"Need over usable bytes of one GPU; above 1 it does not fit."`
	Level           string     `json:"level" jsonschema_description:"excellent, good, acceptable, insufficient or oversized."`
	Fits            string     `json:"fits" jsonschema_description:"yes, tight (the low end of the range fits) or no."`
	HeadroomBytes   int64      `json:"headroomBytes" jsonschema_description:"Usable less needed bytes; negative where it does not fit."`
	LargestBatch    int64      `json:"largestBatch,omitempty" jsonschema_description:"Largest batchSize that fits with everything else as it is."`
	LargestSequence int64      `json:"largestSequence,omitempty" jsonschema_description:"Largest sequenceLength that fits, up to the model's context."`
}

// Validation sorts the findings by what they mean for the caller.
type Validation struct {
	Valid       bool            `json:"valid"`
	Errors      []check.Finding `json:"errors" jsonschema_description:"Cannot run or cannot be computed; with any there is no estimate."`
	Warnings    []check.Finding `json:"warnings" jsonschema_description:"Will run, likely not as meant."`
	Suggestions []check.Finding `json:"suggestions" jsonschema_description:"Something better exists."`
}

// Comparison sets a documented closed form beside what the architecture needs.
type Comparison struct {
	Component         string     `json:"component"`
	GuideBytes        unit.Bytes `json:"guideBytes"`
	ArchitectureBytes unit.Bytes `json:"architectureBytes"`
	Why               string     `json:"why"`
}
