package fit

import (
	"strconv"

	"vramcalc/calc/catalog"
	"vramcalc/calc/say"
)

// int8Capability is the lowest compute capability of bitsandbytes' LLM.int8:
// Turing (bitsandbytes 0.50, installation guide).
const int8Capability = 7.5

// Runs says whether a card runs a number format. why is the reason where it
// does not, or how it does where its matrix units do not have the format.
func Runs(g catalog.GPU, f Format) (ok bool, why say.Text) {
	s := g.Supports
	switch f {
	case FP16:
		return s.FP16, unless(s.FP16, say.F("has no fp16 arithmetic: send precision bf16"))
	case BF16:
		return s.BF16, unless(s.BF16, say.F("has no bf16 arithmetic (it would be emulated): fp16 takes the same memory"))
	case TF32:
		return s.TF32, unless(s.TF32, say.F("has no tf32: the products would run in plain fp32"))
	case FP8:
		return s.FP8, unless(s.FP8, say.F("has no fp8 matrix units (NVIDIA has them from Ada and Hopper on)"))
	case FP4:
		return s.FP4, unless(s.FP4, say.F("has no fp4 matrix units (NVIDIA has them from Blackwell on)"))
	case INT8:
		if c, err := strconv.ParseFloat(g.ComputeCapability, 64); err == nil && c < int8Capability {
			return false, say.F("LLM.int8 needs compute capability 7.5 (Turing), and this is %s", g.ComputeCapability)
		}
		return s.INT8, unless(s.INT8, say.F("has no int8 matrix units"))
	case INT4:
		return storesFourBits(g)
	}
	return true, say.Text{}
}

// storesFourBits: weights of 4 bits are unpacked to 16 before they are
// multiplied, by kernels that bitsandbytes 0.50 has for every CUDA card of the
// catalogue and for AMD, Intel and Apple. Only products of 4-bit numbers
// themselves need units for them.
func storesFourBits(g catalog.GPU) (ok bool, why say.Text) {
	switch {
	case g.Supports.INT4:
		return true, say.Text{}
	case g.Vendor == catalog.Google:
		return false, say.F("has neither int4 units nor kernels for 4-bit weights")
	}
	return true, say.F("no native int4: 4-bit weights are unpacked to 16 bits")
}

func unless(ok bool, why say.Text) say.Text {
	if ok {
		return say.Text{}
	}
	return why
}
