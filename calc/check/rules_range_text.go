package check

// Usual ranges of the arguments of a language model and its text. The resolver reports them, since
// the ranges stand at the arguments.

var (
	unusualModelSize = &Rule{
		ID:       "range/model-size",
		Title:    "An unusual size",
		Doc:      "The number is in billions of parameters: 7 for a 7B model, 0.11 for BERT-base, 0.0256 for ResNet-50. Outside the usual range the unit is most likely wrong.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"modelSize"},
		Bad:      with(instead(sizedResNet, "modelSize", `25.6`), ""),
		Good:     with(sizedResNet, ""),
	}
	unusualSequenceLength = &Rule{
		ID:       "range/sequence-length",
		Title:    "An unusual length of sequence",
		Doc:      "Fewer than 32 tokens waste the card on padding and launches; beyond 32768 activations and attention dominate unless the model is made for it. A length within the context of the model that was named is never unusual.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"sequenceLength"},
		Bad:      with(instead(llama31, "sequenceLength", `16`), ""),
		Good:     with(instead(llama31, "sequenceLength", `131072`), ""),
	}
	unusualTemperature = &Rule{
		ID:       "range/temperature",
		Title:    "An unusual temperature",
		Doc:      "Near 0 sampling repeats itself, above 1 it rambles. It moves no memory.",
		Source:   "Holtzman et al. 2020",
		Severity: Warning,
		Params:   []string{"temperature"},
		Bad:      with(llama7B, `"temperature":1.8`),
		Good:     with(llama7B, `"temperature":0.7`),
	}
	unusualTopP = &Rule{
		ID:       "range/top-p",
		Title:    "An unusual nucleus",
		Doc:      "Below 0.9 sampling loses variety, above 0.95 it takes in the noisy tail; 1 turns the nucleus off. It moves no memory.",
		Source:   "Holtzman et al. 2020",
		Severity: Warning,
		Params:   []string{"topP"},
		Bad:      with(llama7B, `"topP":0.2`),
		Good:     with(llama7B, `"topP":1`),
	}
	unusualRepetitionPenalty = &Rule{
		ID:       "range/repetition-penalty",
		Title:    "An unusual repetition penalty",
		Doc:      "Below 1 repetition is rewarded, above 1.2 common words are avoided. It moves no memory.",
		Source:   "Keskar et al. 2019, section 4.1",
		Severity: Warning,
		Params:   []string{"repetitionPenalty"},
		Bad:      with(llama7B, `"repetitionPenalty":1.8`),
		Good:     with(llama7B, `"repetitionPenalty":1.1`),
	}
	unusualHiddenSize = &Rule{
		ID:       "range/hidden-size",
		Title:    "An unusual hidden size",
		Doc:      "Published transformers are 512 to 16384 wide. Another width is most likely a slip of the pen, or the width of another part.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"hiddenSize"},
		Bad:      with(sized, `"hiddenSize":256`),
		Good:     with(sized, `"hiddenSize":4096`),
	}
	unusualLayers = &Rule{
		ID:       "range/layers",
		Title:    "An unusual depth",
		Doc:      "Published transformers have 6 to 128 layers. Fewer learn little, more train badly and slowly.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"numLayers"},
		Bad:      with(sized, `"numLayers":2`),
		Good:     with(sized, `"numLayers":32`),
	}
	unusualAttentionHeads = &Rule{
		ID:       "range/attention-heads",
		Title:    "An unusual number of heads",
		Doc:      "Published transformers have 8 to 128 query heads, mostly 64 or 128 wide.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"numAttentionHeads"},
		Bad:      with(sized, `"hiddenSize":4096,"numAttentionHeads":4`),
		Good:     with(sized, `"hiddenSize":4096,"numAttentionHeads":32`),
	}
	unusualVocabulary = &Rule{
		ID:       "range/vocabulary",
		Title:    "An unusual vocabulary",
		Doc:      "Tokenizers have 30,000 to 300,000 entries. A smaller number is most likely the hidden size or a count in thousands.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"vocabSize"},
		Bad:      with(sized, `"vocabSize":1000`),
		Good:     with(sized, `"vocabSize":128256`),
	}
)
