package schemas

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// A stackOption is a setting of a training stack by the stack's own name.
type stackOption struct {
	name   string
	stacks []workload.StackName // that have it
	want   say.Text             // what to send, for a message
	doc    string               // what it does to memory
	set    func(r *resolver, s *workload.Stack, raw json.RawMessage) bool
}

// stackOptions are all settings that are known, by stack.
var stackOptions = slices.Concat(
	[]stackOption{switchOption("compile", func(s *workload.Stack) *bool { return &s.Compile }, everyStack()...).says("torch.compile with inductor: chains of element-wise operators keep nothing for backward, logits stay in 16 bits")},
	[]stackOption{versionOption()},
	ligerOptions(),
	trainerOptions(),
	sftOptions(),
	fsdpOptions,
	deepspeedOptions,
	tensorOptions,
	alignmentOptions(),
)

// trainerStacks are those that run transformers' Trainer, or one built on it.
var trainerStacks = []workload.StackName{workload.Transformers, workload.TRLSFT, workload.TRLDPO, workload.TRLGRPO, workload.TRLReward}

// says gives the option a description.
func (o stackOption) says(doc string) stackOption {
	o.doc = doc
	return o
}

// StackOption is a setting of a training stack as it is published.
type StackOption struct {
	Name  string   `json:"name"`
	Takes say.Text `json:"takes"`
	Doc   string   `json:"doc,omitempty"`
}

// StackOptions are the settings of a training stack, in their own names.
func StackOptions(stack workload.StackName) []StackOption {
	var out []StackOption
	for _, o := range stackOptions {
		if slices.Contains(o.stacks, stack) {
			out = append(out, StackOption{o.name, o.want, o.doc})
		}
	}
	return out
}

// everyStack are all training stacks.
func everyStack() []workload.StackName {
	var out []workload.StackName
	for _, s := range catalog.Stacks() {
		out = append(out, s.Name)
	}
	return out
}

// switchOption is a setting that is on or off.
func switchOption(name string, field func(*workload.Stack) *bool, stacks ...workload.StackName) stackOption {
	return stackOption{name: name, stacks: stacks, want: say.F("true or false"), set: func(_ *resolver, s *workload.Stack, raw json.RawMessage) bool {
		switch string(raw) {
		case "true":
			*field(s) = true
		case "false":
			*field(s) = false
		default:
			return false
		}
		return true
	}}
}

// countOption is a setting that is a whole number within bounds.
func countOption(name string, low, high int64, field func(*workload.Stack) *int64, stacks ...workload.StackName) stackOption {
	return stackOption{name: name, stacks: stacks, want: say.F("a whole number from %d to %d", low, high), set: func(_ *resolver, s *workload.Stack, raw json.RawMessage) bool {
		x, err := strconv.ParseFloat(string(raw), 64) // DeepSpeed's own files write 5e8
		if err != nil || x != float64(int64(x)) || int64(x) < low || int64(x) > high {
			return false
		}
		*field(s) = int64(x)
		return true
	}}
}

// choiceOption is a setting with a closed set of values.
func choiceOption(name string, values []string, set func(*workload.Stack, string), stacks ...workload.StackName) stackOption {
	return stackOption{name: name, stacks: stacks, want: say.F("one of %s", strings.Join(values, ", ")), set: func(_ *resolver, s *workload.Stack, raw json.RawMessage) bool {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return false
		}
		i := slices.IndexFunc(values, func(v string) bool { return workload.Fold(v) == workload.Fold(text) })
		if i < 0 {
			return false
		}
		set(s, values[i])
		return true
	}}
}

// options lays stackOptions over the switches of a stack and reports every one
// that the stack does not have or that cannot be read.
func (r *resolver) options(s *workload.Stack) {
	var given map[string]json.RawMessage
	if json.Unmarshal(r.args.StackOptions.Or(nil), &given) != nil {
		return
	}
	for _, name := range sortedKeys(given) {
		raw := bytes.TrimSpace(given[name])
		if isNull(raw) {
			continue
		}
		option, known := optionOf(name, s.Name)
		switch {
		case !known:
			r.unknownOption(name, s.Name)
		case !option.set(r, s, raw):
			r.report(check.StackOptionValue, []string{"stackOptions"}, check.Told{
				Message: say.F("stackOptions.%s is %s", name, shown(raw)),
				Fix:     say.F("Send %s.", option.want),
				Change:  map[string]any{"stackOptions": r.optionsWithout(name)},
			})
		}
	}
}

func optionOf(name string, stack workload.StackName) (stackOption, bool) {
	for _, o := range stackOptions {
		if o.name == name && slices.Contains(o.stacks, stack) {
			return o, true
		}
	}
	return stackOption{}, false
}

func (r *resolver) unknownOption(name string, stack workload.StackName) {
	var names []string
	for _, o := range stackOptions {
		if slices.Contains(o.stacks, stack) {
			names = append(names, o.name)
		}
	}
	told := check.Told{
		Message: say.F("%v has no option %s that bears on memory", stack, shown([]byte(name))),
		Fix:     say.F("%v has no options here; leave it out.", stack),
		Change:  map[string]any{"stackOptions": r.optionsWithout(name)},
	}
	if len(names) > 0 {
		told.Fix = say.F("Its options are %s.", say.List(names))
	}
	if near := nearest(name, names, 1); len(near) > 0 {
		told.Fix = say.F("Send %s.", near[0])
	}
	r.report(check.StackOptionUnknown, []string{"stackOptions"}, told)
}

// optionsWithout is stackOptions less one, nil where none is left.
func (r *resolver) optionsWithout(name string) any {
	var rest map[string]any
	if json.Unmarshal(r.args.StackOptions.Or(nil), &rest) != nil {
		return nil
	}
	delete(rest, name)
	if len(rest) == 0 {
		return nil
	}
	return rest
}
