package fit

import (
	"strconv"

	"vramcalc/calc/catalog"
)

// int8Capability is the lowest compute capability of bitsandbytes' LLM.int8:
// Turing (bitsandbytes 0.50, installation guide).
const int8Capability = 7.5

// Runs says whether a card runs a number format. why is the reason where it
// does not, or how it does where its matrix units do not have the format.
func Runs(g catalog.GPU, f Format) (ok bool, why string) {
	s := g.Supports
	switch f {
	case FP16:
		return s.FP16, unless(s.FP16, "has no fp16 arithmetic: send precision bf16")
	case BF16:
		return s.BF16, unless(s.BF16, "has no bf16 arithmetic (it would be emulated): fp16 takes the same memory")
	case TF32:
		return s.TF32, unless(s.TF32, "has no tf32: the products would run in plain fp32")
	case FP8:
		return s.FP8, unless(s.FP8, "has no fp8 matrix units (NVIDIA has them from Ada and Hopper on)")
	case FP4:
		return s.FP4, unless(s.FP4, "has no fp4 matrix units (NVIDIA has them from Blackwell on)")
	case INT8:
		if c, err := strconv.ParseFloat(g.ComputeCapability, 64); err == nil && c < int8Capability {
			return false, "LLM.int8 needs compute capability 7.5 (Turing), and this is " + g.ComputeCapability
		}
		return s.INT8, unless(s.INT8, "has no int8 matrix units")
	case INT4:
		return storesFourBits(g)
	}
	return true, ""
}

// storesFourBits: weights of 4 bits are unpacked to 16 before they are
// multiplied, by kernels that bitsandbytes 0.50 has for every CUDA card of the
// catalogue and for AMD, Intel and Apple. Only products of 4-bit numbers
// themselves need units for them.
func storesFourBits(g catalog.GPU) (ok bool, why string) {
	switch {
	case g.Supports.INT4:
		return true, ""
	case g.Vendor == catalog.Google:
		return false, "has neither int4 units nor kernels for 4-bit weights"
	}
	return true, "no native int4: 4-bit weights are unpacked to 16 bits"
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}
