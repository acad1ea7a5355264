package oom

import (
	"slices"
	"strings"

	"vramcalc/calc/say"
)

// A Remedy is something to do that is no argument of an estimate.
type Remedy struct {
	ID          string
	Title       say.Text
	Reason      say.Text
	Environment map[string]string // variables to set before the process starts
}

// Remedies lists what helps against the cause beside a smaller run.
func (m *Message) Remedies() []Remedy {
	switch c := m.Card(); m.Cause().ID {
	case Fragmentation:
		return []Remedy{m.expandable(say.F("The holes become usable: segments grow and shrink page by page instead of being cut."))}
	case OtherProcess:
		return []Remedy{{ID: "free-the-card", Title: say.F("End the other process, or take another card%s", named(c.Processes)), Reason: say.F("nvidia-smi (rocm-smi) shows who has the memory; a crashed run or a notebook keeps it until its process ends.")}}
	case Limit:
		return []Remedy{{ID: "raise-the-limit", Title: say.F("Raise the limit"), Reason: say.F("torch.cuda.set_per_process_memory_fraction, the MIG slice or the container's share stands below the card's size.")}}
	case Context:
		return m.outside()
	case HostMemory:
		return []Remedy{{ID: "less-host-memory", Title: say.F("Load with low_cpu_mem_usage or onto the card at once, with fewer data-loader workers"), Reason: say.F("Weights are read into the machine's memory first; each worker copies what it touches, and offloading keeps states there.")}}
	case Capacity, SingleTensor:
		if m.Unallocated.Known && float64(m.Unallocated.Bytes) >= noticeable*float64(m.ceiling().Bytes) {
			return []Remedy{m.expandable(say.F("It gives %s back that PyTorch holds between tensors; alone it does not do.", m.Unallocated.Bytes))}
		}
	}
	return nil
}

// outside lists what helps where PyTorch's allocator is not the one that failed.
func (m *Message) outside() []Remedy {
	if m.Source == Metal {
		return []Remedy{{ID: "release-metal", Title: say.F("Call torch.mps.empty_cache() between steps and keep shapes constant"), Reason: say.F("Metal compiles and keeps a graph for every new shape.")}}
	}
	return []Remedy{{
		ID: "leave-room", Title: say.F("Leave room outside PyTorch's allocator"),
		Reason: say.F("End what else is on the card (nvidia-smi), and keep PyTorch from taking all of it: torch.cuda.set_per_process_memory_fraction(0.95), torch.cuda.empty_cache() before the failing call, or a smaller run. To learn which call it was, run once with CUDA_LAUNCH_BLOCKING=1."),
	}}
}

// firstExpandable is the version from which segments can grow.
const firstExpandable = "2.1"

// expandable is the setting against holes, as the version of the message names
// its variable.
func (m *Message) expandable(reason say.Text) Remedy {
	name := "PYTORCH_CUDA_ALLOC_CONF"
	switch {
	case m.Backend == "HIP":
		name = "PYTORCH_HIP_ALLOC_CONF"
	case m.PyTorch == "2.9":
		name = "PYTORCH_ALLOC_CONF"
	}
	r := Remedy{
		ID: "expandable-segments", Title: say.F("Set %s=expandable_segments:True", name), Reason: reason,
		Environment: map[string]string{name: "expandable_segments:True"},
	}
	if m.PyTorch != "" && older(m.PyTorch, firstExpandable) {
		r.Title = say.F("%s, with PyTorch %s or later", r.Title, firstExpandable)
		r.Reason = say.Join(" ", r.Reason, say.F("The message may be of an older version, which does not know the setting."))
	}
	return r
}

// older compares versions, 1.10 being newer than 1.9.
func older(a, b string) bool {
	number := func(v string) []int {
		var out []int
		for part := range strings.SplitSeq(v, ".") {
			n := 0
			for _, c := range part {
				n = n*10 + int(c-'0')
			}
			out = append(out, n)
		}
		return out
	}
	return slices.Compare(number(a), number(b)) < 0
}
