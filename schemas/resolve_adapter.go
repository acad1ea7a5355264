package schemas

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"vramcalc/calc"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// defaultRank is the documented rank of LoRA.
const defaultRank = 16

// allLinear is PEFT's name for every linear layer but the head.
const allLinear = "all-linear"

func (r *resolver) adapter() workload.Adapter {
	a := r.args
	whole := r.model.Vision.Family == workload.WhisperEncoder // its encoder sees nothing: names reach all of the model
	d := workload.Adapter{
		Precision:    r.adapterPrecision(),
		Quantization: r.quantization(),
		KBit:         byStack(r, "kbitPreparation", a.KBitPreparation, true) && r.method == workload.QLoRA,
		Vision:       byDefault(r, "loraVisionEncoder", a.LoRAVisionEncoder, whole),
		Text:         byDefault(r, "loraTextEncoder", a.LoRATextEncoder, true),
		FusionLayer:  byDefault(r, "loraFusionLayer", a.LoRAFusionLayer, whole),
		Experts:      workload.AttentionOnly,
	}
	if r.method != workload.LoRA && r.method != workload.QLoRA {
		return d
	}
	d.Rank = byDefault(r, "loraRank", a.LoRARank, defaultRank)
	d.Alpha = take(r, "loraAlpha", a.LoRAAlpha, float64(2*d.Rank), report.Default, "twice loraRank")
	d.Dropout = byDefault(r, "loraDropout", a.LoRADropout, 0)
	d.ModulesToSave = a.LoRAModulesToSave.Or(nil)
	if r.kind == workload.MoE {
		d.Experts = byDefault(r, "loraApplicationStrategy", a.LoRAApplicationStrategy, workload.AttentionOnly)
	}
	d.Targets = r.targets(d.Experts)
	return d
}

// adapterPrecision is the type of LoRA's matrices: over quantized weights TRL
// casts them to 16 bits, whatever is asked.
func (r *resolver) adapterPrecision() workload.AdapterPrecision {
	if r.switches.SFT.SixteenBitLoRA && r.method == workload.QLoRA {
		return take(r, "loraPrecision", r.args.LoRAPrecision, workload.AdapterModel, report.FromStack, r.software.Title+" casts adapters over quantized weights")
	}
	return byStack(r, "loraPrecision", r.args.LoRAPrecision, workload.AdapterFP32)
}

// targets settles where LoRA goes, in the model's own names. It is empty only
// where the strategy of a mixture says it instead.
func (r *resolver) targets(strategy workload.ExpertLoRA) []string {
	given, isGiven := r.args.LoRATargetModules.Get()
	if !isGiven {
		if r.kind == workload.MoE && strategy != workload.AttentionOnly {
			return nil
		}
		out := r.usualTargets()
		r.assume("loraTargetModules", out, report.Default, "the architecture's query and value")
		return out
	}
	if r.args.LoRAApplicationStrategy.IsSet() {
		r.report(check.StrategyAndTargets, []string{"loraApplicationStrategy"}, check.Told{
			Message: "loraApplicationStrategy is overruled by loraTargetModules",
			Fix:     "Leave one of them out.",
			Change:  map[string]any{"loraApplicationStrategy": nil},
		})
	}
	modules, err := r.linearModules()
	if err != nil {
		return given // the engine refuses the model, which is told elsewhere
	}
	var out, unknown []string
	for _, target := range given {
		found, ok := r.target1(target, modules)
		if !ok {
			unknown = append(unknown, target)
		}
		for _, f := range found {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	r.unknownTargets(unknown, modules)
	if !slices.Equal(out, given) && len(unknown) == 0 {
		r.assume("loraTargetModules", out, report.Derived, "generic names in the model's own")
	}
	return out
}

// linearModules names the linear layers of the model as it is.
func (r *resolver) linearModules() ([]string, error) {
	w, err := bare(r.model)
	if err != nil {
		return nil, err
	}
	return calc.LinearModules(w)
}

// target1 is one element of loraTargetModules in the model's own names.
func (r *resolver) target1(target string, modules []string) ([]string, bool) {
	if target == allLinear {
		return []string{target}, true
	}
	if isPattern(target) {
		return r.pattern(target, modules)
	}
	if matchesEnd(target, modules) {
		return []string{target}, true
	}
	var out []string
	for _, own := range genericTargets(r.model.Text.Family, target) {
		if isPattern(own) || matchesEnd(own, modules) {
			out = append(out, own)
		}
	}
	return out, len(out) > 0
}

// pattern checks a regular expression over full module names.
func (r *resolver) pattern(target string, modules []string) ([]string, bool) {
	re, err := regexp.Compile("^(?:" + target + ")$")
	if err != nil {
		r.report(check.TargetPattern, []string{"loraTargetModules"}, check.Told{
			Message: fmt.Sprintf("loraTargetModules: %s is no regular expression: %v", shown([]byte(target)), err),
			Fix:     "Send names of linear layers, or an expression without look-around.",
		})
		return nil, true
	}
	for _, m := range modules {
		if re.MatchString(strings.ReplaceAll(m, ".*.", ".0.")) {
			return []string{target}, true
		}
	}
	return nil, false
}

// isPattern says whether an element is a regular expression: a module's name
// has no such signs.
func isPattern(target string) bool { return strings.ContainsAny(target, `*\[(|+?^$`) }

// matchesEnd says whether a name is the end of some module's full name, as PEFT
// compares them.
func matchesEnd(target string, modules []string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return m == target || strings.HasSuffix(m, "."+target) })
}

func (r *resolver) unknownTargets(unknown, modules []string) {
	if len(unknown) == 0 {
		return
	}
	for i, u := range unknown {
		unknown[i] = shown([]byte(u))
	}
	r.report(check.TargetUnknown, []string{"loraTargetModules"}, check.Told{
		Message: fmt.Sprintf("loraTargetModules: %s %s no linear layer of the model", list(unknown), verb(len(unknown), "matches", "match")),
		Fix:     "The model's linear layers are " + list(leaves(modules)) + "; all-linear takes all but the head.",
		Change:  map[string]any{"loraTargetModules": []string{allLinear}},
	})
}

// leaves are the last parts of module names, once each.
func leaves(modules []string) []string {
	var out []string
	for _, m := range modules {
		leaf := m[strings.LastIndex(m, ".")+1:]
		if !slices.Contains(out, leaf) {
			out = append(out, leaf)
		}
	}
	return out
}
