package say

import (
	"fmt"
	"strings"
)

// Language is the language of an answer's prose. The zero Language is English.
type Language uint8

// The languages.
const (
	English Language = iota
	Chinese
)

var languageNames = []string{"en", "zh"}

// String is the name on the wire.
func (l Language) String() string {
	if int(l) >= len(languageNames) {
		return "invalid"
	}
	return languageNames[l]
}

// Values lists the names in order.
func (Language) Values() []string { return languageNames }

// MarshalText gives the name on the wire.
func (l Language) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText takes any case; the error lists the names.
func (l *Language) UnmarshalText(text []byte) error {
	for i, n := range languageNames {
		if strings.EqualFold(n, strings.TrimSpace(string(text))) {
			*l = Language(i)
			return nil
		}
	}
	return fmt.Errorf("%q is none of %s", text, strings.Join(languageNames, ", "))
}

// of is a format in the language; one that its table lacks stays English.
func (l Language) of(format string) string {
	if l == Chinese {
		if zh, ok := chinese[format]; ok {
			return zh
		}
	}
	return format
}
