package check

// Rules about the tool for models that see or hear.

// multimodalTool is the tool whose arguments the examples here are.
const multimodalTool = "calculate_multimodal_vram"

var (
	// ModeAgainstMethod fires where a mode and a method contradict each other.
	ModeAgainstMethod = &Rule{
		ID:       "multimodal/mode-against-method",
		Title:    "Training trains all parameters",
		Doc:      "mode training means that every parameter of tower, join and language model is trained. Adapters, prefixes and frozen parts are fine-tuning: send mode finetuning.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Params:   []string{"fineTuningMethod"},
		Tool:     multimodalTool,
		Bad:      `{"modelId":"llava-1.5-7b","mode":"training","fineTuningMethod":"lora"}`,
		Good:     `{"modelId":"llava-1.5-7b","mode":"finetuning","fineTuningMethod":"lora"}`,
	}
	// NotMultimodal fires where a model neither sees nor hears.
	NotMultimodal = &Rule{
		ID:       "multimodal/not-multimodal",
		Title:    "The model neither sees nor hears",
		Doc:      "This tool explains what images, frames and sound cost. A model of text alone or a classifier has tools of its own: calculate_inference_vram to run it, calculate_advanced_finetuning_vram to train it.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Params:   []string{"modelType"},
		Tool:     multimodalTool,
		Bad:      `{"modelId":"llama-7b"}`,
		Good:     `{"modelId":"llava-1.5-7b"}`,
	}
)
