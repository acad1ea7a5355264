package fit

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
)

// Amount is what must be free on each GPU of a run.
type Amount struct {
	Low   unit.Bytes // may just run with this much
	Total unit.Bytes
	Note  string // how a share of several GPUs was computed, "" for one
}

// Need tells what each of so many GPUs has to hold; false where nobody knows.
type Need func(count int64) (Amount, bool)

// Estimated is the need of a run that was estimated for so many GPUs, and for
// no other number of them.
func Estimated(b memory.Breakdown, gpus int64) Need {
	return func(count int64) (Amount, bool) {
		return Amount{Low: b.Low, Total: b.Total}, count == max(1, gpus)
	}
}

// Spread is the need of a run that was estimated for some GPUs, and is estimated
// anew for more of them with everything sharded; false where it cannot be.
func Spread(b memory.Breakdown, gpus int64, anew func(count int64) (memory.Breakdown, bool)) Need {
	own := Estimated(b, gpus)
	return func(count int64) (Amount, bool) {
		if count <= max(1, gpus) {
			return own(count)
		}
		each, ok := anew(count)
		return Amount{Low: each.Low, Total: each.Total, Note: "weights, gradients and optimizer states sharded"}, ok
	}
}

// What every process of a sharded run holds beside its share.
const (
	// contextBytes is the CUDA context with the libraries' workspaces: the
	// median of measured language runs on one GPU.
	contextBytes       = unit.GiB * 16 / 10
	communicationBytes = memory.NCCL
)

// Sharded is a bare need of bytes, the context of one process among them,
// spread evenly over GPUs as full sharding (ZeRO-3, FSDP) spreads weights,
// gradients and optimizer states. Each GPU repeats the context and adds NCCL's
// buffers. Activations are not known in a bare need: sharding leaves them
// whole, so a need that is mostly activations takes more than this.
func Sharded(total unit.Bytes) Need {
	return func(count int64) (Amount, bool) {
		if count <= 1 {
			return Amount{Low: total, Total: total}, count == 1
		}
		context := min(total, contextBytes)
		share := (total - context + unit.Bytes(count) - 1) / unit.Bytes(count)
		each := share + context + communicationBytes
		return Amount{Low: each, Total: each, Note: "an even share and " + (context + communicationBytes).String() + " of CUDA context and NCCL on each"}, true
	}
}
