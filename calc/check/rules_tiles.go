package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about sizes that kernels take whole.

var (
	vocabularyMultiple = &Rule{
		ID:       "text/vocabulary-multiple",
		Title:    "The vocabulary is no multiple of 64",
		Doc:      "The head is a matrix product as wide as the vocabulary. Tensor cores take whole tiles: padded to a multiple of 64 (of 128 on A100 and later for the best rate) the product is up to a quarter faster, for a few unused rows.",
		Source:   "NVIDIA, Matrix Multiplication Background User's Guide; Karpathy, nanoGPT",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"vocabSize"},
		Bad:      with(sized, `"vocabSize":50257`),
		Good:     with(sized, `"vocabSize":50304`),
		Run: func(p *Pass) *Told {
			return multiple(p, "vocabSize", p.Text.Vocab, vocabularyTile)
		},
	}
	widthMultiple = &Rule{
		ID:       "text/width-multiple",
		Title:    "A width is no multiple of 64",
		Doc:      "Matrix products run in tiles; a width that is no multiple of 64 leaves the last tile partly empty in every layer, and misses the fast kernels altogether where it is no multiple of 8.",
		Source:   "NVIDIA, Matrix Multiplication Background User's Guide",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"hiddenSize", "intermediateSize"},
		Bad:      with(sized, `"intermediateSize":11000`),
		Good:     with(sized, `"intermediateSize":11008`),
		Run: func(p *Pass) *Told {
			if t := multiple(p, "hiddenSize", p.Text.Hidden, vocabularyTile); t != nil {
				return t
			}
			return multiple(p, "intermediateSize", p.Text.Intermediate, vocabularyTile)
		},
	}
	sequenceMultiple = &Rule{
		ID:       "text/sequence-multiple",
		Title:    "The sequence is no multiple of 8",
		Doc:      "Tensor cores multiply in tiles of 8 and more; a row padded to a multiple of 8 takes no longer than the shorter one, often less. Trainer's collators have pad_to_multiple_of for it.",
		Source:   "NVIDIA, Deep Learning Performance Guide; transformers DataCollatorWithPadding",
		Severity: Suggestion,
		Applies:  []workload.Kind{workload.NLP, workload.MoE},
		Params:   []string{"sequenceLength"},
		Bad:      with(llama7B, `"sequenceLength":1001`),
		Good:     with(llama7B, `"sequenceLength":1000`),
		Run: func(p *Pass) *Told {
			return multiple(p, "sequenceLength", p.Train.Sequence, tensorTile)
		},
	}
	headDimension = &Rule{
		ID:       "text/head-dimension",
		Title:    "Heads that fused attention does not take",
		Doc:      "Fused attention kernels take heads up to 256 wide, in multiples of 8. Others fall back to the slow kernel that holds every score.",
		Source:   "flash-attn; torch.nn.functional.scaled_dot_product_attention",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"headDim", "numAttentionHeads", "hiddenSize"},
		Bad:      with(sized, `"headDim":320`),
		Good:     with(sized, `"headDim":128`),
		Run: func(p *Pass) *Told {
			d := p.Text.HeadDim
			if !p.Given("headDim", "numAttentionHeads", "hiddenSize") || d <= widestHead && d%tensorTile == 0 {
				return nil
			}
			n := min(int64(widestHead), nearestMultiple(d, tensorTile))
			return &Told{
				Message: say.F("heads %d wide run without a fused attention kernel", d),
				Fix:     say.F("Send headDim %d.", n),
				Change:  map[string]any{"headDim": n},
			}
		},
	}
)

// Sizes of this file.
const (
	vocabularyTile = 64  // values that an efficient tile is wide in 16 bits (NVIDIA)
	tensorTile     = 8   // 16-bit values that tensor cores take at once (NVIDIA)
	widestHead     = 256 // flash-attn 2
)

// multiple tells that a given size is no multiple of a tile.
func multiple(p *Pass, argument string, size, tile int64) *Told {
	if !p.Given(argument) || size < tile || size%tile == 0 {
		return nil
	}
	n := (size + tile - 1) / tile * tile
	return &Told{
		Message: say.F("%s %d is no multiple of %d", argument, size, tile),
		Fix:     say.F("Send %s %d.", argument, n),
		Change:  map[string]any{argument: n},
	}
}
