package check

// Rules about the software that runs the step.

var (
	// StackOptionUnknown fires for a setting that the training stack does not
	// have, or that bears on nothing in memory.
	StackOptionUnknown = &Rule{
		ID:       "stack/option-unknown",
		Title:    "The training stack has no such option",
		Doc:      "stackOptions holds settings of the training stack by the stack's own names. A setting that is not known would be dropped in silence, so it is refused; the finding lists those that the stack has.",
		Source:   "catalogue of stacks",
		Severity: Error,
		Params:   []string{"stackOptions", "trainingStack"},
		Bad:      with(llama7B, `"stackOptions":{"no_such_option":true}`),
		Good:     with(llama7B, ""),
	}
	// StackOptionValue fires where a setting's value cannot be read.
	StackOptionValue = &Rule{
		ID:       "stack/option-value",
		Title:    "A training stack's option has a value that it does not take",
		Doc:      "Each setting of a training stack has a type and bounds, as in the stack's own documentation. Send what the finding says.",
		Source:   "catalogue of stacks",
		Severity: Error,
		Params:   []string{"stackOptions"},
		Bad:      with(llama7B, `"stackOptions":{"compile":"perhaps"}`),
		Good:     with(llama7B, ""),
	}
)
