package schemas

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/invopop/jsonschema"
)

// InputSchema is the published schema of an argument struct: one flat closed
// object, without references and combinators, every property described. The
// struct may list names in a method Required() []string. One that publishes
// only a part of what it takes has an open schema that says so.
func InputSchema[A any]() json.RawMessage {
	t := reflect.TypeFor[A]()
	s := reflector().ReflectFromType(t)
	s.Required = nil
	if r, ok := any(new(A)).(interface{ Required() []string }); ok {
		s.Required = r.Required()
	}
	for _, a := range tableOf(t).list {
		if p, ok := s.Properties.Get(a.Name); ok {
			p.Description = a.text()
		}
	}
	if names, all := publishedOf(any(new(A))); !all {
		s.Description, s.AdditionalProperties = openSchemaNote, nil
		keep(s, names)
	}
	return compact(s)
}

// keep leaves the named properties of a schema, in the order of the names.
func keep(s *jsonschema.Schema, names []string) {
	kept := jsonschema.NewProperties()
	for _, name := range names {
		if p, ok := s.Properties.Get(name); ok {
			kept.Set(name, p)
		}
	}
	s.Properties = kept
}

// OutputSchema is the published schema of an answer. It is open, and only
// summary is required, so that a refusal validates too.
func OutputSchema[T any]() json.RawMessage {
	r := reflector()
	r.AllowAdditionalProperties = true
	s := r.ReflectFromType(reflect.TypeFor[T]())
	relax(s)
	if _, ok := s.Properties.Get("summary"); ok {
		s.Required = []string{"summary"}
	}
	return compact(s)
}

func reflector() *jsonschema.Reflector {
	return &jsonschema.Reflector{
		Anonymous:      true,
		ExpandedStruct: true,
		DoNotReference: true,
		Mapper:         named,
	}
}

// named writes closed sets as string enums wherever they stand, and prose as a
// string.
func named(t reflect.Type) *jsonschema.Schema {
	if t == textType {
		return &jsonschema.Schema{Type: "string"}
	}
	if t.Implements(enumType) {
		return schemaOf(t)
	}
	return nil
}

// schemaOf is the schema of the types that arguments have.
func schemaOf(t reflect.Type) *jsonschema.Schema {
	switch {
	case t == objectType:
		return &jsonschema.Schema{Type: "object"}
	case t.Implements(enumType):
		s := &jsonschema.Schema{Type: "string"}
		for _, name := range reflect.Zero(t).Interface().(enum).Values() {
			s.Enum = append(s.Enum, name)
		}
		return s
	}
	switch t.Kind() {
	case reflect.Int64:
		return &jsonschema.Schema{Type: "integer"}
	case reflect.Float64:
		return &jsonschema.Schema{Type: "number"}
	case reflect.Bool:
		return &jsonschema.Schema{Type: "boolean"}
	case reflect.Slice:
		return &jsonschema.Schema{Type: "array", Items: schemaOf(t.Elem())}
	}
	return &jsonschema.Schema{Type: "string"}
}

// relax makes every object of an answer open and leaves no schema empty: a
// bare true makes some clients drop the whole list of tools.
func relax(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	s.Required = nil
	if s.Type == "" && s.Description == "" {
		s.Description = "Any JSON value."
	}
	relax(s.Items)
	if s.Properties == nil {
		return
	}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		relax(p.Value)
	}
}

func compact(s *jsonschema.Schema) json.RawMessage {
	s.Version = ""
	raw, err := json.Marshal(s)
	if err != nil {
		panic("schemas: a schema that cannot be written: " + err.Error())
	}
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		panic("schemas: " + err.Error())
	}
	return out.Bytes()
}

// MetaKey is the name under which MetaArguments travels in a tool's _meta.
const MetaKey = "vramcalc/arguments"

// MetaArguments is what the page needs of an argument struct's published
// arguments and a model does not: panels, units, usual ranges and scales.
func MetaArguments[A any]() []Argument {
	names, all := publishedOf(any(new(A)))
	if all {
		return ArgumentsOf[A]()
	}
	var out []Argument
	known := tableOf(reflect.TypeFor[A]()).byName
	for _, name := range names {
		if a := known[name]; a != nil {
			out = append(out, *a)
		}
	}
	return out
}
