package catalog_test

import (
	"testing"

	"vramcalc/calc/catalog"
)

// TestReleaseOf holds to which span of transformers' releases a version
// belongs: "" is the present one.
func TestReleaseOf(t *testing.T) {
	for _, c := range []struct {
		version, upTo string
		ok            bool
	}{
		{"4.31.0", "4.45", true},
		{"4.45.2", "4.45", true},
		{"4.46", "4.47", true},
		{"v4.49.0", "4.49", true},
		{"4.52.4", "4.53", true},
		{"4.57.1", "4.57", true},
		{"5.0.0", "", true},
		{"5.24.0", "", true},
		{"6.0", "", false},
		{"latest", "", false},
		{"4", "", false},
	} {
		r, ok := catalog.ReleaseOf(c.version)
		upTo := ""
		if r != nil {
			upTo = r.UpTo
		}
		if ok != c.ok || upTo != c.upTo {
			t.Errorf("ReleaseOf(%q) is up to %q, %v; want up to %q, %v", c.version, upTo, ok, c.upTo, c.ok)
		}
	}
}

// TestReleases holds that spans come oldest first, that each differs from the
// present release and names what was read.
func TestReleases(t *testing.T) {
	for i, r := range catalog.Releases() {
		if got, ok := catalog.ReleaseOf(r.UpTo); !ok || got == nil || got.UpTo != r.UpTo {
			t.Errorf("row %d, up to %s, is not found by its own version", i, r.UpTo)
		}
		if !r.Switches.Old() || r.Read == "" {
			t.Errorf("up to %s: nothing differs, or nothing was read", r.UpTo)
		}
	}
}
