package cnn_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"vramcalc/calc/cnn"
	"vramcalc/calc/tape"
)

// Parameters have the libraries' names and order (testdata/README.md).
func TestNames(t *testing.T) {
	var rows []struct {
		Model      string
		Parameters int
		SHA256     string
	}
	read(t, "names.json", &rows)
	for _, row := range rows {
		b, err := cnn.Record(training(classifier(t, row.Model).Conv, 2), tape.OneStep)
		if err != nil {
			t.Error(err)
			continue
		}
		var names []string
		for _, p := range b.T.Params {
			if p.Kind != tape.Buffer {
				names = append(names, p.Name)
			}
		}
		sum := sha256.Sum256([]byte(strings.Join(names, "\n")))
		if len(names) != row.Parameters || hex.EncodeToString(sum[:]) != row.SHA256 {
			t.Errorf("%s has %d parameters, want %d, and other names or another order: it begins with %v", row.Model, len(names), row.Parameters, names[:8])
		}
	}
}
