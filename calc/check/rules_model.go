package check

// Rules about which model is meant. The resolver of the arguments reports them.

var (
	// ModelUnknown fires where the catalogue has no model of the name.
	ModelUnknown = &Rule{
		ID:       "model/unknown",
		Title:    "The model is not in the catalogue",
		Doc:      "modelId names a catalogue entry by id, alias or Hugging Face id. For any other model paste its config.json as modelConfig, or give modelSize and architectureType.",
		Source:   "catalogue of models",
		Severity: Error,
		Params:   []string{"modelId"},
		Bad:      `{"modelType":"nlp","modelId":"lama-7b-chatt","precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
		Good:     with(llama7B, ""),
	}
	// ModelOtherType fires where model or architecture are of another type than
	// modelType says.
	ModelOtherType = &Rule{
		ID:       "model/other-type",
		Title:    "The model is of another type",
		Doc:      "modelType chooses which arguments apply and how the model is computed, so it must be the type of the model or architecture that is named. Send the type in the change.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Params:   []string{"modelType", "modelId", "modelConfig", "architectureType"},
		Bad:      `{"modelType":"moe","modelId":"llama-7b","precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
		Good:     with(llama7B, ""),
	}
	// ModelOtherArchitecture fires where architectureType differs from the
	// named model's.
	ModelOtherArchitecture = &Rule{
		ID:       "model/other-architecture",
		Title:    "architectureType is not the model's",
		Doc:      "A named model has its architecture; the estimate follows the model. Leave architectureType out, or correct it.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Params:   []string{"architectureType", "modelId", "modelConfig"},
		Bad:      with(llama7B, `"architectureType":"GPT"`),
		Good:     with(llama7B, `"architectureType":"LLaMA"`),
	}
	// ModelTwice fires where a model is both named and pasted.
	ModelTwice = &Rule{
		ID:       "model/named-twice",
		Title:    "A model is named and another pasted",
		Doc:      "modelId and modelConfig both define every dimension. Send the one that is meant.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Params:   []string{"modelId", "modelConfig"},
		Bad:      with(llama7B, `"modelConfig":{"model_type":"llama"}`),
		Good:     with(llama7B, ""),
	}
	// ModelConfigGuessed fires where a pasted config.json names a model type that
	// is not known.
	ModelConfigGuessed = &Rule{
		ID:       "model/config-guessed",
		Title:    "The model type of the config.json is not known",
		Doc:      "A config.json whose model_type is not known is read by its fields: as a decoder of LLaMA's pattern, or as a mixture where it speaks of experts. What its own code does otherwise, further norms, biases or another attention, is not in the estimate. Compare the count of parameters with the published one.",
		Source:   "transformers' configuration files",
		Severity: Warning,
		Params:   []string{"modelConfig"},
		Bad:      `{"modelType":"nlp","modelConfig":{"model_type":"no-such-model","vocab_size":32000,"hidden_size":2048,"num_hidden_layers":16,"num_attention_heads":16,"intermediate_size":5632},"precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
		Good:     `{"modelType":"nlp","modelConfig":{"model_type":"llama","vocab_size":32000,"hidden_size":2048,"num_hidden_layers":16,"num_attention_heads":16,"intermediate_size":5632},"precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
	}
	// ModelConfigInvalid fires where a pasted config.json cannot be used.
	ModelConfigInvalid = &Rule{
		ID:       "model/config-invalid",
		Title:    "The pasted config.json cannot be used",
		Doc:      "modelConfig is the config.json of a Hugging Face model repository: an object with model_type and the sizes. Paste the whole file.",
		Source:   "transformers' configuration files",
		Severity: Error,
		Params:   []string{"modelConfig"},
		Bad:      `{"modelType":"nlp","modelConfig":{"model_type":"no-such-model"},"precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
		Good:     with(llama7B, ""),
	}
	// ModelUndisclosed fires for a model whose shape was never published.
	ModelUndisclosed = &Rule{
		ID:       "model/undisclosed",
		Title:    "The model's shape is not published",
		Doc:      "The makers of the model never said how large its parts are, so its name alone gives nothing to compute. Send modelSize and architectureType: the estimate is then that of a stand-in of this size, and says so.",
		Source:   "catalogue of models",
		Severity: Error,
		Params:   []string{"modelId"},
		Bad:      `{"modelType":"multimodal","modelId":"gpt-4v","precision":"bf16","batchSize":1,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":1}`,
		Good:     `{"modelType":"multimodal","modelSize":7,"architectureType":"GPT-4V","precision":"bf16","batchSize":1,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":1}`,
	}
	// ModelNotModelled fires where the engine refuses the architecture or a
	// part of the configuration.
	ModelNotModelled = &Rule{
		ID:       "model/not-modelled",
		Title:    "Not modelled yet",
		Doc:      "The memory of this architecture, or of one of the choices in the request, is not written down yet. A refusal is better than another model's number.",
		Source:   "rough edges",
		Severity: Error,
		Bad:      `{"modelType":"multimodal","modelConfig":{"model_type":"qwen3_vl_moe","text_config":{"decoder_sparse_step":2},"vision_config":{"out_hidden_size":2048}},"precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
		Good:     with(llama7B, ""),
	}
	// ModelSizeDiffers fires where the tensors add up to another size than given.
	ModelSizeDiffers = &Rule{
		ID:       "model/size-differs",
		Title:    "The dimensions give another size than modelSize",
		Doc:      "Memory follows the tensors that the dimensions describe, not the number in modelSize. More than 5 percent apart, one of the two is not what was meant: drop the dimensions, or correct the size.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Params:   []string{"modelSize", "modelId", "modelConfig", "hiddenSize", "numLayers", "intermediateSize", "vocabSize", "numExperts"},
		Bad:      with(sized, `"numLayers":16`),
		Good:     with(sized, `"numLayers":32`),
	}
)
