package check

// Rules about learning from preferences, rewards and a model's own completions.

// alignmentTool is the tool whose arguments the examples here are.
const alignmentTool = "calculate_grpo_vram"

var (
	// AlgorithmOfStack fires where the software named has another algorithm.
	AlgorithmOfStack = &Rule{
		ID:       "alignment/algorithm-of-stack",
		Title:    "The training stack does not run the algorithm",
		Doc:      "Each algorithm has a trainer of its own in TRL: trl-grpo, trl-dpo (ORPO's is next of kin) and trl-reward. Another stack would need its own code for the step, whose memory is not known.",
		Source:   "TRL 1.16",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"algorithm", "trainingStack"},
		Tool:     alignmentTool,
		Bad:      `{"modelId":"llama-7b","algorithm":"dpo","trainingStack":"trl-grpo"}`,
		Good:     `{"modelId":"llama-7b","algorithm":"dpo","trainingStack":"trl-dpo"}`,
	}
	// AlignmentElsewhere fires where a trainer of preferences is named to a
	// tool that does not know them.
	AlignmentElsewhere = &Rule{
		ID:       "alignment/elsewhere",
		Title:    "Preferences and rewards are another tool's",
		Doc:      "trl-dpo, trl-grpo and trl-reward run pairs of rows, a reference and completions that the model writes. calculate_grpo_vram knows these; other tools estimate a step on labelled text.",
		Source:   "TRL 1.16",
		Severity: Error,
		Params:   []string{"trainingStack"},
		Bad:      with(llama7B, `"trainingStack":"trl-dpo"`),
		Good:     with(llama7B, ""),
	}
	// IncompleteGroups fires where a step's completions are no whole groups.
	IncompleteGroups = &Rule{
		ID:       "alignment/incomplete-groups",
		Title:    "Completions of a step are no multiple of numGenerations",
		Doc:      "GRPO compares the completions of one prompt with each other, so a step takes whole groups: batchSize (completions of one GPU) times gradientAccumulationSteps times numGpus must be a multiple of numGenerations. TRL refuses to start otherwise.",
		Source:   "TRL 1.16, trl/trainer/grpo_config.py",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"batchSize", "gradientAccumulationSteps", "numGenerations", "numGpus"},
		Tool:     alignmentTool,
		Bad:      `{"modelId":"llama-7b","batchSize":6,"numGenerations":8}`,
		Good:     `{"modelId":"llama-7b","batchSize":16,"numGenerations":8}`,
	}
	// ReferenceMissing fires where a divergence has nothing to diverge from.
	ReferenceMissing = &Rule{
		ID:       "alignment/reference-missing",
		Title:    "beta above 0 has no reference",
		Doc:      "With beta above 0 the loss holds the divergence from a reference: a frozen copy of the weights, or the model with its adapters switched off. TRL makes the copy of itself, so an estimate without it would be too low.",
		Source:   "TRL 1.16, trl/trainer/grpo_trainer.py",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"beta", "referenceModel"},
		Tool:     alignmentTool,
		Bad:      `{"modelId":"llama-7b","beta":0.04,"referenceModel":false}`,
		Good:     `{"modelId":"llama-7b","beta":0.04}`,
	}
	// RowsDisagree fires where prompt, completion and their sum do not add up.
	RowsDisagree = &Rule{
		ID:       "alignment/rows-disagree",
		Title:    "Prompt and completion are not the whole row",
		Doc:      "sequenceLength is promptLength plus completionLength. Any two suffice; three that do not add up, or a part as long as the whole, leave the run undefined.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"promptLength", "completionLength", "sequenceLength"},
		Tool:     alignmentTool,
		Bad:      `{"modelId":"llama-7b","promptLength":1000,"completionLength":100,"sequenceLength":2000}`,
		Good:     `{"modelId":"llama-7b","promptLength":1000,"completionLength":100,"sequenceLength":1100}`,
	}
)
