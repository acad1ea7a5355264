package report

import (
	"regexp"
	"slices"
	"strings"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Subject is everything that a description is made of.
type Subject struct {
	Model       catalog.Model
	Declared    *calc.Declaration // nil where the architecture is not modelled
	NotModelled say.Text          // why
	Bytes       map[string]unit.Bytes
	Quantized   map[string]unit.Bytes
	Training    []TrainingMethod
	Validation  *Validation
	Assumptions []Assumption
}

// halfWidth is the size in bytes of a key or value in 16 bits.
const halfWidth = 2

// Describe makes the answer about a model that was found.
func Describe(s Subject) Description {
	m := s.Model
	out := &Model{
		ID: m.ID, Name: m.Name, HFID: m.HFID, Type: m.Kind.String(), Architecture: m.Architecture.String(), Disclosed: m.Disclosed,
		BytesByPrecision: s.Bytes, BytesByQuantization: s.Quantized, Training: s.Training,
		Sources: m.Sources, Checked: m.Checked,
	}
	if m.Params > 0 {
		out.PublishedParameters = &m.Params
	}
	if m.Notes != "" {
		out.Notes = append(out.Notes, say.Name(m.Notes))
	}
	if m.Disclosed {
		out.Shape = shapeOf(m)
		out.Context = m.Text.Context
		out.KVBytesPerToken = halfWidth * unit.Bytes(m.Text.CacheElements()-uncached(m))
	}
	if d := s.Declared; d != nil {
		out.Parameters = &ModelParameters{
			Total: d.Counts.Total, ActivePerToken: d.Counts.ActivePerToken,
			Parts: sharesOf(d.Components), Kinds: sharesOf(d.Kinds), Modules: sharesOf(d.Modules),
		}
		if m.Kind != workload.CNN {
			out.LinearModules = alike(d.Linears)
		}
	} else if !s.NotModelled.IsZero() {
		out.Notes = append(out.Notes, say.F("not modelled yet, so nothing is counted: %s", s.NotModelled))
	}
	if s.Declared != nil && holdsExperts(*s.Declared) && len(s.Quantized) > 0 {
		out.Notes = append(out.Notes, say.F("the fused matrices of experts keep their type under quantization: bitsandbytes replaces linear layers only"))
	}
	return Description{Summary: sentence(out), Model: out, Validation: s.Validation, Assumptions: unshaped(s.Assumptions)}
}

// holdsExperts says whether some parameters are matrices over experts.
func holdsExperts(d calc.Declaration) bool {
	return slices.ContainsFunc(d.Kinds, func(s calc.Share) bool { return s.Name == tape.ExpertWeight.String() })
}

// unshaped leaves out what the shape tells.
func unshaped(all []Assumption) []Assumption {
	return slices.DeleteFunc(slices.Clone(all), func(a Assumption) bool {
		return a.Origin == FromModel && !strings.HasPrefix(a.Argument, "modelConfig.")
	})
}

// uncached are keys and values of layers that attend to images only and gain
// nothing with a token of text.
func uncached(m catalog.Model) int64 {
	if m.Text.Family != workload.MllamaText {
		return 0
	}
	return m.Vision.CrossLayers * 2 * m.Text.KVHeads * m.Text.HeadDim
}

// NoneFound makes the answer about a name that no model has.
func NoneFound(name string, near []catalog.Model) Description {
	found := say.F("No catalogue model is called %q.", name)
	if len(near) > 0 {
		found = say.F("No catalogue model is called %q; the nearest is %s.", name, near[0].ID)
	}
	d := Description{Summary: say.Join(" ", found, say.F("Send one of the near names, or paste the model's config.json as modelConfig."))}
	for _, m := range near {
		n := NearModel{ID: m.ID, Name: m.Name, Type: m.Kind.String()}
		if m.Params > 0 {
			n.Parameters = &m.Params
		}
		d.Near = append(d.Near, n)
	}
	return d
}

func sharesOf(list []calc.Share) []Share {
	out := make([]Share, len(list))
	for i, s := range list {
		out[i] = Share{s.Name, s.Params}
	}
	return merged(out)
}

// numbered finds the number of one expert among many modules.
var numbered = regexp.MustCompile(`(expert_|experts\.)\d+`)

// oneName is the name of a module without the number of an expert.
func oneName(name string) string { return numbered.ReplaceAllString(name, "${1}*") }

// alike tells modules that differ by the number of an expert once.
func alike(names []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range names {
		if n = oneName(n); !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

func merged(list []Share) []Share {
	var out []Share
	at := map[string]int{}
	for _, s := range list {
		name := oneName(s.ID)
		if i, known := at[name]; known {
			out[i].Parameters += s.Parameters
			continue
		}
		at[name] = len(out)
		out = append(out, Share{name, s.Parameters})
	}
	return out
}

// sentence says what a model is and what it takes.
func sentence(m *Model) say.Text {
	name := say.Name(m.Name)
	if m.Name == "" {
		name = say.F("The pasted model")
	}
	what := say.F("%s is a %s model of type %s", name, m.Architecture, m.Type)
	switch {
	case !m.Disclosed:
		return say.F("%s; its shape was never published, so there are no figures.", what)
	case m.Parameters == nil && m.PublishedParameters != nil:
		return say.F("%s with %d parameters as published; its architecture is not modelled yet.", what, *m.PublishedParameters)
	case m.Parameters == nil:
		return say.F("%s; its architecture is not modelled yet, so nothing is counted.", what)
	}
	var active, takes say.Text
	if m.Parameters.ActivePerToken < m.Parameters.Total {
		active = say.F(", %d of them active for a token", m.Parameters.ActivePerToken)
	}
	var sizes []say.Text
	for _, p := range []string{"fp32", "bf16", "int4"} {
		if b, known := m.BytesByPrecision[p]; known {
			sizes = append(sizes, say.F("%s in %s", gib(b), p))
		}
	}
	if len(sizes) > 0 {
		takes = say.F("; its weights take %s", say.Join(", ", sizes...))
	}
	return say.F("%s with %d parameters%s%s.", what, m.Parameters.Total, active, takes)
}
