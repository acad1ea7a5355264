package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"vramcalc/calc/workload"
)

// Note is a value that a config.json did not give and that was taken from the
// library's default, or that follows from other fields.
type Note struct {
	Field string // as the config names it: text_config.head_dim
	Value string
	Why   string
	Guess bool // the kind of model follows from the fields, not from model_type
}

// Problem is one reason why a config.json cannot be used.
type Problem struct {
	Field   string
	Message string
	Fix     string
}

// FromConfig reads the text of a Hugging Face config.json into a model, as
// transformers would build it: by model_type, with the library's defaults for
// what is absent. All problems are reported at once; with any of them the model
// is not to be used.
func FromConfig(raw []byte) (Model, []Note, []Problem) {
	root, err := decodeObject(raw)
	if err != nil {
		return Model{}, nil, []Problem{{
			Message: "modelConfig is not a JSON object: " + err.Error(),
			Fix:     "send the content of the model's config.json",
		}}
	}
	log := &readerLog{}
	m := readRoot(root, log)
	return m, once(log.notes), once(log.problems)
}

// once leaves out what was said before: some fields are read for two purposes.
func once[T comparable](all []T) []T {
	var out []T
	for _, x := range all {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// readRoot chooses the reader by model_type.
func readRoot(root map[string]any, log *readerLog) Model {
	modelType, isText := root["model_type"].(string)
	r := &reader{log: log, given: root, known: libraryOf(modelType)}
	if v, given := root["model_type"]; given && v != nil && !isText {
		r.problem("model_type", "send a string", "is %s", compact(v))
	}
	m := Model{Name: modelType, Disclosed: true}
	if r.has("quantization_config") {
		r.note("quantization_config", "ignored", "precision and quantization are arguments of their own")
	}
	d, known := dialectOf(modelType)
	if !known {
		d = unknownDialect(r, modelType)
	}
	d.read(r, d, &m)
	if m.Architecture == 0 {
		m.Architecture = d.architecture
	}
	m.Kind = m.Architecture.Kind()
	m.DefaultSequence = defaultSequence(m)
	return m
}

// unknownDialect reads a model_type that is not in the table: a decoder of
// LLaMA's pattern where the fields say so, never a dense one if there are
// experts, never a multimodal one.
func unknownDialect(r *reader, modelType string) dialect {
	if modelType == "" {
		modelType = "absent"
	}
	for _, nested := range []string{"vision_config", "text_config", "audio_config"} {
		if r.has(nested) {
			r.problem("model_type", "send one of the known multimodal model types, or modelSize with an architecture",
				"%q is not known and has a %s: its towers cannot be guessed", clip(modelType), nested)
			return dialect{architecture: workload.ArchLLaMA, read: func(*reader, dialect, *Model) {}}
		}
	}
	if field := expertField(r); field != "" {
		r.guess(modelType, "not known: read as a mixture-of-experts decoder because of "+field)
		return dialect{family: workload.Qwen3MoE, architecture: workload.ArchQwenMoE, read: readUnknownMoE}
	}
	r.guess(modelType, "not known: read as a decoder of LLaMA's pattern (RMS norms, rotary positions, gated MLP)")
	return dialect{family: workload.Llama, architecture: workload.ArchLLaMA, read: readUnknown}
}

// The text lengths that stand in where the caller gives none.
const (
	defaultTextSequence       = 2048
	defaultMultimodalSequence = 1024
)

// defaultSequence is the text length of a run where the caller gives none:
// what the positions allow, at most a usual length.
func defaultSequence(m Model) int64 {
	usual := int64(defaultTextSequence)
	switch m.Kind {
	case workload.CNN:
		return 0
	case workload.Multimodal:
		usual = defaultMultimodalSequence
	}
	if m.Text.Context > 0 {
		return min(usual, m.Text.Context)
	}
	return usual
}

// decodeObject parses one JSON object and nothing after it.
func decodeObject(raw []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more text after the object")
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("it is %s", compact(v))
	}
	return object, nil
}
