package schemas

import (
	"encoding/json"
	"fmt"
	"maps"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// versioned are the stacks whose older releases of transformers are modelled.
var versioned = []workload.StackName{workload.PyTorch, workload.Transformers, workload.TRLSFT}

// versionOption is the release of transformers that runs the model.
func versionOption() stackOption {
	return stackOption{
		name: "version", stacks: versioned,
		want: fmt.Sprintf("a release of transformers up to %s, such as \"4.45\"", catalog.StackOf(workload.PyTorch).Versions["transformers"]),
		doc:  "transformers' release: before 5 sdpa repeats or copies heads, before 4.50 the loss copies its logits, checkpointing is reentrant; LLaMA, Mistral, Qwen2, Granite and Mixtral",
		set: func(r *resolver, s *workload.Stack, raw json.RawMessage) bool {
			release, ok := releaseOf(raw)
			if ok && release != nil {
				s.Library = release.Switches
				s.SFT = workload.SFT{} // TRL of that time ran Trainer's own loss on rows with a mask
				r.assume("stackOptions", "transformers up to "+release.UpTo, report.Derived, "written from the source of "+release.Read+"; small runs of 4.45 and 4.52 were measured, on a plain loop")
			}
			return ok
		},
	}
}

func releaseOf(raw json.RawMessage) (*catalog.Release, bool) {
	var version string
	if json.Unmarshal(raw, &version) != nil {
		return nil, false
	}
	return catalog.ReleaseOf(version)
}

// agedSoftware is the stack with the defaults of the release that stackOptions
// names.
func (r *resolver) agedSoftware(s catalog.Stack) catalog.Stack {
	var given map[string]json.RawMessage
	if json.Unmarshal(r.args.StackOptions.Or(nil), &given) != nil {
		return s
	}
	if _, has := optionOf("version", s.Name); !has {
		return s
	}
	release, ok := releaseOf(given["version"])
	if !ok || release == nil {
		return s
	}
	defaults := maps.Clone(s.Defaults)
	if defaults == nil {
		defaults = map[string]json.RawMessage{}
	}
	for name, value := range release.Defaults {
		if name != "optimizerImplementation" || defaults[name] != nil { // a plain loop picks its own
			defaults[name] = value
		}
	}
	if s.Name == workload.TRLSFT {
		defaults = agedSFT(defaults)
	}
	s.Defaults = defaults
	return s
}

// agedSFT are the defaults of TRL before 1, beside transformers 4: no gradient
// checkpointing, no autocast and the library's own loss; quantized models were
// prepared.
func agedSFT(defaults map[string]json.RawMessage) map[string]json.RawMessage {
	for _, name := range []string{"precisionMode", "gradientCheckpointing", "lossImplementation", "kbitPreparation"} {
		delete(defaults, name)
	}
	return defaults
}
