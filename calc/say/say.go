// Package say holds what is told to people: prose that is written in English
// where it is made and can be read in another language.
//
// A Text keeps its format and its arguments, as fmt.Sprintf would take them, so
// that it can be rendered late. The English format is the key of the other
// languages' tables (zh_*.go), which a test holds against every call of F and
// Join in the program. Names of arguments, values, ids and models are arguments
// of a Text and stay what they are.
package say

import (
	"errors"
	"fmt"
	"slices"
)

// Text is a sentence or a part of one. The zero Text says nothing.
type Text struct {
	format   string
	args     []any
	joins    bool // format stands between the args, which are Texts
	name     bool // format is no prose and is never translated
	language Language
	edit     func(string) string // of what is rendered, nil = none
}

// F makes a Text of a format, a literal, and its arguments. Without arguments
// the format is taken as it is. Arguments that are Texts are rendered in the
// language of the whole.
func F(format string, args ...any) Text { return Text{format: format, args: args} }

// Phrase is a Text of a string that stands as a literal elsewhere, in a table
// of names or in a call that the test of the tables knows.
func Phrase(s string) Text { return Text{format: s} }

// Name is a text that is the same in every language: a name, an id, a value, or
// a message of another program.
func Name(s string) Text { return Text{format: s, name: true} }

// Of is what an error says: its own Text where it is one of this package's.
func Of(err error) Text {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Text
	}
	return Name(err.Error())
}

// Join puts texts together with a separator, a literal. Texts that say nothing
// are left out.
func Join(separator string, texts ...Text) Text {
	texts = slices.DeleteFunc(slices.Clone(texts), Text.IsZero)
	switch len(texts) {
	case 0:
		return Text{}
	case 1:
		return texts[0]
	}
	t := Text{format: separator, joins: true}
	for _, part := range texts {
		t.args = append(t.args, part)
	}
	return t
}

// List joins names for a sentence: "a", "a and b", "a, b and c".
func List(names []string) Text {
	if len(names) == 0 {
		return Text{}
	}
	texts := make([]Text, len(names))
	for i, n := range names {
		texts[i] = Name(n)
	}
	last := len(texts) - 1
	return Join(" and ", Join(", ", texts[:last]...), texts[last])
}

// As is the text with its rendering edited: cut, or in small letters.
func (t Text) As(edit func(string) string) Text {
	return Text{format: "%s", args: []any{t}, name: true, edit: edit}
}

// In is the text in a language.
func (t Text) In(l Language) Text {
	t.language = l
	return t
}

// IsZero says whether the text says nothing.
func (t Text) IsZero() bool { return t.format == "" && !t.joins }

// Equal says whether two texts read the same, whatever their language.
func (t Text) Equal(u Text) bool { return t.In(English).String() == u.In(English).String() }

// String is the text in its language.
func (t Text) String() string {
	format := t.format
	if !t.name {
		format = t.language.of(format)
	}
	if len(t.args) == 0 {
		return format
	}
	args := make([]any, len(t.args))
	for i, a := range t.args {
		if part, ok := a.(Text); ok {
			a = part.In(t.language).String()
		}
		args[i] = a
	}
	switch {
	case t.edit != nil:
		return t.edit(fmt.Sprintf(format, args...))
	case !t.joins:
		return fmt.Sprintf(format, args...)
	}
	var out []byte
	for i, a := range args {
		if i > 0 {
			out = append(out, format...)
		}
		out = fmt.Append(out, a)
	}
	return string(out)
}

// MarshalText gives the text in its language.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText takes a text as it was written.
func (t *Text) UnmarshalText(text []byte) error {
	*t = Name(string(text))
	return nil
}
