package catalog

import (
	"fmt"
	"strings"

	"vramcalc/calc/workload"
)

// Vendor makes the card.
type Vendor uint8

// The values of Vendor; zero is invalid.
const (
	NVIDIA Vendor = iota + 1
	AMD
	Intel
	Apple
	Google
)

var vendorNames = []string{"NVIDIA", "AMD", "Intel", "Apple", "Google"}

// String is the name on the wire.
func (v Vendor) String() string { return nameOf(vendorNames, uint8(v)) }

// Values lists the names in order.
func (Vendor) Values() []string { return vendorNames[:len(vendorNames):len(vendorNames)] }

// MarshalText gives the name on the wire.
func (v Vendor) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText takes any case; the error lists the names.
func (v *Vendor) UnmarshalText(text []byte) error {
	value, err := parse(vendorNames, string(text))
	*v = Vendor(value)
	return err
}

// Segment is whom the card is sold to.
type Segment uint8

// The values of Segment; zero is invalid.
const (
	Consumer Segment = iota + 1
	Workstation
	Datacenter
	Edge
)

var segmentNames = []string{"consumer", "workstation", "datacenter", "edge"}

// String is the name on the wire.
func (s Segment) String() string { return nameOf(segmentNames, uint8(s)) }

// Values lists the names in order.
func (Segment) Values() []string { return segmentNames[:len(segmentNames):len(segmentNames)] }

// MarshalText gives the name on the wire.
func (s Segment) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes any case; the error lists the names.
func (s *Segment) UnmarshalText(text []byte) error {
	value, err := parse(segmentNames, string(text))
	*s = Segment(value)
	return err
}

// Availability says whether the card can still be bought new. Zero means that
// it is not known.
type Availability uint8

// The values of Availability.
const (
	InProduction Availability = iota + 1
	Discontinued
	Announced
)

var availabilityNames = []string{"in-production", "discontinued", "announced"}

// String is the name on the wire, "unknown" for zero.
func (a Availability) String() string {
	if a == 0 {
		return "unknown"
	}
	return nameOf(availabilityNames, uint8(a))
}

// MarshalText gives the name on the wire.
func (a Availability) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText takes any case; the error lists the names.
func (a *Availability) UnmarshalText(text []byte) error {
	if workload.Fold(string(text)) == "unknown" {
		*a = 0
		return nil
	}
	value, err := parse(availabilityNames, string(text))
	*a = Availability(value)
	return err
}

func nameOf(names []string, v uint8) string {
	if v == 0 || int(v) > len(names) {
		return "invalid"
	}
	return names[v-1]
}

func parse(names []string, text string) (uint8, error) {
	for i, name := range names {
		if workload.Fold(name) == workload.Fold(text) {
			return uint8(i + 1), nil
		}
	}
	return 0, fmt.Errorf("%q is none of %s", text, strings.Join(names, ", "))
}
