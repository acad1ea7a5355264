package schemas

import (
	"encoding/json"
	"fmt"
	"reflect"

	"vramcalc/calc/report"
	"vramcalc/calc/say"
)

// CompareArgs are configurations to set side by side.
type CompareArgs struct {
	Sent `json:"-"`

	Configurations Opt[[]Object]      `json:"configurations,omitzero" jsonschema:"minItems=2,maxItems=8" jsonschema_description:"Configurations, each an object of the arguments of calculate_advanced_finetuning_vram with a name; all but the model has a default." panel:"basic"`
	Detail         Opt[report.Detail] `json:"detail,omitzero" jsonschema_description:"How much the answer tells." default:"standard"`
	Language       Opt[say.Language]  `json:"language,omitzero" jsonschema_description:"Language of the prose." default:"en"`
}

// Required names the configurations.
func (*CompareArgs) Required() []string { return []string{"configurations"} }

// ConfigurationArgs are one of those that are compared: a workload with a name.
type ConfigurationArgs struct {
	WorkloadArgs
	Name Opt[string] `json:"name,omitzero" jsonschema_description:"What to call it." default:"its number"`
}

// At names an argument of a configuration, counted from 0.
func At(i int, argument string) string { return fmt.Sprintf("configurations[%d].%s", i, argument) }

// Given are the arguments that a request gives, read: the same value looks the
// same however it was spelt.
func (a *EstimateArgs) Given() map[string]json.RawMessage {
	given := map[string]json.RawMessage{}
	fields := reflect.ValueOf(a).Elem()
	for _, known := range argumentsOfEstimate().list {
		field, ok := fields.FieldByIndex(known.index).Addr().Interface().(slot)
		if !ok || !field.IsSet() {
			continue
		}
		if raw, err := json.Marshal(field); err == nil {
			given[known.Name] = raw
		}
	}
	return given
}
