package oom

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"vramcalc/calc/unit"
)

const (
	number = `(\d+(?:\.\d+)?)\s*(bytes?|[KMGT]i?B)\b`
	// longestMessage is how far behind its beginning a message ends: the longest
	// wording with a dozen other processes has 1,500 characters.
	longestMessage = 4000
)

// Beginnings of messages, the telling before the vague.
var beginnings = []struct {
	source  Source
	backend string // "" = the first group
	words   *regexp.Regexp
}{
	{Allocator, "", regexp.MustCompile(`\b(CUDA|HIP|XPU|NPU|MLU|ROCm) out of memory\b`)},
	{Metal, "MPS", regexp.MustCompile(`(?i)\bMPS backend out of memory|\bInvalid buffer size:`)},
	{Driver, "", regexp.MustCompile(`(?i)\b(CUDA|HIP) (?:driver )?error: (?:out of memory|(?:CUDA|HIP)_ERROR_OUT_OF_MEMORY)`)},
	{Driver, "CUDA", regexp.MustCompile(`\bcudaErrorMemoryAllocation\b|\bCUDA_ERROR_OUT_OF_MEMORY\b`)},
	{Driver, "HIP", regexp.MustCompile(`\bhipErrorOutOfMemory\b`)},
	{Library, "CUDA", regexp.MustCompile(`\bCU(?:BLAS|DNN|SOLVER|SPARSE)_STATUS_ALLOC_FAILED\b|(?i)\bCuda failure (?:2 )?'out of memory'`)},
	{Library, "HIP", regexp.MustCompile(`(?i)\b(?:hip|roc)blas_status_(?:alloc_failed|memory_error)\b`)},
	{Host, "CPU", regexp.MustCompile(`\bDefaultCPUAllocator\b`)},
	{Host, "CPU", regexp.MustCompile(`(?i)\bstd::bad_alloc\b|\bCannot allocate memory\b|\bOut of memory: Killed process`)},
	{Allocator, "", regexp.MustCompile(`(?i)\b(torch)(?:\.cuda)?\.OutOfMemoryError\b`)},
}

// Sizes and what stands around them. The first that matches counts.
var sizes = []struct {
	of    func(*Message) *Amount
	words []*regexp.Regexp
}{
	{func(m *Message) *Amount { return &m.Tried }, around(`tried to allocate `+number, `Invalid buffer size: `+number)},
	{func(m *Message) *Amount { return &m.Total }, around(number+` total capacity`, `total capac\w*(?: of|:) `+number)},
	{func(m *Message) *Amount { return &m.Free }, around(number + ` (?:is )?free\b`)},
	{func(m *Message) *Amount { return &m.Allocated }, around(number+` (?:is )?(?:already )?allocated\b(?: by PyTorch|;)`, `MPS allocated: `+number)},
	{func(m *Message) *Amount { return &m.Unallocated }, around(number+` is reserved by PyTorch but unallocated`, number+` cached\)`)},
	{func(m *Message) *Amount { return &m.PrivatePools }, around(number + ` allocated in private pools`)},
	{func(m *Message) *Amount { return &m.InUse }, around(`this process has ` + number + ` memory in use`)},
	{func(m *Message) *Amount { return &m.Allowed }, around(number+` allowed\b`, `max allowed: `+number)},
	{func(m *Message) *Amount { return &m.Outside }, around(`other allocations: ` + number)},
}

var (
	reservedInTotal = around(number + ` reserved in total by PyTorch`)[0]
	process         = regexp.MustCompile(`\bProcess (\d+) has ` + number + ` memory in use`)
	gpuNumber       = regexp.MustCompile(`\bGPU (\d+)\b`)
)

func around(patterns ...string) []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(patterns))
	for i, p := range patterns {
		out[i] = regexp.MustCompile(`(?i)` + p)
	}
	return out
}

// Longest is the length in bytes of a text that Read takes at a glance; a caller
// should ask for less of a longer one.
const Longest = 128 << 10

// Read finds the out-of-memory message in a text that tells the most, the first
// of equal ones, and reads it. It is false where there is none.
func Read(text string) (Message, bool) {
	best, found := read(flat(text, " "))
	if !found || !best.Allocated.Known {
		// A terminal may have broken its lines within words.
		if m, ok := read(flat(text, "")); ok && (!found || m.known() > best.known()) {
			best, found = m, true
		}
	}
	if found {
		best.phaseOf(text)
	}
	return best, found
}

// read takes a text on one line.
func read(text string) (Message, bool) {
	for _, b := range beginnings {
		places := b.words.FindAllStringSubmatchIndex(text, -1)
		if len(places) == 0 {
			continue
		}
		best := Message{}
		for i, at := range places {
			end := min(len(text), at[0]+longestMessage)
			if i+1 < len(places) {
				end = min(end, places[i+1][0])
			}
			m := Message{Source: b.source, Backend: b.backend, Count: len(places)}
			if b.backend == "" {
				m.Backend = strings.ToUpper(strings.Replace(text[at[2]:at[3]], "torch", "CUDA", 1))
			}
			m.numbers(text[at[0]:end])
			if i == 0 || m.known() > best.known() {
				best = m
			}
		}
		best.PyTorch = version(text)
		return best, true
	}
	return Message{}, false
}

// numbers reads the sizes of one message.
func (m *Message) numbers(text string) {
	for _, s := range sizes {
		for _, words := range s.words {
			if g := words.FindStringSubmatch(text); g != nil {
				*s.of(m) = amount(g[1], g[2])
				break
			}
		}
	}
	if g := reservedInTotal.FindStringSubmatch(text); g != nil && m.Allocated.Known {
		all := amount(g[1], g[2])
		m.Unallocated = Amount{
			Bytes:  max(0, all.Bytes-m.Allocated.Bytes),
			Within: all.Within + m.Allocated.Within, Known: true,
		}
	}
	for _, g := range process.FindAllStringSubmatch(text, -1) {
		if id, err := strconv.ParseInt(g[1], 10, 64); err == nil {
			m.Others = append(m.Others, Process{ID: id, Bytes: amount(g[2], g[3]).Bytes})
		}
	}
	if g := gpuNumber.FindStringSubmatch(text); g != nil {
		if n, err := strconv.ParseInt(g[1], 10, 64); err == nil {
			m.GPU = Known(unit.Bytes(n))
		}
	}
}

// amount reads a size. PyTorch counts in powers of two whatever it calls them:
// MPS prints GB for GiB.
func amount(digits, name string) Amount {
	x, err := strconv.ParseFloat(digits, 64)
	if err != nil || x > float64(unit.Saturated) {
		return Amount{}
	}
	size := unit.Bytes(1)
	switch strings.ToUpper(name[:1]) {
	case "K":
		size = unit.KiB
	case "M":
		size = unit.MiB
	case "G":
		size = unit.GiB
	case "T":
		size = unit.TiB
	}
	a := Amount{Bytes: min(unit.BytesOf(x*float64(size)), unit.Saturated), Known: true}
	if _, places, ok := strings.Cut(digits, "."); ok {
		a.Within = unit.BytesOf(float64(size) * math.Pow10(-len(places)) / 2)
	}
	return a
}

// known counts what a message tells.
func (m *Message) known() int {
	n := len(m.Others)
	for _, s := range sizes {
		if s.of(m).Known {
			n++
		}
	}
	return n
}
