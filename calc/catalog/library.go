package catalog

import (
	_ "embed" // the table of defaults
	"sync"

	"vramcalc/calc/say"
)

//go:embed library.json
var libraryJSON []byte

// libraryType is what a library does with one model_type: its defaults for
// absent fields and its own spelling of the usual names. A null default means
// that the value follows from others.
type libraryType struct {
	Type     string // model_type
	Library  string // transformers 5.24.0, or the repository whose code defines it
	Source   string // file that was read
	Checked  string
	Names    map[string]string // usual name → the type's own
	Defaults map[string]any
}

// libraryTypes is the table by model_type.
var libraryTypes = sync.OnceValue(func() map[string]libraryType {
	var rows []libraryType
	mustDecode("library.json", libraryJSON, &rows)
	byType := make(map[string]libraryType, len(rows))
	for _, row := range rows {
		byType[row.Type] = row
	}
	return byType
})

// libraryOf is the row of a model_type. One that is not known has no defaults.
func libraryOf(modelType string) libraryType {
	if row, ok := libraryTypes()[modelType]; ok {
		return row
	}
	return libraryType{Type: modelType}
}

func (t libraryType) label() say.Text {
	if t.Library == "" {
		return say.F("an unknown model_type")
	}
	return say.F("model_type %s", t.Type)
}

func (t libraryType) why() say.Text { return say.F("default of %s for %s", t.Library, t.Type) }
