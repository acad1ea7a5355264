package catalog

import (
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Model is one catalogued model: what it is called and the shape that it has.
// Of the sections only those of its kind are filled: Text for language models,
// Text and Experts for mixtures, Text and Vision for multimodal models (with
// Experts where the language model is a mixture), Conv for classifiers. A model
// whose shape was never published has Disclosed false and empty sections.
type Model struct {
	ID           string
	Name         string
	Aliases      []string // further spellings, unique over the catalogue
	HFID         string   // owner/name on the Hugging Face hub, "" = none
	Kind         workload.Kind
	Architecture workload.Architecture
	Reference    bool // serves modelSize: the shapes that the architecture scales from
	Disclosed    bool

	Text    workload.Text
	Experts workload.Experts
	Vision  workload.Vision
	Conv    workload.Conv

	Params          unit.Params `json:"paramsExact"` // published count of unique parameters, 0 = unknown
	ParamsSource    string
	DefaultSequence int64 // text tokens where the caller gives none
	Sources         []string
	Checked         string // date of the last comparison with the sources
	Notes           string
}
