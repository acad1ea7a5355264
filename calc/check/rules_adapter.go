package check

// Rules about LoRA. The resolver reports them: they need the names of the
// model's linear layers.

var (
	// TargetUnknown fires where an element of loraTargetModules matches no
	// linear layer.
	TargetUnknown = &Rule{
		ID:       "lora/target-unknown",
		Title:    "A LoRA target matches nothing",
		Doc:      "PEFT refuses target modules that the model does not have. Generic names (q_proj, o_proj, up_proj, …) are mapped to the architecture's own; any other must be one of the model's linear layers, which the finding lists.",
		Source:   "peft, inject_adapter",
		Severity: Error,
		Params:   []string{"loraTargetModules"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","loraTargetModules":["c_attn"]`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","loraTargetModules":["q_proj","v_proj"]`),
	}
	// TargetPattern fires where a pattern cannot be read.
	TargetPattern = &Rule{
		ID:       "lora/target-pattern",
		Title:    "A LoRA target is no regular expression",
		Doc:      "An element with the signs of a regular expression is one, matched against full module names. Look-around and back references are not supported here; list the names instead.",
		Source:   "peft, check_target_module_exists",
		Severity: Error,
		Params:   []string{"loraTargetModules"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","loraTargetModules":[".*(q_proj"]`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","loraTargetModules":[".*(q_proj|v_proj)"]`),
	}
	// StrategyAndTargets fires where loraTargetModules overrules a strategy.
	StrategyAndTargets = &Rule{
		ID:       "lora/targets-over-strategy",
		Title:    "loraTargetModules overrules loraApplicationStrategy",
		Doc:      "Both say where LoRA goes. The list is the more exact and holds; leave the strategy out.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Params:   []string{"loraApplicationStrategy", "loraTargetModules"},
		Bad:      with(mixtral, `"fineTuningMethod":"lora","loraApplicationStrategy":"router-only","loraTargetModules":["q_proj"]`),
		Good:     with(mixtral, `"fineTuningMethod":"lora","loraTargetModules":["q_proj"]`),
	}
)
