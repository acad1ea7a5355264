package check

// Rules about the request as it was sent. They speak about any argument, so
// their Params are empty and each finding names its own.

var (
	// NotJSON fires where the arguments are no JSON text.
	NotJSON = &Rule{
		ID:       "arguments/not-json",
		Title:    "Arguments are not JSON",
		Doc:      "Nothing can be read from a text that is not JSON: a missing quote or bracket, a trailing comma, NaN or Infinity. Send one JSON object.",
		Source:   "RFC 8259",
		Severity: Error,
		Bad:      `{"modelType":"nlp","batchSize":NaN}`,
		Good:     with(llama7B, ""),
	}
	// NotObject fires where the arguments are JSON, but no object.
	NotObject = &Rule{
		ID:       "arguments/not-object",
		Title:    "Arguments are not an object",
		Doc:      "Arguments have names, so they travel as one JSON object: {\"modelType\":\"nlp\", …}. A list or a bare value has no names.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Bad:      `["nlp",7]`,
		Good:     with(llama7B, ""),
	}
	// TooDeep fires where values are nested beyond any argument's need.
	TooDeep = &Rule{
		ID:       "arguments/too-deep",
		Title:    "Arguments are nested too deeply",
		Doc:      "The deepest argument is a pasted config.json, which needs a handful of levels. Deeper nesting is a mistake or an attack and is not read.",
		Source:   "house limit",
		Severity: Error,
		Bad:      `{"modelConfig":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}`,
		Good:     with(llama7B, ""),
	}
	// Duplicate fires where an argument is sent twice.
	Duplicate = &Rule{
		ID:       "arguments/duplicate",
		Title:    "An argument is given twice",
		Doc:      "Programs disagree about which of two equal names in a JSON object counts, so neither is taken. Send the argument once.",
		Source:   "RFC 8259, section 4",
		Severity: Error,
		Bad:      with(llama7B, `"loraRank":8,"loraRank":16`),
		Good:     with(llama7B, `"loraRank":16`),
	}
	// Unknown fires for a name that no argument has.
	Unknown = &Rule{
		ID:       "arguments/unknown",
		Title:    "An argument is not known",
		Doc:      "A misspelt argument that were dropped in silence would give the answer to another question. Use the name as documented; the finding proposes the nearest.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Bad:      with(llama7B, `"lora_rank":16`),
		Good:     with(llama7B, `"loraRank":16`),
	}
	// Missing fires where required arguments are absent; it names all of them.
	Missing = &Rule{
		ID:       "arguments/missing",
		Title:    "Required arguments are missing",
		Doc:      "There is no sensible default for what these say. modelId or modelConfig stands in for modelSize and architectureType. One finding names all that are missing.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Bad:      `{"modelType":"nlp","modelSize":7}`,
		Good:     with(sized, ""),
	}
	// WrongType fires where a value cannot be read as its argument's type.
	WrongType = &Rule{
		ID:       "arguments/wrong-type",
		Title:    "A value has the wrong type",
		Doc:      "The value is not of the type that the argument has and cannot be read as one without guessing. Send what the finding says.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Bad:      with(llama7B, `"sequenceLength":"4k"`),
		Good:     with(llama7B, `"sequenceLength":2048`),
	}
	// NotAChoice fires where a value is none of a closed set.
	NotAChoice = &Rule{
		ID:       "arguments/not-a-choice",
		Title:    "A value is none of the choices",
		Doc:      "The argument takes one of a few names, in any case and the usual spellings. The finding lists them.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Bad:      with(llama7B, `"lrScheduler":"triangular"`),
		Good:     with(llama7B, `"lrScheduler":"cosine"`),
	}
	// OutOfRange fires outside the range in which an argument has a meaning.
	OutOfRange = &Rule{
		ID:       "arguments/out-of-range",
		Title:    "A value is out of its valid range",
		Doc:      "Outside its valid range the argument has no meaning or nothing could be computed. Send a value within the range that the finding names.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Bad:      with(llama7B, `"gradientAccumulationSteps":0`),
		Good:     with(llama7B, `"gradientAccumulationSteps":1`),
	}
	// Quoted fires where a value was read in spite of its type.
	Quoted = &Rule{
		ID:       "arguments/quoted",
		Title:    "A value is quoted that should not be",
		Doc:      "\"16\" was read as 16, \"true\" as true, a JSON text as the object it holds. Other programs may refuse it: send the bare value.",
		Source:   "the published arguments of the tool",
		Severity: Suggestion,
		Bad:      with(llama7B, `"sequenceLength":"1024"`),
		Good:     with(llama7B, `"sequenceLength":1024`),
	}
	// NotApplicable fires for an argument that this model or method has no use for.
	NotApplicable = &Rule{
		ID:       "arguments/not-applicable",
		Title:    "An argument does not apply",
		Doc:      "The argument belongs to another type of model or another fine-tuning method and changed nothing. Leave it out, or choose the method it belongs to.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Bad:      with(llama7B, `"fineTuningMethod":"full","loraRank":16`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","loraRank":16`),
	}
	// WithoutEffect fires where given values were checked and move no byte.
	WithoutEffect = &Rule{
		ID:       "arguments/without-effect",
		Title:    "Arguments without effect on memory",
		Doc:      "Some arguments decide which token is sampled or how a loss is weighted, not what is stored. They were checked and change no byte.",
		Source:   "the published arguments of the tool",
		Severity: Suggestion,
		Params:   []string{"temperature", "topP", "repetitionPenalty", "expertInitStrategy", "expertRegularization", "expertSpecialization", "crossModalAlignmentWeight"},
		Bad:      with(llama7B, `"temperature":0.7`),
		Good:     with(llama7B, ""),
	}
)
