package cnn_test

import (
	"testing"

	"vramcalc/calc/cnn"
)

// Multiply-adds of one image are those that torch's FlopCounterMode counts on
// the libraries' own models (testdata/README.md), at the published size and at
// others.
func TestMultiplyAdds(t *testing.T) {
	var rows []struct {
		Model string
		Image int64
		Macs  int64
	}
	read(t, "macs.json", &rows)
	counted := map[string]bool{}
	for _, row := range rows {
		m := classifier(t, row.Model)
		counted[m.ID] = true
		c := training(m.Conv, 2)
		c.Conv.Image = row.Image
		got, err := cnn.Macs(c)
		if err != nil {
			t.Errorf("%s at %d: %v", row.Model, row.Image, err)
			continue
		}
		if got != row.Macs {
			t.Errorf("%s at %d has %d multiply-adds, counted were %d (difference %d)", row.Model, row.Image, got, row.Macs, got-row.Macs)
		}
	}
	for _, m := range classifiers(t) {
		if !counted[m.ID] {
			t.Errorf("%s is not among the models whose multiply-adds were counted", m.ID)
		}
	}
}
