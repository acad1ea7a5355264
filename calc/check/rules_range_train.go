package check

// Usual ranges of the arguments of a training step. The resolver reports them, since
// the ranges stand at the arguments.

var (
	unusualBatchSize = &Rule{
		ID:       "range/batch-size",
		Title:    "An unusual micro-batch",
		Doc:      "A micro-batch of more than 64 sequences or 512 images seldom fits and no longer makes a step more efficient; fewer than 8 images starve the card and make the statistics of batch norm noisy. To change the effective batch, change gradientAccumulationSteps or numGpus.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"batchSize"},
		Bad:      with(instead(llama7B, "batchSize", `128`), ""),
		Good:     with(instead(llama7B, "batchSize", `8`), ""),
		After:    []*Rule{smallBatchNorm},
	}
	unusualGradientAccumulation = &Rule{
		ID:       "range/gradient-accumulation",
		Title:    "Unusually long accumulation",
		Doc:      "More than 128 micro-batches behind one update make updates rare and batches larger than most data sets reward. Use a larger micro-batch or more GPUs.",
		Source:   "McCandlish et al. 2018, An Empirical Model of Large-Batch Training",
		Severity: Warning,
		Params:   []string{"gradientAccumulationSteps"},
		Bad:      with(llama7B, `"gradientAccumulationSteps":512`),
		Good:     with(llama7B, `"gradientAccumulationSteps":64`),
	}
	unusualLearningRate = &Rule{
		ID:       "range/learning-rate",
		Title:    "An unusual learning rate",
		Doc:      "Too high a rate destroys what was learned in pretraining, too low a rate learns nothing. What is usual follows method and optimizer: 1e-6 to 1e-4 for all weights of a transformer, up to 5e-4 for LoRA and 3e-2 for prefixes, 1e-4 to 1e-2 for a CNN and up to 0.5 with SGD; T5 up to 1e-3.",
		Source:   "Hu et al. 2021, table 9 ff.; Raffel et al. 2020, section 3.1; torchvision references/classification",
		Severity: Warning,
		Params:   []string{"learningRate"},
		Bad:      with(instead(llama7B, "learningRate", `1e-3`), ""),
		Good:     with(instead(llama7B, "learningRate", `1e-5`), ""),
	}
	unusualTrainingEpochs = &Rule{
		ID:       "range/training-epochs",
		Title:    "An unusual number of epochs",
		Doc:      "Fine-tuning a language model for more than 10 epochs mostly memorizes; a CNN from scratch needs up to 300. Less than one epoch leaves data unseen. Watch a held-out loss and stop there.",
		Source:   "Muennighoff et al. 2023, Scaling Data-Constrained Language Models",
		Severity: Warning,
		Params:   []string{"trainingEpochs"},
		Bad:      with(instead(llama7B, "trainingEpochs", `50`), ""),
		Good:     with(instead(llama7B, "trainingEpochs", `3`), ""),
	}
	unusualGenerationLength = &Rule{
		ID:       "range/generation-length",
		Title:    "An unusual length of generation",
		Doc:      "Fewer than 256 generated tokens cut most answers off, more than 4096 make each evaluation slow and its KV cache large. 0 turns generation off.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"maxGenerationLength"},
		Bad:      with(llama7B, `"maxGenerationLength":8`),
		Good:     with(llama7B, `"maxGenerationLength":512`),
	}
	unusualWeightDecay = &Rule{
		ID:       "range/weight-decay",
		Title:    "An unusual weight decay",
		Doc:      "Below 1e-4 decay does next to nothing, above 0.1 it pulls weights to zero faster than gradients move them. 0 turns it off. Recipes of classifiers go from 1e-5 (MobileNet) to 0.3 (ViT).",
		Source:   "Loshchilov and Hutter 2019; torchvision references/classification",
		Severity: Warning,
		Params:   []string{"weightDecay"},
		Bad:      with(llama7B, `"weightDecay":0.5`),
		Good:     with(llama7B, `"weightDecay":0.01`),
	}
	unusualWarmupSteps = &Rule{
		ID:       "range/warmup-steps",
		Title:    "An unusually long warm-up",
		Doc:      "Fine-tuning runs have a few thousand steps; a warm-up of more than 2000 leaves little at the full rate. Three to ten percent of the steps are usual.",
		Source:   "Ma and Yarats 2021, On the adequacy of untuned warmup",
		Severity: Warning,
		Params:   []string{"warmupSteps"},
		Bad:      with(llama7B, `"warmupSteps":10000`),
		Good:     with(llama7B, `"warmupSteps":200`),
	}
	unusualGradientClipping = &Rule{
		ID:       "range/gradient-clipping",
		Title:    "An unusual limit of the gradient norm",
		Doc:      "Below 0.1 every step is cut and the limit becomes the learning rate; above 5 it seldom acts. 1 is usual for transformers, 0 turns it off.",
		Source:   "Pascanu et al. 2013",
		Severity: Warning,
		Params:   []string{"gradientClipping"},
		Bad:      with(llama7B, `"gradientClipping":50`),
		Good:     with(llama7B, `"gradientClipping":1`),
	}
	unusualLabelSmoothing = &Rule{
		ID:       "range/label-smoothing",
		Title:    "Unusually strong label smoothing",
		Doc:      "Above 0.3 the target is nearly flat and the model learns little of the label. 0.1 is usual.",
		Source:   "Müller et al. 2019, When Does Label Smoothing Help?",
		Severity: Warning,
		Params:   []string{"labelSmoothing"},
		Bad:      with(resnet, `"labelSmoothing":0.6`),
		Good:     with(resnet, `"labelSmoothing":0.1`),
	}
	unusualDropout = &Rule{
		ID:       "range/dropout",
		Title:    "An unusually high dropout",
		Doc:      "With more than half of the activations dropped a fine-tuned model underfits. 0.1 is usual in transformers, up to 0.5 before a classifier.",
		Source:   "Srivastava et al. 2014",
		Severity: Warning,
		Params:   []string{"dropoutRate"},
		Bad:      with(gpt2, `"dropoutRate":0.8`),
		Good:     with(gpt2, `"dropoutRate":0.1`),
	}
	unusualLoraRank = &Rule{
		ID:       "range/lora-rank",
		Title:    "An unusual rank",
		Doc:      "Below 4 an adapter learns little, above 256 it costs much of what full fine-tuning costs for little gain; spread adapters over more layers first.",
		Source:   "Hu et al. 2021, section 7.2; Dettmers et al. 2023, appendix A",
		Severity: Warning,
		Params:   []string{"loraRank"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","loraRank":1`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","loraRank":16`),
		After:    []*Rule{rankAboveDimension},
	}
	unusualLoraAlpha = &Rule{
		ID:       "range/lora-alpha",
		Title:    "An unusual loraAlpha",
		Doc:      "The adapter is scaled by alpha / rank, so an alpha far away is another learning rate in disguise. 16 to 128 are usual, and so is any alpha between the rank and twice the rank.",
		Source:   "Hu et al. 2021, section 4.1; peft LoraConfig",
		Severity: Warning,
		Params:   []string{"loraAlpha"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","loraRank":32,"loraAlpha":200`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","loraRank":8,"loraAlpha":8`),
		After:    []*Rule{alphaBelowRank, alphaAboveRank},
	}
	unusualLoraDropout = &Rule{
		ID:       "range/lora-dropout",
		Title:    "Unusually strong LoRA dropout",
		Doc:      "Adapters have few parameters; more than 0.2 dropout starves them. 0 to 0.1 are usual.",
		Source:   "Dettmers et al. 2023, appendix B",
		Severity: Warning,
		Params:   []string{"loraDropout"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","loraDropout":0.5`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","loraDropout":0.05`),
	}
	unusualPrefixLength = &Rule{
		ID:       "range/prefix-length",
		Title:    "An unusual prefix",
		Doc:      "Fewer than 10 virtual tokens carry little, more than 200 slow every layer for no further gain.",
		Source:   "Li and Liang 2021, section 7.2",
		Severity: Warning,
		Params:   []string{"prefixLength"},
		Bad:      with(llama7B, `"fineTuningMethod":"prefix","prefixLength":600`),
		Good:     with(llama7B, `"fineTuningMethod":"prefix","prefixLength":30`),
	}
	unusualReserved = &Rule{
		ID:       "range/reserved",
		Title:    "An unusual reserve",
		Doc:      "CUDA context and libraries take 1 to 2 GiB of a card in measured runs. Less makes the total too good, more is memory that nobody takes.",
		Source:   "measured runs on one GPU",
		Severity: Warning,
		Params:   []string{"reservedGiB"},
		Bad:      with(llama7B, `"reservedGiB":6`),
		Good:     with(llama7B, `"reservedGiB":1.5`),
	}
)
