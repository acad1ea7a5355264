package report

import (
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// Diagnosis is the answer about an out-of-memory message. Only Summary is
// always there.
type Diagnosis struct {
	Summary     say.Text     `json:"summary" jsonschema_description:"Why it failed and what to do first."`
	Cause       *FailedFor   `json:"cause,omitempty" jsonschema_description:"Which number binds."`
	Phase       *FailedIn    `json:"phase,omitempty" jsonschema_description:"Where in the run it failed; absent where neither traceback nor workload tell."`
	Patches     []Patch      `json:"patches,omitempty" jsonschema_description:"What gets past it, the best first: patches of arguments, each measured on the changed call, and settings outside the run."`
	Message     *Printed     `json:"message,omitempty" jsonschema_description:"What the message says."`
	Card        []CardPart   `json:"card,omitempty" jsonschema_description:"Who had the card's memory, as far as the message tells."`
	Estimate    *Needed      `json:"estimate,omitempty" jsonschema_description:"What the workload needs, where one was given."`
	Target      *Target      `json:"target,omitempty" jsonschema_description:"Whether that fits what the message says the process could have."`
	Validation  *Validation  `json:"validation,omitempty" jsonschema_description:"What is wrong, unusual or better done otherwise."`
	Assumptions []Assumption `json:"assumptions,omitempty" jsonschema_description:"Values that the caller did not give."`
}

// Needed is an estimate without what the memory is for.
type Needed struct {
	TotalBytes         unit.Bytes `json:"totalBytes" jsonschema_description:"Bytes that must be free on the GPU."`
	TotalGiB           float64    `json:"totalGiB"`
	LowBytes           unit.Bytes `json:"lowBytes"`
	HighBytes          unit.Bytes `json:"highBytes"`
	PeakAllocatedBytes unit.Bytes `json:"peakAllocatedBytes" jsonschema_description:"To compare with the message's allocatedBytes."`
	PeakReservedBytes  unit.Bytes `json:"peakReservedBytes"`
	PeakPhase          string     `json:"peakPhase"`
	Phases             []Phase    `json:"phases" jsonschema_description:"Peak tensor bytes of each phase."`
}

// FailedFor is why an allocation failed.
type FailedFor struct {
	ID    string   `json:"id" jsonschema_description:"capacity, fragmentation, otherProcess, singleTensor, context, limit, hostMemory or unknown."`
	Title say.Text `json:"title"`
	Why   say.Text `json:"why"`
	Leak  say.Text `json:"leak,omitzero" jsonschema_description:"Said where more was allocated than the workload ever does."`
}

// FailedIn is where in a run an allocation failed.
type FailedIn struct {
	ID     string   `json:"id" jsonschema_description:"load, forward (with the loss), backward, optimizer, prefill, decode, rollout or evaluation."`
	Basis  string   `json:"basis" jsonschema_description:"traceback, workload (size and amount match an allocation of it), both, or expected (where the workload would fail)."`
	Why    say.Text `json:"why"`
	Tensor *Tensor  `json:"tensor,omitempty" jsonschema_description:"The tensor that was asked for, where the workload tells."`
}

// Patch is something that gets past the failure.
type Patch struct {
	ID          string            `json:"id"`
	Title       say.Text          `json:"title"`
	Reason      say.Text          `json:"reason"`
	Change      map[string]any    `json:"change,omitempty" jsonschema_description:"Patch of arguments; null removes one."`
	Environment map[string]string `json:"environment,omitempty" jsonschema_description:"Variables to set before the process starts."`
	Before      *unit.Bytes       `json:"before,omitempty" jsonschema_description:"totalBytes of the workload."`
	After       *unit.Bytes       `json:"after,omitempty" jsonschema_description:"totalBytes with change applied."`
	SavedBytes  *int64            `json:"savedBytes,omitempty"`
	Fits        *bool             `json:"fits,omitempty" jsonschema_description:"Whether after fits what the process could have."`
	Tradeoff    say.Text          `json:"tradeoff,omitzero"`
}

// Printed is a message as it was read; what it does not say is absent.
type Printed struct {
	Source           string      `json:"source" jsonschema_description:"allocator, metal, driver, library or host."`
	Backend          string      `json:"backend" jsonschema_description:"CUDA, HIP, XPU, MPS or CPU."`
	PyTorchSince     string      `json:"pytorchSince,omitempty" jsonschema_description:"The first version with this wording."`
	GPU              *int64      `json:"gpu,omitempty"`
	Messages         int         `json:"messages" jsonschema_description:"How many such messages the text has; the most telling is read."`
	TriedBytes       *unit.Bytes `json:"triedBytes,omitempty" jsonschema_description:"Asked of the card: the tensor, rounded up to 2 MiB."`
	TotalBytes       *unit.Bytes `json:"totalBytes,omitempty"`
	FreeBytes        *unit.Bytes `json:"freeBytes,omitempty"`
	AllocatedBytes   *unit.Bytes `json:"allocatedBytes,omitempty"`
	UnallocatedBytes *unit.Bytes `json:"unallocatedBytes,omitempty" jsonschema_description:"Reserved by PyTorch, used by no tensor."`
	PrivatePoolBytes *unit.Bytes `json:"privatePoolBytes,omitempty" jsonschema_description:"Part of allocatedBytes, in CUDA graphs."`
	InUseBytes       *unit.Bytes `json:"inUseBytes,omitempty" jsonschema_description:"By this process, with its context."`
	AllowedBytes     *unit.Bytes `json:"allowedBytes,omitempty"`
	OtherProcesses   []Occupant  `json:"otherProcesses,omitempty"`
}

// Occupant is another process on the card.
type Occupant struct {
	PID   int64      `json:"pid"`
	Bytes unit.Bytes `json:"bytes"`
}

// CardPart is what some of the card's memory was for.
type CardPart struct {
	ID    string     `json:"id" jsonschema_description:"allocated, unallocated, outside, others or free."`
	Label say.Text   `json:"label"`
	Bytes unit.Bytes `json:"bytes"`
}

// Refused says whether the arguments were turned down.
func (d Diagnosis) Refused() bool { return d.Validation != nil && !d.Validation.Valid }

// Validated gives the findings, nil where there are none to tell of.
func (d Diagnosis) Validated() *Validation { return d.Validation }

// FitsTarget is true: that it did not fit is what was asked about.
func (Diagnosis) FitsTarget() bool { return true }
