package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about the shape of a transformer and the length of its input.

var languages = []workload.Kind{workload.NLP, workload.Multimodal, workload.MoE}

var (
	headsDivideHidden = &Rule{
		ID:       "text/heads-divide-hidden",
		Title:    "Heads do not divide the hidden size",
		Doc:      "A head takes an equal slice of the hidden vector, so the number of heads divides hiddenSize, unless headDim gives heads a width of their own.",
		Source:   "Vaswani et al. 2017, section 3.2.2",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"numAttentionHeads", "hiddenSize"},
		Bad:      with(sized, `"hiddenSize":4096,"numAttentionHeads":30`),
		Good:     with(sized, `"hiddenSize":4096,"numAttentionHeads":32`),
		Run: func(p *Pass) *Told {
			if p.Given("headDim") || !p.Given("hiddenSize", "numAttentionHeads") || p.Text.Heads <= 0 || p.Text.Hidden%p.Text.Heads == 0 {
				return nil
			}
			n := nearestDivisor(p.Text.Hidden, p.Text.Heads)
			return &Told{
				Message: say.F("numAttentionHeads %d does not divide hiddenSize %d", p.Text.Heads, p.Text.Hidden),
				Fix:     say.F("Send numAttentionHeads %d, or headDim.", n),
				Change:  map[string]any{"numAttentionHeads": n},
			}
		},
	}
	kvHeadsDivideHeads = &Rule{
		ID:       "text/kv-heads-divide-heads",
		Title:    "Key-value heads do not divide the heads",
		Doc:      "In grouped-query attention each key-value head serves the same number of query heads.",
		Source:   "Ainslie et al. 2023",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"numKeyValueHeads", "numAttentionHeads"},
		Bad:      with(sized, `"numKeyValueHeads":5`),
		Good:     with(sized, `"numKeyValueHeads":8`),
		Run: func(p *Pass) *Told {
			if !p.Given("numKeyValueHeads", "numAttentionHeads") || p.Text.KVHeads <= 0 || p.Text.Heads%p.Text.KVHeads == 0 {
				return nil
			}
			n := nearestDivisor(p.Text.Heads, p.Text.KVHeads)
			return &Told{
				Message: say.F("numKeyValueHeads %d does not divide numAttentionHeads %d", p.Text.KVHeads, p.Text.Heads),
				Fix:     say.F("Send numKeyValueHeads %d.", n),
				Change:  map[string]any{"numKeyValueHeads": n},
			}
		},
	}
	sequenceAboveTable = &Rule{
		ID:       "text/sequence-above-positions",
		Title:    "The sequence is longer than the position table",
		Doc:      "Learned positions are rows of a table: a token beyond the last row has none, and the model fails. Shorten the sequence, or take a model with rotary positions.",
		Source:   "transformers: GPT-2, BERT, OPT",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"sequenceLength", "decoderSequenceLength"},
		Bad:      with(gpt2, `"sequenceLength":2048`),
		Good:     with(gpt2, `"sequenceLength":1024`),
		Run:      func(p *Pass) *Told { return aboveContext(p, p.Text.Position == workload.Absolute) },
	}
	sequenceAboveContext = &Rule{
		ID:       "text/sequence-above-context",
		Title:    "The sequence is longer than the model's context",
		Doc:      "Rotary and linear-bias positions go on beyond the length that the model was trained for and it runs, but attention degrades there unless positions are rescaled.",
		Source:   "Chen et al. 2023, section 1",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"sequenceLength", "decoderSequenceLength"},
		Bad:      with(llama7B, `"sequenceLength":8192`),
		Good:     with(llama7B, `"sequenceLength":2048`),
		Run: func(p *Pass) *Told {
			return aboveContext(p, p.Text.Position == workload.RoPE || p.Text.Position == workload.ALiBi)
		},
	}
	// DropoutAbsent fires where dropoutRate is given and the model has no dropout.
	DropoutAbsent = &Rule{
		ID:       "text/no-dropout",
		Title:    "The model has no dropout",
		Doc:      "The library's model has no dropout layer whose rate could be set, so dropoutRate changed nothing.",
		Source:   "transformers and torchvision",
		Severity: Warning,
		Params:   []string{"dropoutRate"},
		Bad:      with(resnet, `"dropoutRate":0.1`),
		Good:     with(gpt2, `"dropoutRate":0.1`),
	}
	// PositionsFixed fires where the architecture has other positions.
	PositionsFixed = &Rule{
		ID:       "text/positions-fixed",
		Title:    "The architecture has other positions",
		Doc:      "How positions are encoded is part of an architecture; the library has no such variant, and the estimate keeps the architecture's own.",
		Source:   "transformers",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"positionEncodingType"},
		Bad:      with(llama7B, `"positionEncodingType":"alibi"`),
		Good:     with(llama7B, `"positionEncodingType":"rope"`),
	}
)

// aboveContext compares the lengths with the context where the kind of
// positions is the rule's.
func aboveContext(p *Pass, concerns bool) *Told {
	limit := p.Text.Context
	if !concerns || limit <= 0 {
		return nil
	}
	for _, s := range []struct {
		argument string
		length   int64
	}{{"sequenceLength", p.Train.Sequence}, {"decoderSequenceLength", p.Train.DecoderSequence}} {
		if s.length > limit && p.Given(s.argument) {
			return &Told{
				Message: say.F("%s %d is above the model's context of %d tokens", s.argument, s.length, limit),
				Fix:     say.F("Send at most %d.", limit),
				Change:  map[string]any{s.argument: limit},
			}
		}
	}
	return nil
}

// nearestDivisor is the divisor of n that is closest to want, the larger of two
// equally close ones.
func nearestDivisor(n, want int64) int64 {
	best := int64(1)
	closer := func(d int64) {
		if distance(d, want) < distance(best, want) || distance(d, want) == distance(best, want) && d > best {
			best = d
		}
	}
	for d := int64(1); d*d <= n && d <= maxDivisorTried; d++ {
		if n%d == 0 {
			closer(d)
			closer(n / d)
		}
	}
	return best
}

// maxDivisorTried bounds the search for a divisor of an absurdly large size.
const maxDivisorTried = 1 << 16

func distance(a, b int64) int64 { return max(a-b, b-a) }
