// Package catalog knows models and GPUs: two embedded tables, strict and
// sourced, the look-up of a name in any spelling, and the reading of a Hugging
// Face config.json into a complete shape.
//
// The tables are JSON, one row a line, so that a new row is one line of a
// difference and nothing else.
package catalog

import (
	"bytes"
	_ "embed" // the tables
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"vramcalc/calc/workload"
)

//go:embed models.json
var modelsJSON []byte

//go:embed gpus.json
var gpusJSON []byte

// Catalog holds both tables and their indexes. It is immutable and safe for
// concurrent use.
type Catalog struct {
	models     []Model
	gpus       []GPU
	modelNames map[string]int // key of a name → position
	gluedNames map[string]int
	gpuNames   map[string]int
}

// Load decodes the embedded tables once. It panics only where an embedded file
// is broken, which the tests of this package rule out.
var Load = sync.OnceValue(func() *Catalog {
	c, err := Parse(modelsJSON, gpusJSON)
	if err != nil {
		panic("catalog: " + err.Error())
	}
	return c
})

// Parse makes a catalogue of the text of both tables. Keys that are not known
// are an error.
func Parse(models, gpus []byte) (*Catalog, error) {
	c := &Catalog{}
	if err := decodeStrictly("models.json", models, &c.models); err != nil {
		return nil, err
	}
	if err := decodeStrictly("gpus.json", gpus, &c.gpus); err != nil {
		return nil, err
	}
	c.modelNames = modelIndex(c.models)
	c.gluedNames = gluedIndex(c.models)
	c.gpuNames = gpuIndex(c.gpus)
	return c, nil
}

func decodeStrictly(name string, raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// mustDecode decodes an embedded table, which the tests of this package keep
// whole.
func mustDecode(name string, raw []byte, into any) {
	if err := decodeStrictly(name, raw, into); err != nil {
		panic("catalog: " + err.Error())
	}
}

// Models lists the models by id.
func (c *Catalog) Models() []Model { return slices.Clone(c.models) }

// GPUs lists the cards by id.
func (c *Catalog) GPUs() []GPU { return slices.Clone(c.gpus) }

// References lists the models from which modelSize derives a shape of the
// architecture, smallest first.
func (c *Catalog) References(a workload.Architecture) []Model {
	var out []Model
	for _, m := range c.models {
		if m.Reference && m.Architecture == a {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, bySize)
	return out
}
