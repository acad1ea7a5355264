package check

import (
	"fmt"
	"strings"
)

// Severity is what a finding means for the caller.
type Severity uint8

// The severities; zero is invalid.
const (
	Error      Severity = iota + 1 // cannot run or cannot be computed: there is no estimate
	Warning                        // will run, likely not as meant
	Suggestion                     // something better exists
)

var severityNames = []string{"error", "warning", "suggestion"}

// String is the name on the wire.
func (s Severity) String() string {
	if s == 0 || int(s) > len(severityNames) {
		return "invalid"
	}
	return severityNames[s-1]
}

// Values lists the names in order.
func (Severity) Values() []string { return severityNames }

// MarshalText gives the name on the wire.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes any case; the error lists the names.
func (s *Severity) UnmarshalText(text []byte) error {
	for i, n := range severityNames {
		if strings.EqualFold(n, string(text)) {
			*s = Severity(i + 1)
			return nil
		}
	}
	return fmt.Errorf("%q is none of %s", text, strings.Join(severityNames, ", "))
}
