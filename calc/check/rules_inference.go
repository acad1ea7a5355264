package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about inference: lengths, and what a cache can hold.

// inferenceTool is the tool whose arguments the examples here are.
const inferenceTool = "calculate_inference_vram"

var (
	// LengthsDisagree fires where prompt, new tokens and their sum do not add up.
	LengthsDisagree = &Rule{
		ID:       "inference/lengths-disagree",
		Title:    "Prompt and new tokens are not the whole sequence",
		Doc:      "In inference sequenceLength is promptLength plus newTokens. Any two suffice; three that do not add up, or a part as long as the whole, leave the run undefined.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"promptLength", "newTokens", "sequenceLength"},
		Tool:     inferenceTool,
		Bad:      `{"modelId":"llama-7b","promptLength":1000,"newTokens":100,"sequenceLength":2000}`,
		Good:     `{"modelId":"llama-7b","promptLength":1000,"newTokens":100,"sequenceLength":1100}`,
	}
	generatesBeyondTable = &Rule{
		ID:       "inference/beyond-positions",
		Title:    "The generation runs past the position table",
		Doc:      "Learned positions are rows of a table: the first token beyond the last row has none and generation fails there. Shorten the prompt or generate fewer tokens.",
		Source:   "transformers: GPT-2, OPT",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"promptLength", "newTokens", "sequenceLength"},
		Tool:     inferenceTool,
		Bad:      `{"modelId":"gpt2","promptLength":1000,"newTokens":100}`,
		Good:     `{"modelId":"gpt2","promptLength":900,"newTokens":100}`,
		Run:      func(p *Pass) *Told { return generatesBeyond(p, p.Text.Position == workload.Absolute) },
	}
	generatesBeyondContext = &Rule{
		ID:       "inference/beyond-context",
		Title:    "Prompt and new tokens exceed the model's context",
		Doc:      "Rotary and linear-bias positions go on beyond the length that the model was trained for and it runs, but what it writes degrades there unless positions are rescaled.",
		Source:   "Chen et al. 2023, section 1",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"promptLength", "newTokens", "sequenceLength"},
		Tool:     inferenceTool,
		Bad:      `{"modelId":"llama-7b","promptLength":2048,"newTokens":256}`,
		Good:     `{"modelId":"llama-7b","promptLength":1024,"newTokens":256}`,
		Run: func(p *Pass) *Told {
			return generatesBeyond(p, p.Text.Position == workload.RoPE || p.Text.Position == workload.ALiBi)
		},
	}
)

// generatesBeyond compares prompt and new tokens with the context where the
// kind of positions is the rule's.
func generatesBeyond(p *Pass, concerns bool) *Told {
	limit := p.Text.Context
	if !p.serves() || !concerns || limit <= 0 {
		return nil
	}
	sum := p.Train.Sequence + p.Inference.NewTokens
	if sum <= limit {
		return nil
	}
	told := &Told{
		Message: say.F("promptLength %d and newTokens %d are %d tokens, and the model's context is %d", p.Train.Sequence, p.Inference.NewTokens, sum, limit),
		Fix:     say.F("Send promptLength and newTokens that add up to %d at most.", limit),
	}
	if rest := limit - p.Inference.NewTokens; rest > 0 {
		told.Change = map[string]any{"promptLength": rest, "sequenceLength": nil}
	}
	return told
}
