// Package advise holds the moves: changes of a request that make its run fit,
// faster, cheaper or steadier. A move proposes a patch of arguments; what the
// patch does to memory is never typed in, it is what the engine gives for the
// same call with the patch applied.
//
// A move is offered only where its patched call is accepted. One that is about
// memory must lower the tensors alive at the peak and the total. Another must
// not turn a run that fits into one that does not.
package advise

import (
	"slices"

	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Move is one thing that can be done. Ids are permanent and read category/what.
type Move struct {
	ID       string
	Title    say.Text
	Reason   say.Text // why, in one sentence of an answer
	Tradeoff say.Text // what it costs beside money
	Doc      string   // what it does and when it is right, for explain
	Source   string
	Category Category
	Price    Price
	Group    string          // alternatives to each other share one; "" = none
	Applies  []workload.Kind // nil = every kind
	For      string          // arguments, as a caller would send them, for which it is offered
	NotFor   string          // arguments for which it is not

	// Propose gives patches in the order of preference, none where the move is
	// not for this run. The first that does its work is offered.
	Propose func(*Run) []Proposal
}

// Proposal is a patch of arguments and what is known about it beside memory.
type Proposal struct {
	Change  map[string]any // argument → value; nil removes it
	Urgent  bool           // without it the run does not fit or cannot converge
	Share   float64        // part of time or money saved, 0–1; 0 = none or not known
	Rougher bool           // may need more memory, as far as the target has it
}

// Find is the move of an id.
func Find(id string) (*Move, bool) {
	for _, m := range all {
		if m.ID == id {
			return m, true
		}
	}
	return nil, false
}

// All lists the moves by id.
func All() []*Move { return slices.Clone(all) }

func (m *Move) appliesTo(k workload.Kind) bool {
	return m.Applies == nil || slices.Contains(m.Applies, k)
}

// patch is a proposal of one change.
func patch(change map[string]any) []Proposal { return []Proposal{{Change: change}} }

// set is a proposal that sets one argument.
func set(argument string, value any) []Proposal { return patch(map[string]any{argument: value}) }

var (
	languages = []workload.Kind{workload.NLP, workload.MoE, workload.Multimodal}
	decoders  = []workload.Kind{workload.NLP, workload.MoE}
	visions   = []workload.Kind{workload.Multimodal}
	mixtures  = []workload.Kind{workload.MoE}
	images    = []workload.Kind{workload.CNN}
)
