package catalog

import (
	_ "embed" // the table
	"encoding/json"
	"sync"

	"vramcalc/calc/workload"
)

//go:embed stacks.json
var stacksJSON []byte

// Stack is a training stack: what it sets where the caller says nothing, and
// the switches that layers and steps ask for.
type Stack struct {
	Name     workload.StackName         `json:"name"`
	Title    string                     `json:"title"`
	Versions map[string]string          `json:"versions"`           // of its libraries, by name
	Measured bool                       `json:"measured"`           // runs of it were traced; else it is from its source alone
	Modelled bool                       `json:"modelled"`           // false: named, and refused
	Defaults map[string]json.RawMessage `json:"defaults,omitempty"` // arguments, in their own names
	Switches workload.Stack             `json:"switches,omitzero"`
	Note     string                     `json:"note,omitempty"`
	Sources  []string                   `json:"sources"`
}

// Stacks lists the training stacks in the order of their names' enumeration.
var Stacks = sync.OnceValue(func() []Stack {
	var out []Stack
	mustDecode("stacks.json", stacksJSON, &out)
	for i := range out {
		out[i].Switches.Name = out[i].Name
	}
	return out
})

// StackOf is the row of a training stack. There is one for every valid name.
func StackOf(name workload.StackName) Stack { return Stacks()[name-1] }
