// Package unit holds the quantities of the memory model: bytes, parameters and
// storage widths. Bytes are exact integers; whatever is computed in floating
// point crosses into Bytes once, through BytesOf.
package unit

import (
	"fmt"
	"math"
)

// Bytes is an amount of memory. It is never negative in an answer.
type Bytes int64

// Binary multiples. GB is used only where a vendor says so and is never one of
// these.
const (
	KiB Bytes = 1 << 10
	MiB Bytes = 1 << 20
	GiB Bytes = 1 << 30
	TiB Bytes = 1 << 40
)

// BytesOf rounds a computed size up to whole bytes. NaN and negative values
// become 0, values beyond the range saturate.
func BytesOf(x float64) Bytes {
	switch {
	case math.IsNaN(x) || x <= 0:
		return 0
	case x >= math.MaxInt64:
		return math.MaxInt64
	}
	return Bytes(math.Ceil(x))
}

// GiB is the amount in units of 2^30 bytes.
func (b Bytes) GiB() float64 { return float64(b) / float64(GiB) }

// String prints the amount in the largest binary unit that it fills.
func (b Bytes) String() string {
	for _, u := range []struct {
		size Bytes
		name string
	}{{TiB, "TiB"}, {GiB, "GiB"}, {MiB, "MiB"}, {KiB, "KiB"}} {
		if b >= u.size {
			return fmt.Sprintf("%.2f %s", float64(b)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%d B", int64(b))
}

// Params counts unique scalar parameters: a tied matrix once, buffers not.
type Params int64

// Billion is the number in 10^9, the unit of the argument modelSize.
func (p Params) Billion() float64 { return float64(p) / 1e9 }

// ParamsOfBillion is the inverse of Billion, rounded to the nearest unit.
func ParamsOfBillion(x float64) Params {
	v := math.Round(x * 1e9)
	switch {
	case math.IsNaN(v) || v <= 0:
		return 0
	case v >= math.MaxInt64:
		return math.MaxInt64
	}
	return Params(v)
}

// String prints the number with the usual suffix: 6.74 B, 124.4 M.
func (p Params) String() string {
	switch {
	case p >= 1e9:
		return fmt.Sprintf("%.2f B", float64(p)/1e9)
	case p >= 1e6:
		return fmt.Sprintf("%.1f M", float64(p)/1e6)
	}
	return fmt.Sprintf("%d", int64(p))
}

// Saturated is the largest amount that the memory model carries (2^61 bytes):
// sums of two of them still do not overflow. A result that reaches it is
// refused, never shown.
const Saturated Bytes = 1 << 61

// Add sums and saturates, in both directions, at Saturated.
func Add(a, b Bytes) Bytes { return min(max(a+b, -Saturated), Saturated) }

// Mul multiplies and saturates, in both directions, at Saturated.
func Mul(a, b Bytes) Bytes {
	if a == 0 || b == 0 {
		return 0
	}
	p := float64(a) * float64(b)
	switch {
	case p >= float64(Saturated):
		return Saturated
	case p <= -float64(Saturated):
		return -Saturated
	}
	return a * b
}
