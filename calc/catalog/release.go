package catalog

import (
	_ "embed" // the table
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"vramcalc/calc/workload"
)

//go:embed releases.json
var releasesJSON []byte

// Release is a span of transformers' older releases that take the same memory:
// from the one before up to UpTo.
type Release struct {
	UpTo     string                     `json:"upTo"` // "4.45": its last minor release
	Read     string                     `json:"read"` // the releases whose source was read
	Defaults map[string]json.RawMessage `json:"defaults"`
	Switches workload.Library           `json:"switches"`
}

// Releases lists the older releases, oldest first. The present one is that of
// the stacks' own versions.
var Releases = sync.OnceValue(func() []Release {
	var out []Release
	mustDecode("releases.json", releasesJSON, &out)
	return out
})

// ReleaseOf is the span that a version belongs to: nil for the present
// release's, and not ok for what is no version or newer than it.
func ReleaseOf(version string) (r *Release, ok bool) {
	v, ok := minor(version)
	if !ok {
		return nil, false
	}
	for _, r := range Releases() {
		if last, _ := minor(r.UpTo); !after(v, last) {
			return &r, true
		}
	}
	present, _ := minor(StackOf(workload.PyTorch).Versions["transformers"])
	return nil, !after(v, present)
}

// minor is a version's first two numbers.
func minor(version string) (v [2]int, ok bool) {
	parts := strings.Split(strings.TrimPrefix(strings.TrimSpace(version), "v"), ".")
	if len(parts) < len(v) {
		return v, false
	}
	for i := range v {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 {
			return v, false
		}
		v[i] = n
	}
	return v, true
}

func after(a, b [2]int) bool { return a[0] > b[0] || a[0] == b[0] && a[1] > b[1] }
