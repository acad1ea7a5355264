// Types of the arguments and answers of vramcalc's tools.

/** Arguments of calculate_advanced_finetuning_vram. */
export interface CalculateAdvancedFinetuningVramArguments {
  /** Type of model. */
  modelType: "nlp" | "multimodal" | "moe" | "cnn";
  /** Total parameters in billions: all experts and the vision tower, without adapters. Needed with architectureType unless modelId or modelConfig is given. Above 0, at most 10000 billion. */
  modelSize?: number;
  /** Architecture from whose published models modelSize derives a shape. */
  architectureType?: "Transformer" | "BERT" | "GPT" | "T5" | "LLaMA" | "ChatGLM" | "Qwen" | "Mistral" | "Gemma" | "Phi" | "Phi-3" | "Falcon" | "OPT" | "BLOOM" | "GPT-NeoX" | "GPT-Neo" | "GPT-J" | "MPT" | "StarCoder2" | "GPT-BigCode" | "GLM-4" | "Baichuan" | "InternLM2" | "OLMo2" | "Cohere" | "SmolLM3" | "RoBERTa" | "DistilBERT" | "DeBERTa-v3" | "BART" | "PaLM" | "StableLM" | "CLIP" | "BLIP" | "LLaVA" | "GPT-4V" | "Gemini" | "Claude" | "Flamingo" | "SigLIP" | "BLIP-2" | "InstructBLIP" | "Qwen2-VL" | "Qwen2.5-VL" | "Qwen3-VL" | "InternVL" | "PaliGemma" | "Gemma-3-VL" | "Llama-3.2-Vision" | "Idefics" | "Idefics2" | "SmolVLM" | "Pixtral" | "Mistral3" | "MiniCPM-V" | "Whisper" | "Switch Transformer" | "GLaM" | "PaLM-2" | "DeepSeek-MoE" | "Mixtral" | "DeepSeek-V2" | "DeepSeek-V3" | "Qwen-MoE" | "OLMoE" | "LLaMA-4" | "gpt-oss" | "GLM-4.5" | "Phi-MoE" | "DBRX" | "ResNet" | "EfficientNet" | "ConvNeXt" | "RegNet" | "DenseNet" | "ResNeXt" | "WideResNet" | "EfficientNetV2" | "VGG" | "MobileNetV2" | "MobileNetV3" | "Inception" | "AlexNet" | "ViT" | "Swin" | "MNASNet" | "ShuffleNetV2" | "SqueezeNet" | "MaxViT";
  /** Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. Stands in for modelSize and architectureType. */
  modelId?: string;
  /** A Hugging Face config.json as an object. Stands in for modelSize and architectureType. */
  modelConfig?: Record<string, unknown>;
  /** [nlp, multimodal] Head of the model. Default lm. */
  head?: "lm" | "classification" | "none";
  /** Width of the weights. int8 and int4 name stored weights (LLM.int8, nf4), mean qlora when no method is given and compute in bf16; cnn takes fp32, fp16, bf16. */
  precision: "fp32" | "fp16" | "bf16" | "int8" | "int4";
  /** Where fp32 and 16-bit copies are: pure (all in precision), autocast (fp32 weights), autocast-16 (16-bit weights under autocast), master (16-bit weights and an fp32 copy). Default pure, autocast for cnn in 16 bits, or the stack's. */
  precisionMode?: "pure" | "autocast" | "autocast-16" | "master";
  /** How frozen weights are stored. Default from precision and method. */
  quantization?: "none" | "int8" | "nf4" | "fp4" | "nf4-double";
  /** What is trained. Default freeze if anything frozen is named, lora if loraRank is given, qlora with int8 or int4, else full. */
  fineTuningMethod?: "full" | "lora" | "qlora" | "prefix" | "freeze";
  /** Samples per GPU and step (the micro-batch). 1 to 65536 samples. */
  batchSize: number;
  /** Micro-batches per optimizer step. 1 to 4096. Default 1. */
  gradientAccumulationSteps?: number;
  /** Peak learning rate. Above 0, at most 1. */
  learningRate: number;
  /** Passes over the data. Above 0, at most 10000 epochs. */
  trainingEpochs: number;
  /** Recompute activations in backward instead of keeping them. Default false, or the stack's. */
  gradientCheckpointing?: boolean;
  /** Form of gradient checkpointing. Default non-reentrant. */
  checkpointingImplementation?: "non-reentrant" | "reentrant" | "offloaded";
  /** [nlp, multimodal, moe] Tokens generated in an evaluation during training, with their KV cache; 0 = none. 0 to 10485760 tokens. Default 0. */
  maxGenerationLength?: number;
  /** Optimizer; Trainer's names are taken too. */
  optimizer: "sgd" | "sgd_momentum" | "adam" | "adamw" | "adamw_8bit" | "paged_adamw_8bit" | "paged_adamw_32bit" | "adafactor" | "lion" | "lion_8bit" | "muon" | "galore_adamw" | "rmsprop" | "lamb";
  /** How PyTorch applies it. Default foreach, or the stack's. */
  optimizerImplementation?: "foreach" | "fused" | "loop";
  /** Weight decay; 0 = off. SGD, Adam and RMSprop copy every gradient for it. At least 0. Default 0.01 (cnn 1e-4); sgd, sgd_momentum, adam and rmsprop 0. */
  weightDecay?: number;
  /** Steps of warm-up. 0 to 1000000000 steps. Default 100; moe 50; cnn 0. */
  warmupSteps?: number;
  /** Largest gradient norm; 0 = off. At least 0. Default 1. */
  gradientClipping?: number;
  /** Label smoothing. At least 0, below 1. Default 0; cnn 0.1. */
  labelSmoothing?: number;
  /** Overrides the model's dropout rates. At least 0, below 1. Default the model's. */
  dropoutRate?: number;
  /** Learning-rate schedule. Default linear; cnn cosine. */
  lrScheduler?: "linear" | "cosine" | "cosine_with_restarts" | "polynomial" | "constant" | "constant_with_warmup" | "inverse_sqrt" | "StepLR" | "CosineAnnealingLR" | "ReduceLROnPlateau";
  /** [nlp, multimodal, moe] Text tokens of a sample; image tokens come on top. 1 to 10485760 tokens. Default 2048 or the context if less; multimodal 1024, CLIP-like 77. */
  sequenceLength?: number;
  /** [nlp, multimodal, moe] Tokens on the decoder's side, encoder-decoder models only. 1 to 10485760 tokens. Default sequenceLength / 4. */
  decoderSequenceLength?: number;
  /** [nlp, moe] Samples packed into full rows without padding, as trl-sft does with bfd. Default false. */
  packing?: boolean;
  /** [nlp, moe] Real lengths of the samples in the batch, padded to the longest. 1 to 10485760 tokens. Default all sequenceLength. */
  sampleLengths?: Array<number>;
  /** [nlp, multimodal, moe] Attention kernel. Default sdpa. */
  attentionImplementation?: "eager" | "sdpa" | "flash_attention_2";
  /** [nlp, multimodal, moe] Language-model loss: standard keeps full fp32 logits; fused (Liger) and chunked (TRL) never hold them all. Default standard, or the stack's. */
  lossImplementation?: "standard" | "chunked" | "fused";
  /** [nlp] Sampling temperature; no effect on memory. Above 0, at most 2. Default 0.7. */
  temperature?: number;
  /** [nlp] Nucleus sampling; no effect on memory. Above 0, at most 1. Default 0.9. */
  topP?: number;
  /** [nlp] Repetition penalty; no effect on memory. Above 0, at most 2. Default 1.1. */
  repetitionPenalty?: number;
  /** [nlp, multimodal, moe] Width of the residual stream. 1 to 1048576. Default the model's. */
  hiddenSize?: number;
  /** [nlp, multimodal, moe] Layers of each stack. 1 to 65536. Default the model's. */
  numLayers?: number;
  /** [nlp, multimodal, moe] Query heads; they divide hiddenSize unless headDim is given. 1 to 65536. Default the model's. */
  numAttentionHeads?: number;
  /** [nlp, multimodal, moe] Key-value heads; they divide numAttentionHeads. 1 to 65536. Default the model's. */
  numKeyValueHeads?: number;
  /** [nlp, multimodal, moe] Width of a head where it is not hiddenSize / numAttentionHeads. 1 to 65536. Default the model's. */
  headDim?: number;
  /** [nlp, multimodal, moe] Inner width of the dense MLP. 1 to 16777216. Default the model's. */
  intermediateSize?: number;
  /** [nlp, multimodal, moe] Rows of the embedding. 1 to 16777216. Default the model's. */
  vocabSize?: number;
  /** [nlp, multimodal, moe] Whether the output head is the embedding. Default the model's. */
  tieWordEmbeddings?: boolean;
  /** [nlp, multimodal, moe] How positions are encoded. Default the architecture's. */
  positionEncodingType?: "absolute" | "relative" | "rope" | "alibi";
  /** [lora, qlora] Rank of the adapters. 1 to 4096. Default 16. */
  loraRank?: number;
  /** [lora, qlora] Scale of the adapters. Above 0. Default 2 x loraRank. */
  loraAlpha?: number;
  /** [lora, qlora] Dropout before the adapters. At least 0, below 1. Default 0. */
  loraDropout?: number;
  /** [lora, qlora] Linear layers that get an adapter: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (mapped to the architecture's names), all-linear, the model's own names, or regular expressions over full names. Default the architecture's query and value. */
  loraTargetModules?: Array<string>;
  /** [lora, qlora] Modules trained and kept whole beside the adapters. Default none. */
  loraModulesToSave?: Array<string>;
  /** [lora, qlora] Width of the adapters: fp32, or that of the model. Default fp32. */
  loraPrecision?: "fp32" | "model";
  /** [qlora] peft's prepare_model_for_kbit_training. Default true. */
  kbitPreparation?: boolean;
  /** [prefix] Virtual tokens of prefix tuning. 1 to 1024 tokens. Default 30. */
  prefixLength?: number;
  /** [freeze, lora, qlora] Layers frozen from the bottom of each stack, with the embeddings; 0 freezes nothing; at most numLayers. 0 to 65536 layers. Default none. */
  frozenLayers?: number;
  /** [freeze] Beginnings of the model's parameter names that are frozen. Default none. */
  frozenModules?: Array<string>;
  /** [freeze] Beginnings of the model's parameter names that alone are trained. Default none. */
  trainableModules?: Array<string>;
  /** [multimodal] Side of the square image before the model's processor. 14 to 8192 pixels. Default the model's, else 336. */
  imageResolution?: number;
  /** [multimodal] Width where the image is not square. 14 to 8192 pixels. Default imageResolution. */
  imageWidth?: number;
  /** [multimodal] Height where the image is not square. 14 to 8192 pixels. Default imageResolution. */
  imageHeight?: number;
  /** [multimodal] Crops of one image, where the model takes a number. 1 to 1024. Default the model's rule. */
  imageTiles?: number;
  /** [multimodal] Side of a patch; divides the image. 1 to 128 pixels. Default the model's, else 14. */
  patchSize?: number;
  /** [multimodal] Images of a sample. 0 to 65536. Default 1. */
  imagesPerSample?: number;
  /** [multimodal] Video frames of a sample. 0 to 65536. Default 0. */
  videoFrames?: number;
  /** [multimodal] Seconds of audio of a sample. 0 to 86400 seconds. Default 0. */
  audioSeconds?: number;
  /** [multimodal] Vision tower. Default the model's, else ViT. */
  visionEncoderType?: "ViT" | "ConvNeXt" | "ResNet";
  /** [multimodal] Text side; one that the architecture does not have is ignored with a warning. Default the architecture's. */
  textEncoderType?: "BERT" | "RoBERTa" | "T5" | "LLaMA";
  /** [multimodal] How image features meet text. Default the architecture's. */
  modalFusionStrategy?: "cross-attention" | "co-attention" | "gated-fusion" | "projector";
  /** [multimodal] Width of the vision tower; a multiple of its heads. 1 to 1048576. Default the model's, else 1024. */
  visionFeatureDim?: number;
  /** [multimodal] Vision tower not trained. Default false. */
  freezeVisionEncoder?: boolean;
  /** [multimodal] Text side not trained. Default false. */
  freezeTextEncoder?: boolean;
  /** [multimodal, lora, qlora] LoRA on the vision tower. Default false. */
  loraVisionEncoder?: boolean;
  /** [multimodal, lora, qlora] LoRA on the text side. Default true. */
  loraTextEncoder?: boolean;
  /** [multimodal, lora, qlora] LoRA on what joins image and text. Default false. */
  loraFusionLayer?: boolean;
  /** [multimodal] Weight of the alignment loss; no effect on memory. At least 0. Default 0.5. */
  crossModalAlignmentWeight?: number;
  /** [multimodal] Weight of the contrastive loss; no effect on memory beyond its matrix. At least 0. Default 0.3. */
  imageTextContrastWeight?: number;
  /** [moe] Routed experts of a layer. 1 to 65536. Default the model's, else 8. */
  numExperts?: number;
  /** [moe] Experts that a token visits; at most numExperts. 1 to 65536. Default the model's, else 2; switch 1. */
  numActiveExperts?: number;
  /** [moe] Experts that every token visits. 0 to 65536. Default the model's. */
  numSharedExperts?: number;
  /** [moe] Inner width of one expert; 0 = the model's. 0 to 16777216. Default the model's. */
  moeIntermediateSize?: number;
  /** [moe] Leading layers without experts. 0 to 65536. Default the model's. */
  firstDenseLayers?: number;
  /** [moe] Every n-th layer has experts; 0 and 1 = all. 0 to 65536. Default the model's. */
  moeLayerFrequency?: number;
  /** [moe] How tokens choose experts. Default the architecture's, else top-k. */
  routingStrategy?: "top-k" | "switch" | "expert-choice";
  /** [moe] Room of an expert over an even share; 0 = dropless. 0 to 65536. Default 1.25 for Switch and GLaM, else 0. */
  expertCapacityFactor?: number;
  /** [moe] How expert matrices are applied. Default grouped; capacity for Switch and GLaM. */
  expertsImplementation?: "grouped" | "loop" | "batched" | "capacity";
  /** [moe] Weight of the load-balance loss; 0 = off. At least 0. Default 0.01. */
  loadBalanceLossWeight?: number;
  /** [moe] Weight of the auxiliary loss; 0 = off. At least 0. Default 0.001. */
  auxiliaryLossWeight?: number;
  /** [moe] Dropout inside experts. At least 0, below 1. Default 0. */
  expertDropoutRate?: number;
  /** [moe] Regularization of experts; no effect on memory. At least 0. Default 0.01. */
  expertRegularization?: number;
  /** [moe] Specialization of experts; no effect on memory. At least 0. Default 0.8. */
  expertSpecialization?: number;
  /** [moe] How experts start; no effect on memory. Default random. */
  expertInitStrategy?: "random" | "pretrained";
  /** [moe, lora, qlora] Where LoRA goes when loraTargetModules is not given. Default attention-only. */
  loraApplicationStrategy?: "all-experts" | "partial-experts" | "router-only" | "attention-only";
  /** [cnn] Side of the square input. 8 to 8192 pixels. Default 224. */
  inputImageSize?: number;
  /** [cnn] Side of the convolution kernels; odd. 1 to 31. Default the architecture's. */
  kernelSize?: number;
  /** [cnn] Pooling layer. Default the architecture's. */
  poolingStrategy?: "MaxPool" | "AvgPool" | "AdaptiveAvgPool";
  /** [cnn, nlp] Classes; of a language model with head classification too (default 2). 1 to 16777216. Default 1000. */
  classificationHeadDim?: number;
  /** [cnn] Augmentations; without effect on GPU memory unless augmentOnGpu. Default RandomCrop, RandomFlip. */
  dataAugmentationStrategy?: Array<"RandomCrop" | "RandomFlip" | "ColorJitter" | "AutoAugment" | "Mixup" | "CutMix">;
  /** [cnn] Augment on the GPU. Default false. */
  augmentOnGpu?: boolean;
  /** [cnn] Channels-last layout. Default false. */
  channelsLast?: boolean;
  /** [cnn] Batch norm in evaluation mode, not trained. Default false. */
  freezeBatchNorm?: boolean;
  /** [cnn] Autocast with fp32 weights: precisionMode autocast. Default true unless precision is fp32. */
  mixedPrecisionTraining?: boolean;
  /** Software that runs the step: it sets defaults and takes memory of its own, see stacks://all. Default pytorch. */
  trainingStack?: "pytorch" | "transformers" | "trl-sft" | "trl-dpo" | "trl-grpo" | "trl-reward" | "torchtune" | "liger" | "unsloth" | "ddp" | "fsdp2" | "fsdp1" | "deepspeed" | "megatron";
  /** The stack's own settings by their own names. Default the stack's. */
  stackOptions?: Record<string, unknown>;
  /** torch.compile of the model with its loss (inductor, default mode): chains of element-wise operators keep nothing for backward and logits stay in 16 bits. LLaMA, Mistral and Qwen2 on one GPU. Default false. */
  torchCompile?: boolean;
  /** GPUs of the run; a multiple of tensor x pipeline x context size. 1 to 65536. Default the product of the parallel sizes. */
  numGpus?: number;
  /** GPUs that share a matrix. 1 to 65536. Default 1. */
  tensorParallelSize?: number;
  /** GPUs that share the layers. 1 to 65536. Default 1. */
  pipelineParallelSize?: number;
  /** GPUs that share a sequence. 1 to 65536. Default 1. */
  contextParallelSize?: number;
  /** GPUs that share the experts. 1 to 65536. Default 1. */
  expertParallelSize?: number;
  /** Sharding of states (1), gradients (2), weights (3). 0 to 3. Default 0. */
  zeroStage?: number;
  /** What lives in host memory. Default none. */
  cpuOffload?: "none" | "optimizer" | "optimizer-and-parameters";
  /** Catalogue GPU by id, name or usual spelling. Default none. */
  targetGpu?: string;
  /** Memory of the card where it is in no catalogue, or of a MIG slice. Above 0, at most 65536 GiB. Default none. */
  targetMemoryGiB?: number;
  /** How many such GPUs there are; the estimate uses numGpus. 1 to 65536. Default numGpus. */
  targetGpuCount?: number;
  /** CUDA context and libraries. 0 to 16 GiB. Default 1.6; multimodal and cnn 1.9. */
  reservedGiB?: number;
  /** Samples of the data set, for hours and cost. Above 0. Default none. */
  datasetSamples?: number;
  /** Tokens of the data set, for hours and cost. Above 0. Default none. */
  datasetTokens?: number;
  /** Recommend only GPUs up to this price. Above 0 USD per hour. Default none. */
  maxHourlyUsd?: number;
  /** Recommend only GPUs up to this price. Above 0 USD. Default none. */
  maxPurchaseUsd?: number;
  /** Recommend only these vendors. Default those of torch.cuda: NVIDIA, AMD. */
  gpuVendors?: Array<"NVIDIA" | "AMD" | "Intel" | "Apple" | "Google">;
  /** Recommend only these segments. Default all. */
  gpuSegments?: Array<"consumer" | "workstation" | "datacenter" | "edge">;
  /** How much the answer tells. Default standard. */
  detail?: "brief" | "standard" | "full";
  /** architecture: what the model does; guide: the documented closed forms beside it. Default architecture. */
  formulaSet?: "architecture" | "guide";
  /** Language of the prose. Default en. */
  language?: "en" | "zh";
}

/** Answer of calculate_advanced_finetuning_vram. */
export interface CalculateAdvancedFinetuningVramAnswer {
  /** One or two sentences to act on. */
  summary: string;
  /** Memory per GPU; absent when the arguments were refused. */
  estimate?: {
    /** Bytes that must be free on each GPU: peakReservedBytes plus CUDA context and libraries. */
    totalBytes?: number;
    /** totalBytes in units of 2^30 bytes. */
    totalGiB?: number;
    /** May just run with this much. */
    lowBytes?: number;
    /** Comfortable with this much. */
    highBytes?: number;
    /** Tensors alive at the peak. */
    peakTensorBytes?: number;
    /** Blocks that those tensors take: torch.cuda.max_memory_allocated. */
    peakAllocatedBytes?: number;
    /** What the caching allocator holds for them: torch.cuda.max_memory_reserved. */
    peakReservedBytes?: number;
    /** Host memory taken by offloading and paging. */
    hostBytes?: number;
    /** load, forward (with the loss), backward, optimizer, prefill, decode, rollout or evaluation. */
    peakPhase?: string;
    /** GPUs of the run; every size is per GPU. */
    gpus?: number;
    /** What the memory is for at the peak, largest first; sums to totalBytes. */
    components?: Array<{
      id?: string;
      label?: string;
      /** weights, gradients, optimizer, activations, cache, adapters or overhead. */
      category?: string;
      bytes?: number;
      gib?: number;
      /** Share of totalBytes, 0 to 100. */
      percent?: number;
      /** Closed form of bytes over values. */
      formula?: string;
      /** The symbols of formula. */
      values?: Record<string, number>;
      note?: string;
    }>;
    /** Peak tensor bytes of each phase. */
    phases?: Array<{
      id?: string;
      bytes?: number;
      /** detail full: what the tensors are for; sums to bytes. */
      components?: Array<{
        id?: string;
        label?: string;
        category?: string;
        bytes?: number;
      }>;
    }>;
    /** Parameters and buffers resident before the first step, adapters included. */
    weightBytes?: number;
    /** Unique scalar parameters. */
    parameters?: {
      total?: number;
      trainable?: number;
      frozen?: number;
      /** Less than total only with routed experts. */
      activePerToken?: number;
    };
    /** detail full: tensors alive at the peak, largest first. */
    tensors?: Array<{
      label?: string;
      shape?: string;
      dtype?: string;
      count?: number;
      /** Of all of them. */
      bytes?: number;
    }>;
    /** detail full: what the numbers rest on. */
    notes?: Array<string>;
  };
  /** Whether it fits the GPU named by targetGpu or targetMemoryGiB. */
  target?: {
    /** Catalogue id, empty where only a size was given. */
    gpu?: string;
    count?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** Need over usable bytes of one GPU; above 1 it does not fit. */
    utilization?: number;
    /** excellent, good, acceptable, insufficient or oversized. */
    level?: string;
    /** yes, tight (the low end of the range fits) or no. */
    fits?: string;
    /** Usable less needed bytes; negative where it does not fit. */
    headroomBytes?: number;
    /** Largest batchSize that fits with everything else as it is. */
    largestBatch?: number;
    /** Largest sequenceLength that fits, up to the model's context. */
    largestSequence?: number;
  };
  /** What is wrong, unusual or better done otherwise. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
  /** What would make it fit, faster, cheaper or steadier, the best first; each measured on the changed call. */
  optimizations?: Array<{
    /** Permanent id of the move. */
    id?: string;
    /** memory, performance, cost or stability. */
    category?: string;
    /** high (does not fit the target, or cannot converge), medium (10 % of bytes, time or money, or more) or low. */
    priority?: string;
    title?: string;
    reason?: string;
    /** Patch of arguments; null removes one. */
    change?: Record<string, unknown>;
    /** totalBytes of this call. */
    before?: number;
    /** totalBytes of this call with change applied. */
    after?: number;
    /** before less after; negative where it takes more. */
    savedBytes?: number;
    /** Time and money, where both are known. */
    effect?: {
      hoursBefore?: number;
      hoursAfter?: number;
      usdBefore?: number;
      usdAfter?: number;
    };
    tradeoff?: string;
  }>;
  /** GPUs for this run, best first. */
  gpuRecommendations?: Array<{
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    /** Cards that share it. */
    count?: number;
    /** Patch of arguments that makes it the target. */
    change?: Record<string, unknown>;
    /** Nominal, of one card. */
    vramBytes?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** What each of several cards has to hold. */
    needBytes?: number;
    /** Need over usable bytes of one card. */
    utilization?: number;
    /** As in target; insufficient too where it cannot run the precision. */
    level?: string;
    fits?: string;
    /** Median on-demand price over providers, of one card; absent where not known. */
    hourlyUsd?: number;
    hourlyUsdRange?: {
      low?: number;
      high?: number;
    };
    /** Of one card; absent where not known. */
    purchaseUsd?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    runHours?: number;
    /** Rent of the whole run on demand, all cards. */
    runUsd?: number;
    /** in-production, discontinued, announced or unknown. */
    availability?: string;
    /** Of the newest quote. */
    priceDate?: string;
    /** 0 to 1: 0.40 closeness to 75 % utilization, 0.30 price, 0.15 ease (one card over many, a fabric over PCIe), 0.15 availability; 0 where insufficient. Unknown counts as average. */
    score?: number;
    why?: string;
  }>;
  /** Time and money on the GPU that was named, else on the best recommended. */
  cost?: {
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    count?: number;
    /** Floating-point operations of an optimizer step over all GPUs. */
    flopsPerStep?: number;
    /** What flopsPerStep is for. */
    flops?: {
      forward?: number;
      backward?: number;
      /** Forward once more, by checkpointing. */
      recompute?: number;
      /** Matrix products of the optimizer. */
      update?: number;
    };
    secondsPerStep?: {
      low?: number;
      high?: number;
    };
    /** Share of the dense peak that the products reach, 0 to 1. */
    utilization?: {
      low?: number;
      high?: number;
    };
    /** Language models, padding counted. */
    tokensPerSecond?: number;
    /** Models that see or hear. */
    samplesPerSecond?: number;
    /** On demand. */
    usdPerMillionTokens?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    hours?: number;
    hoursRange?: {
      low?: number;
      high?: number;
    };
    /** Of the whole run on all GPUs. */
    rentUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** One GPU for an hour, median over providers. */
    hourlyUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** With an on-demand price. */
    providers?: number;
    /** Of the newest quote. */
    priceDate?: string;
    /** Of one GPU. */
    purchaseUsd?: number;
    /** Hours of on-demand rent that cost as much as the bare card; host and power come on top of buying. */
    breakEvenHours?: number;
    /** Of the whole run, cards at their power limit, without the host. */
    energyKWh?: number;
    /** yes, tight or no. */
    fits?: string;
    why?: string;
  };
  /** formulaSet guide: the documented closed forms beside what the architecture needs. */
  comparison?: Array<{
    component?: string;
    guideBytes?: number;
    architectureBytes?: number;
    why?: string;
  }>;
  /** Values that the caller did not give. */
  assumptions?: Array<{
    argument?: string;
    /** Any JSON value. */
    value?: unknown;
    /** model, derived, default or stack. */
    origin?: string;
    why?: string;
  }>;
}

/** Arguments of calculate_inference_vram. */
export interface CalculateInferenceVramArguments {
  /** Type of model. */
  modelType?: "nlp" | "multimodal" | "moe" | "cnn";
  /** Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. Stands in for modelSize and architectureType. */
  modelId?: string;
  /** A Hugging Face config.json as an object. Stands in for modelSize and architectureType. */
  modelConfig?: Record<string, unknown>;
  /** Total parameters in billions: all experts and the vision tower, without adapters. Needed with architectureType unless modelId or modelConfig is given. Above 0, at most 10000 billion. */
  modelSize?: number;
  /** Architecture from whose published models modelSize derives a shape. */
  architectureType?: "Transformer" | "BERT" | "GPT" | "T5" | "LLaMA" | "ChatGLM" | "Qwen" | "Mistral" | "Gemma" | "Phi" | "Phi-3" | "Falcon" | "OPT" | "BLOOM" | "GPT-NeoX" | "GPT-Neo" | "GPT-J" | "MPT" | "StarCoder2" | "GPT-BigCode" | "GLM-4" | "Baichuan" | "InternLM2" | "OLMo2" | "Cohere" | "SmolLM3" | "RoBERTa" | "DistilBERT" | "DeBERTa-v3" | "BART" | "PaLM" | "StableLM" | "CLIP" | "BLIP" | "LLaVA" | "GPT-4V" | "Gemini" | "Claude" | "Flamingo" | "SigLIP" | "BLIP-2" | "InstructBLIP" | "Qwen2-VL" | "Qwen2.5-VL" | "Qwen3-VL" | "InternVL" | "PaliGemma" | "Gemma-3-VL" | "Llama-3.2-Vision" | "Idefics" | "Idefics2" | "SmolVLM" | "Pixtral" | "Mistral3" | "MiniCPM-V" | "Whisper" | "Switch Transformer" | "GLaM" | "PaLM-2" | "DeepSeek-MoE" | "Mixtral" | "DeepSeek-V2" | "DeepSeek-V3" | "Qwen-MoE" | "OLMoE" | "LLaMA-4" | "gpt-oss" | "GLM-4.5" | "Phi-MoE" | "DBRX" | "ResNet" | "EfficientNet" | "ConvNeXt" | "RegNet" | "DenseNet" | "ResNeXt" | "WideResNet" | "EfficientNetV2" | "VGG" | "MobileNetV2" | "MobileNetV3" | "Inception" | "AlexNet" | "ViT" | "Swin" | "MNASNet" | "ShuffleNetV2" | "SqueezeNet" | "MaxViT";
  /** [nlp, multimodal, moe] Tokens of the prompt. 1 to 10485760 tokens. Default 2048, or sequenceLength less newTokens. */
  promptLength?: number;
  /** [nlp, multimodal, moe] Tokens generated after the prompt; 0 = one forward of the prompt. With promptLength and sequenceLength (their sum) any two suffice. 0 to 10485760 tokens. Default 256. */
  newTokens?: number;
  /** [nlp, multimodal, moe] How keys and values are kept: dynamic (grows by joining), static (all room at once), paged (a server's pool of blocks). Default dynamic. */
  cacheImplementation?: "dynamic" | "static" | "paged";
  /** [nlp, multimodal, moe] Width of cached keys and values. Default the model's. */
  cachePrecision?: "fp16" | "bf16" | "fp8" | "int8" | "int4";
  /** [nlp, multimodal, moe] Requests that a paged cache holds and continues at once; batchSize of them are read at once. 1 to 65536 requests. Default batchSize. */
  concurrentRequests?: number;
  /** [nlp, multimodal, moe] Share of the card's memory that a server with a paged cache takes, whatever it needs. Above 0, at most 1. Default 0.9. */
  gpuMemoryUtilization?: number;
  /** [nlp, multimodal, moe] Logits of the prompt's last token or of all its tokens. Default last. */
  logits?: "last" | "all";
  /** [nlp, multimodal, moe] Sample among the 50 likeliest tokens instead of taking the likeliest. Default false. */
  sampling?: boolean;
  /** Width of the weights. int8 and int4 name stored weights (LLM.int8, nf4), mean qlora when no method is given and compute in bf16; cnn takes fp32, fp16, bf16. */
  precision?: "fp32" | "fp16" | "bf16" | "int8" | "int4";
  /** [nlp, multimodal, moe] How weights are stored. Default from precision. */
  quantization?: "none" | "int8" | "nf4" | "fp4" | "nf4-double" | "fp8" | "gptq-int4" | "awq-int4" | "mxfp4";
  /** Samples per GPU and step (the micro-batch). 1 to 65536 samples. */
  batchSize?: number;
  /** [nlp, multimodal, moe] Text tokens of a sample; image tokens come on top. 1 to 10485760 tokens. Default 2048 or the context if less; multimodal 1024, CLIP-like 77. */
  sequenceLength?: number;
  /** [nlp, multimodal, moe] Attention kernel. Default sdpa. */
  attentionImplementation?: "eager" | "sdpa" | "flash_attention_2";
  /** [lora, qlora] Rank of the adapters. 1 to 4096. Default 16. */
  loraRank?: number;
  /** [lora, qlora] Linear layers that get an adapter: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (mapped to the architecture's names), all-linear, the model's own names, or regular expressions over full names. Default the architecture's query and value. */
  loraTargetModules?: Array<string>;
  /** [multimodal] Side of the square image before the model's processor. 14 to 8192 pixels. Default the model's, else 336. */
  imageResolution?: number;
  /** [cnn] Side of the square input. 8 to 8192 pixels. Default 224. */
  inputImageSize?: number;
  /** GPUs of the run; a multiple of tensor x pipeline x context size. 1 to 65536. Default the product of the parallel sizes. */
  numGpus?: number;
  /** Catalogue GPU by id, name or usual spelling. Default none. */
  targetGpu?: string;
  /** Memory of the card where it is in no catalogue, or of a MIG slice. Above 0, at most 65536 GiB. Default none. */
  targetMemoryGiB?: number;
  /** How much the answer tells. Default standard. */
  detail?: "brief" | "standard" | "full";
}

/** Answer of calculate_inference_vram. */
export interface CalculateInferenceVramAnswer {
  /** One or two sentences to act on. */
  summary: string;
  /** Memory per GPU; absent when the arguments were refused. */
  estimate?: {
    /** Bytes that must be free on each GPU: peakReservedBytes plus CUDA context and libraries. */
    totalBytes?: number;
    /** totalBytes in units of 2^30 bytes. */
    totalGiB?: number;
    /** May just run with this much. */
    lowBytes?: number;
    /** Comfortable with this much. */
    highBytes?: number;
    /** Tensors alive at the peak. */
    peakTensorBytes?: number;
    /** Blocks that those tensors take: torch.cuda.max_memory_allocated. */
    peakAllocatedBytes?: number;
    /** What the caching allocator holds for them: torch.cuda.max_memory_reserved. */
    peakReservedBytes?: number;
    /** Host memory taken by offloading and paging. */
    hostBytes?: number;
    /** load, forward (with the loss), backward, optimizer, prefill, decode, rollout or evaluation. */
    peakPhase?: string;
    /** GPUs of the run; every size is per GPU. */
    gpus?: number;
    /** What the memory is for at the peak, largest first; sums to totalBytes. */
    components?: Array<{
      id?: string;
      label?: string;
      /** weights, gradients, optimizer, activations, cache, adapters or overhead. */
      category?: string;
      bytes?: number;
      gib?: number;
      /** Share of totalBytes, 0 to 100. */
      percent?: number;
      /** Closed form of bytes over values. */
      formula?: string;
      /** The symbols of formula. */
      values?: Record<string, number>;
      note?: string;
    }>;
    /** Peak tensor bytes of each phase. */
    phases?: Array<{
      id?: string;
      bytes?: number;
      /** detail full: what the tensors are for; sums to bytes. */
      components?: Array<{
        id?: string;
        label?: string;
        category?: string;
        bytes?: number;
      }>;
    }>;
    /** Parameters and buffers resident before the first step, adapters included. */
    weightBytes?: number;
    /** Unique scalar parameters. */
    parameters?: {
      total?: number;
      trainable?: number;
      frozen?: number;
      /** Less than total only with routed experts. */
      activePerToken?: number;
    };
    /** detail full: tensors alive at the peak, largest first. */
    tensors?: Array<{
      label?: string;
      shape?: string;
      dtype?: string;
      count?: number;
      /** Of all of them. */
      bytes?: number;
    }>;
    /** detail full: what the numbers rest on. */
    notes?: Array<string>;
  };
  /** Whether it fits the GPU named by targetGpu or targetMemoryGiB. */
  target?: {
    /** Catalogue id, empty where only a size was given. */
    gpu?: string;
    count?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** Need over usable bytes of one GPU; above 1 it does not fit. */
    utilization?: number;
    /** excellent, good, acceptable, insufficient or oversized. */
    level?: string;
    /** yes, tight (the low end of the range fits) or no. */
    fits?: string;
    /** Usable less needed bytes; negative where it does not fit. */
    headroomBytes?: number;
    /** Largest batchSize that fits with everything else as it is. */
    largestBatch?: number;
    /** Largest sequenceLength that fits, up to the model's context. */
    largestSequence?: number;
  };
  /** What is wrong, unusual or better done otherwise. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
  /** What would make it fit, faster, cheaper or steadier, the best first; each measured on the changed call. */
  optimizations?: Array<{
    /** Permanent id of the move. */
    id?: string;
    /** memory, performance, cost or stability. */
    category?: string;
    /** high (does not fit the target, or cannot converge), medium (10 % of bytes, time or money, or more) or low. */
    priority?: string;
    title?: string;
    reason?: string;
    /** Patch of arguments; null removes one. */
    change?: Record<string, unknown>;
    /** totalBytes of this call. */
    before?: number;
    /** totalBytes of this call with change applied. */
    after?: number;
    /** before less after; negative where it takes more. */
    savedBytes?: number;
    /** Time and money, where both are known. */
    effect?: {
      hoursBefore?: number;
      hoursAfter?: number;
      usdBefore?: number;
      usdAfter?: number;
    };
    tradeoff?: string;
  }>;
  /** GPUs for this run, best first. */
  gpuRecommendations?: Array<{
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    /** Cards that share it. */
    count?: number;
    /** Patch of arguments that makes it the target. */
    change?: Record<string, unknown>;
    /** Nominal, of one card. */
    vramBytes?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** What each of several cards has to hold. */
    needBytes?: number;
    /** Need over usable bytes of one card. */
    utilization?: number;
    /** As in target; insufficient too where it cannot run the precision. */
    level?: string;
    fits?: string;
    /** Median on-demand price over providers, of one card; absent where not known. */
    hourlyUsd?: number;
    hourlyUsdRange?: {
      low?: number;
      high?: number;
    };
    /** Of one card; absent where not known. */
    purchaseUsd?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    runHours?: number;
    /** Rent of the whole run on demand, all cards. */
    runUsd?: number;
    /** in-production, discontinued, announced or unknown. */
    availability?: string;
    /** Of the newest quote. */
    priceDate?: string;
    /** 0 to 1: 0.40 closeness to 75 % utilization, 0.30 price, 0.15 ease (one card over many, a fabric over PCIe), 0.15 availability; 0 where insufficient. Unknown counts as average. */
    score?: number;
    why?: string;
  }>;
  /** Time and money on the GPU that was named, else on the best recommended. */
  cost?: {
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    count?: number;
    /** Floating-point operations of an optimizer step over all GPUs. */
    flopsPerStep?: number;
    /** What flopsPerStep is for. */
    flops?: {
      forward?: number;
      backward?: number;
      /** Forward once more, by checkpointing. */
      recompute?: number;
      /** Matrix products of the optimizer. */
      update?: number;
    };
    secondsPerStep?: {
      low?: number;
      high?: number;
    };
    /** Share of the dense peak that the products reach, 0 to 1. */
    utilization?: {
      low?: number;
      high?: number;
    };
    /** Language models, padding counted. */
    tokensPerSecond?: number;
    /** Models that see or hear. */
    samplesPerSecond?: number;
    /** On demand. */
    usdPerMillionTokens?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    hours?: number;
    hoursRange?: {
      low?: number;
      high?: number;
    };
    /** Of the whole run on all GPUs. */
    rentUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** One GPU for an hour, median over providers. */
    hourlyUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** With an on-demand price. */
    providers?: number;
    /** Of the newest quote. */
    priceDate?: string;
    /** Of one GPU. */
    purchaseUsd?: number;
    /** Hours of on-demand rent that cost as much as the bare card; host and power come on top of buying. */
    breakEvenHours?: number;
    /** Of the whole run, cards at their power limit, without the host. */
    energyKWh?: number;
    /** yes, tight or no. */
    fits?: string;
    why?: string;
  };
  /** formulaSet guide: the documented closed forms beside what the architecture needs. */
  comparison?: Array<{
    component?: string;
    guideBytes?: number;
    architectureBytes?: number;
    why?: string;
  }>;
  /** Values that the caller did not give. */
  assumptions?: Array<{
    argument?: string;
    /** Any JSON value. */
    value?: unknown;
    /** model, derived, default or stack. */
    origin?: string;
    why?: string;
  }>;
  /** With cacheImplementation paged: what the server's pool holds. */
  server?: {
    /** Share of the card that it takes, whatever it needs; absent where no card is named. */
    reserveBytes?: number;
    /** What the requests need, context and libraries included. */
    neededBytes?: number;
    /** Blocks for keys and values. */
    cacheBytes?: number;
    /** Tokens that the blocks hold. */
    cacheTokens?: number;
    /** Requests of promptLength and newTokens that the blocks hold at once. */
    cacheRequests?: number;
    /** The requests fit in the reserve. */
    fits?: boolean;
  };
}

/** Arguments of calculate_multimodal_vram. */
export interface CalculateMultimodalVramArguments {
  /** Type of model. */
  modelType?: "nlp" | "multimodal" | "moe" | "cnn";
  /** Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. Stands in for modelSize and architectureType. */
  modelId?: string;
  /** A Hugging Face config.json as an object. Stands in for modelSize and architectureType. */
  modelConfig?: Record<string, unknown>;
  /** Total parameters in billions: all experts and the vision tower, without adapters. Needed with architectureType unless modelId or modelConfig is given. Above 0, at most 10000 billion. */
  modelSize?: number;
  /** Architecture from whose published models modelSize derives a shape. */
  architectureType?: "Transformer" | "BERT" | "GPT" | "T5" | "LLaMA" | "ChatGLM" | "Qwen" | "Mistral" | "Gemma" | "Phi" | "Phi-3" | "Falcon" | "OPT" | "BLOOM" | "GPT-NeoX" | "GPT-Neo" | "GPT-J" | "MPT" | "StarCoder2" | "GPT-BigCode" | "GLM-4" | "Baichuan" | "InternLM2" | "OLMo2" | "Cohere" | "SmolLM3" | "RoBERTa" | "DistilBERT" | "DeBERTa-v3" | "BART" | "PaLM" | "StableLM" | "CLIP" | "BLIP" | "LLaVA" | "GPT-4V" | "Gemini" | "Claude" | "Flamingo" | "SigLIP" | "BLIP-2" | "InstructBLIP" | "Qwen2-VL" | "Qwen2.5-VL" | "Qwen3-VL" | "InternVL" | "PaliGemma" | "Gemma-3-VL" | "Llama-3.2-Vision" | "Idefics" | "Idefics2" | "SmolVLM" | "Pixtral" | "Mistral3" | "MiniCPM-V" | "Whisper" | "Switch Transformer" | "GLaM" | "PaLM-2" | "DeepSeek-MoE" | "Mixtral" | "DeepSeek-V2" | "DeepSeek-V3" | "Qwen-MoE" | "OLMoE" | "LLaMA-4" | "gpt-oss" | "GLM-4.5" | "Phi-MoE" | "DBRX" | "ResNet" | "EfficientNet" | "ConvNeXt" | "RegNet" | "DenseNet" | "ResNeXt" | "WideResNet" | "EfficientNetV2" | "VGG" | "MobileNetV2" | "MobileNetV3" | "Inception" | "AlexNet" | "ViT" | "Swin" | "MNASNet" | "ShuffleNetV2" | "SqueezeNet" | "MaxViT";
  /** What the model is run for: inference, training (all parameters), finetuning (fineTuningMethod). Default finetuning. */
  mode?: "inference" | "training" | "finetuning";
  /** [multimodal] Width where the image is not square. 14 to 8192 pixels. Default imageResolution. */
  imageWidth?: number;
  /** [multimodal] Height where the image is not square. 14 to 8192 pixels. Default imageResolution. */
  imageHeight?: number;
  /** [multimodal] Images of a sample. 0 to 65536. Default 1. */
  imagesPerSample?: number;
  /** [multimodal] Crops of one image, where the model takes a number. 1 to 1024. Default the model's rule. */
  imageTiles?: number;
  /** [multimodal] Seconds of audio of a sample. 0 to 86400 seconds. Default 0. */
  audioSeconds?: number;
  /** [nlp, multimodal, moe] Tokens of the prompt. 1 to 10485760 tokens. Default 2048, or sequenceLength less newTokens. */
  promptLength?: number;
  /** [nlp, multimodal, moe] Tokens generated after the prompt; 0 = one forward of the prompt. With promptLength and sequenceLength (their sum) any two suffice. 0 to 10485760 tokens. Default 256. */
  newTokens?: number;
  /** [multimodal] Vision tower not trained. Default false. */
  freezeVisionEncoder?: boolean;
  /** [multimodal] Text side not trained. Default false. */
  freezeTextEncoder?: boolean;
  /** [multimodal, lora, qlora] LoRA on the vision tower. Default false. */
  loraVisionEncoder?: boolean;
  /** Width of the weights. int8 and int4 name stored weights (LLM.int8, nf4), mean qlora when no method is given and compute in bf16; cnn takes fp32, fp16, bf16. */
  precision?: "fp32" | "fp16" | "bf16" | "int8" | "int4";
  /** What is trained. Default freeze if anything frozen is named, lora if loraRank is given, qlora with int8 or int4, else full. */
  fineTuningMethod?: "full" | "lora" | "qlora" | "prefix" | "freeze";
  /** [nlp, multimodal, moe] How weights are stored. Default from precision. */
  quantization?: "none" | "int8" | "nf4" | "fp4" | "nf4-double" | "fp8" | "gptq-int4" | "awq-int4" | "mxfp4";
  /** Samples per GPU and step (the micro-batch). 1 to 65536 samples. */
  batchSize?: number;
  /** Micro-batches per optimizer step. 1 to 4096. Default 1. */
  gradientAccumulationSteps?: number;
  /** [nlp, multimodal, moe] Text tokens of a sample; image tokens come on top. 1 to 10485760 tokens. Default 2048 or the context if less; multimodal 1024, CLIP-like 77. */
  sequenceLength?: number;
  /** Optimizer; Trainer's names are taken too. */
  optimizer?: "sgd" | "sgd_momentum" | "adam" | "adamw" | "adamw_8bit" | "paged_adamw_8bit" | "paged_adamw_32bit" | "adafactor" | "lion" | "lion_8bit" | "muon" | "galore_adamw" | "rmsprop" | "lamb";
  /** Recompute activations in backward instead of keeping them. Default false, or the stack's. */
  gradientCheckpointing?: boolean;
  /** [nlp, multimodal, moe] Attention kernel. Default sdpa. */
  attentionImplementation?: "eager" | "sdpa" | "flash_attention_2";
  /** [lora, qlora] Rank of the adapters. 1 to 4096. Default 16. */
  loraRank?: number;
  /** [lora, qlora] Linear layers that get an adapter: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (mapped to the architecture's names), all-linear, the model's own names, or regular expressions over full names. Default the architecture's query and value. */
  loraTargetModules?: Array<string>;
  /** [multimodal] Side of the square image before the model's processor. 14 to 8192 pixels. Default the model's, else 336. */
  imageResolution?: number;
  /** GPUs of the run; a multiple of tensor x pipeline x context size. 1 to 65536. Default the product of the parallel sizes. */
  numGpus?: number;
  /** Catalogue GPU by id, name or usual spelling. Default none. */
  targetGpu?: string;
  /** Memory of the card where it is in no catalogue, or of a MIG slice. Above 0, at most 65536 GiB. Default none. */
  targetMemoryGiB?: number;
  /** How much the answer tells. Default standard. */
  detail?: "brief" | "standard" | "full";
}

/** Answer of calculate_multimodal_vram. */
export interface CalculateMultimodalVramAnswer {
  /** One or two sentences to act on. */
  summary: string;
  /** Memory per GPU; absent when the arguments were refused. */
  estimate?: {
    /** Bytes that must be free on each GPU: peakReservedBytes plus CUDA context and libraries. */
    totalBytes?: number;
    /** totalBytes in units of 2^30 bytes. */
    totalGiB?: number;
    /** May just run with this much. */
    lowBytes?: number;
    /** Comfortable with this much. */
    highBytes?: number;
    /** Tensors alive at the peak. */
    peakTensorBytes?: number;
    /** Blocks that those tensors take: torch.cuda.max_memory_allocated. */
    peakAllocatedBytes?: number;
    /** What the caching allocator holds for them: torch.cuda.max_memory_reserved. */
    peakReservedBytes?: number;
    /** Host memory taken by offloading and paging. */
    hostBytes?: number;
    /** load, forward (with the loss), backward, optimizer, prefill, decode, rollout or evaluation. */
    peakPhase?: string;
    /** GPUs of the run; every size is per GPU. */
    gpus?: number;
    /** What the memory is for at the peak, largest first; sums to totalBytes. */
    components?: Array<{
      id?: string;
      label?: string;
      /** weights, gradients, optimizer, activations, cache, adapters or overhead. */
      category?: string;
      bytes?: number;
      gib?: number;
      /** Share of totalBytes, 0 to 100. */
      percent?: number;
      /** Closed form of bytes over values. */
      formula?: string;
      /** The symbols of formula. */
      values?: Record<string, number>;
      note?: string;
    }>;
    /** Peak tensor bytes of each phase. */
    phases?: Array<{
      id?: string;
      bytes?: number;
      /** detail full: what the tensors are for; sums to bytes. */
      components?: Array<{
        id?: string;
        label?: string;
        category?: string;
        bytes?: number;
      }>;
    }>;
    /** Parameters and buffers resident before the first step, adapters included. */
    weightBytes?: number;
    /** Unique scalar parameters. */
    parameters?: {
      total?: number;
      trainable?: number;
      frozen?: number;
      /** Less than total only with routed experts. */
      activePerToken?: number;
    };
    /** detail full: tensors alive at the peak, largest first. */
    tensors?: Array<{
      label?: string;
      shape?: string;
      dtype?: string;
      count?: number;
      /** Of all of them. */
      bytes?: number;
    }>;
    /** detail full: what the numbers rest on. */
    notes?: Array<string>;
  };
  /** Whether it fits the GPU named by targetGpu or targetMemoryGiB. */
  target?: {
    /** Catalogue id, empty where only a size was given. */
    gpu?: string;
    count?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** Need over usable bytes of one GPU; above 1 it does not fit. */
    utilization?: number;
    /** excellent, good, acceptable, insufficient or oversized. */
    level?: string;
    /** yes, tight (the low end of the range fits) or no. */
    fits?: string;
    /** Usable less needed bytes; negative where it does not fit. */
    headroomBytes?: number;
    /** Largest batchSize that fits with everything else as it is. */
    largestBatch?: number;
    /** Largest sequenceLength that fits, up to the model's context. */
    largestSequence?: number;
  };
  /** What is wrong, unusual or better done otherwise. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
  /** What would make it fit, faster, cheaper or steadier, the best first; each measured on the changed call. */
  optimizations?: Array<{
    /** Permanent id of the move. */
    id?: string;
    /** memory, performance, cost or stability. */
    category?: string;
    /** high (does not fit the target, or cannot converge), medium (10 % of bytes, time or money, or more) or low. */
    priority?: string;
    title?: string;
    reason?: string;
    /** Patch of arguments; null removes one. */
    change?: Record<string, unknown>;
    /** totalBytes of this call. */
    before?: number;
    /** totalBytes of this call with change applied. */
    after?: number;
    /** before less after; negative where it takes more. */
    savedBytes?: number;
    /** Time and money, where both are known. */
    effect?: {
      hoursBefore?: number;
      hoursAfter?: number;
      usdBefore?: number;
      usdAfter?: number;
    };
    tradeoff?: string;
  }>;
  /** GPUs for this run, best first. */
  gpuRecommendations?: Array<{
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    /** Cards that share it. */
    count?: number;
    /** Patch of arguments that makes it the target. */
    change?: Record<string, unknown>;
    /** Nominal, of one card. */
    vramBytes?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** What each of several cards has to hold. */
    needBytes?: number;
    /** Need over usable bytes of one card. */
    utilization?: number;
    /** As in target; insufficient too where it cannot run the precision. */
    level?: string;
    fits?: string;
    /** Median on-demand price over providers, of one card; absent where not known. */
    hourlyUsd?: number;
    hourlyUsdRange?: {
      low?: number;
      high?: number;
    };
    /** Of one card; absent where not known. */
    purchaseUsd?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    runHours?: number;
    /** Rent of the whole run on demand, all cards. */
    runUsd?: number;
    /** in-production, discontinued, announced or unknown. */
    availability?: string;
    /** Of the newest quote. */
    priceDate?: string;
    /** 0 to 1: 0.40 closeness to 75 % utilization, 0.30 price, 0.15 ease (one card over many, a fabric over PCIe), 0.15 availability; 0 where insufficient. Unknown counts as average. */
    score?: number;
    why?: string;
  }>;
  /** Time and money on the GPU that was named, else on the best recommended. */
  cost?: {
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    count?: number;
    /** Floating-point operations of an optimizer step over all GPUs. */
    flopsPerStep?: number;
    /** What flopsPerStep is for. */
    flops?: {
      forward?: number;
      backward?: number;
      /** Forward once more, by checkpointing. */
      recompute?: number;
      /** Matrix products of the optimizer. */
      update?: number;
    };
    secondsPerStep?: {
      low?: number;
      high?: number;
    };
    /** Share of the dense peak that the products reach, 0 to 1. */
    utilization?: {
      low?: number;
      high?: number;
    };
    /** Language models, padding counted. */
    tokensPerSecond?: number;
    /** Models that see or hear. */
    samplesPerSecond?: number;
    /** On demand. */
    usdPerMillionTokens?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    hours?: number;
    hoursRange?: {
      low?: number;
      high?: number;
    };
    /** Of the whole run on all GPUs. */
    rentUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** One GPU for an hour, median over providers. */
    hourlyUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** With an on-demand price. */
    providers?: number;
    /** Of the newest quote. */
    priceDate?: string;
    /** Of one GPU. */
    purchaseUsd?: number;
    /** Hours of on-demand rent that cost as much as the bare card; host and power come on top of buying. */
    breakEvenHours?: number;
    /** Of the whole run, cards at their power limit, without the host. */
    energyKWh?: number;
    /** yes, tight or no. */
    fits?: string;
    why?: string;
  };
  /** formulaSet guide: the documented closed forms beside what the architecture needs. */
  comparison?: Array<{
    component?: string;
    guideBytes?: number;
    architectureBytes?: number;
    why?: string;
  }>;
  /** Values that the caller did not give. */
  assumptions?: Array<{
    argument?: string;
    /** Any JSON value. */
    value?: unknown;
    /** model, derived, default or stack. */
    origin?: string;
    why?: string;
  }>;
  /** What images cost in tokens. */
  imageTokens?: {
    /** Tokens that one image of this size takes in the sequence; 0 where the model sees images apart from it. */
    tokensPerImage?: number;
    /** Images of a sample. */
    images?: number;
    /** Text of a sample, generated tokens included. */
    textTokens?: number;
    /** The whole sequence. */
    totalTokens?: number;
    /** Tokens that the model was made for; absent where it has no limit. */
    context?: number;
    /** Context less totalTokens; negative beyond it. */
    freeTokens?: number;
    /** Images of this size that fit in the context beside the text. */
    mostImages?: number;
    /** How the size becomes tokens. */
    how?: string;
    /** Smallest image of the same aspect with which the sample exceeds the context; absent where no size up to 8192 does. */
    crosses?: {
      /** Pixels. */
      width?: number;
      /** Pixels. */
      height?: number;
      /** Of one image. */
      tokens?: number;
    };
    /** Largest image of the same aspect with which it does not. */
    largest?: {
      /** Pixels. */
      width?: number;
      /** Pixels. */
      height?: number;
      /** Of one image. */
      tokens?: number;
    };
  };
}

/** Arguments of calculate_training_vram. */
export interface CalculateTrainingVramArguments {
  /** Type of model. */
  modelType?: "nlp" | "multimodal" | "moe" | "cnn";
  /** Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. Stands in for modelSize and architectureType. */
  modelId?: string;
  /** A Hugging Face config.json as an object. Stands in for modelSize and architectureType. */
  modelConfig?: Record<string, unknown>;
  /** Total parameters in billions: all experts and the vision tower, without adapters. Needed with architectureType unless modelId or modelConfig is given. Above 0, at most 10000 billion. */
  modelSize?: number;
  /** Architecture from whose published models modelSize derives a shape. */
  architectureType?: "Transformer" | "BERT" | "GPT" | "T5" | "LLaMA" | "ChatGLM" | "Qwen" | "Mistral" | "Gemma" | "Phi" | "Phi-3" | "Falcon" | "OPT" | "BLOOM" | "GPT-NeoX" | "GPT-Neo" | "GPT-J" | "MPT" | "StarCoder2" | "GPT-BigCode" | "GLM-4" | "Baichuan" | "InternLM2" | "OLMo2" | "Cohere" | "SmolLM3" | "RoBERTa" | "DistilBERT" | "DeBERTa-v3" | "BART" | "PaLM" | "StableLM" | "CLIP" | "BLIP" | "LLaVA" | "GPT-4V" | "Gemini" | "Claude" | "Flamingo" | "SigLIP" | "BLIP-2" | "InstructBLIP" | "Qwen2-VL" | "Qwen2.5-VL" | "Qwen3-VL" | "InternVL" | "PaliGemma" | "Gemma-3-VL" | "Llama-3.2-Vision" | "Idefics" | "Idefics2" | "SmolVLM" | "Pixtral" | "Mistral3" | "MiniCPM-V" | "Whisper" | "Switch Transformer" | "GLaM" | "PaLM-2" | "DeepSeek-MoE" | "Mixtral" | "DeepSeek-V2" | "DeepSeek-V3" | "Qwen-MoE" | "OLMoE" | "LLaMA-4" | "gpt-oss" | "GLM-4.5" | "Phi-MoE" | "DBRX" | "ResNet" | "EfficientNet" | "ConvNeXt" | "RegNet" | "DenseNet" | "ResNeXt" | "WideResNet" | "EfficientNetV2" | "VGG" | "MobileNetV2" | "MobileNetV3" | "Inception" | "AlexNet" | "ViT" | "Swin" | "MNASNet" | "ShuffleNetV2" | "SqueezeNet" | "MaxViT";
  /** [nlp, multimodal, moe] Width of the residual stream. 1 to 1048576. Default the model's. */
  hiddenSize?: number;
  /** [nlp, multimodal, moe] Layers of each stack. 1 to 65536. Default the model's. */
  numLayers?: number;
  /** [nlp, multimodal, moe] Rows of the embedding. 1 to 16777216. Default the model's. */
  vocabSize?: number;
  /** [moe] Routed experts of a layer. 1 to 65536. Default the model's, else 8. */
  numExperts?: number;
  /** Width of the weights. int8 and int4 name stored weights (LLM.int8, nf4), mean qlora when no method is given and compute in bf16; cnn takes fp32, fp16, bf16. */
  precision?: "fp32" | "fp16" | "bf16" | "int8" | "int4";
  /** Where fp32 and 16-bit copies are: pure (all in precision), autocast (fp32 weights), autocast-16 (16-bit weights under autocast), master (16-bit weights and an fp32 copy). Default pure, autocast for cnn in 16 bits, or the stack's. */
  precisionMode?: "pure" | "autocast" | "autocast-16" | "master";
  /** Samples per GPU and step (the micro-batch). 1 to 65536 samples. */
  batchSize?: number;
  /** Micro-batches per optimizer step. 1 to 4096. Default 1. */
  gradientAccumulationSteps?: number;
  /** [nlp, multimodal, moe] Text tokens of a sample; image tokens come on top. 1 to 10485760 tokens. Default 2048 or the context if less; multimodal 1024, CLIP-like 77. */
  sequenceLength?: number;
  /** [multimodal] Side of the square image before the model's processor. 14 to 8192 pixels. Default the model's, else 336. */
  imageResolution?: number;
  /** [cnn] Side of the square input. 8 to 8192 pixels. Default 224. */
  inputImageSize?: number;
  /** Optimizer; Trainer's names are taken too. */
  optimizer?: "sgd" | "sgd_momentum" | "adam" | "adamw" | "adamw_8bit" | "paged_adamw_8bit" | "paged_adamw_32bit" | "adafactor" | "lion" | "lion_8bit" | "muon" | "galore_adamw" | "rmsprop" | "lamb";
  /** Recompute activations in backward instead of keeping them. Default false, or the stack's. */
  gradientCheckpointing?: boolean;
  /** [nlp, multimodal, moe] Attention kernel. Default sdpa. */
  attentionImplementation?: "eager" | "sdpa" | "flash_attention_2";
  /** [nlp, multimodal, moe] Language-model loss: standard keeps full fp32 logits; fused (Liger) and chunked (TRL) never hold them all. Default standard, or the stack's. */
  lossImplementation?: "standard" | "chunked" | "fused";
  /** Software that runs the step: it sets defaults and takes memory of its own, see stacks://all. Default pytorch. */
  trainingStack?: "pytorch" | "transformers" | "trl-sft" | "trl-dpo" | "trl-grpo" | "trl-reward" | "torchtune" | "liger" | "unsloth" | "ddp" | "fsdp2" | "fsdp1" | "deepspeed" | "megatron";
  /** GPUs of the run; a multiple of tensor x pipeline x context size. 1 to 65536. Default the product of the parallel sizes. */
  numGpus?: number;
  /** Sharding of states (1), gradients (2), weights (3). 0 to 3. Default 0. */
  zeroStage?: number;
  /** Catalogue GPU by id, name or usual spelling. Default none. */
  targetGpu?: string;
  /** Memory of the card where it is in no catalogue, or of a MIG slice. Above 0, at most 65536 GiB. Default none. */
  targetMemoryGiB?: number;
  /** How much the answer tells. Default standard. */
  detail?: "brief" | "standard" | "full";
}

/** Answer of calculate_training_vram. */
export interface CalculateTrainingVramAnswer {
  /** One or two sentences to act on. */
  summary: string;
  /** Memory per GPU; absent when the arguments were refused. */
  estimate?: {
    /** Bytes that must be free on each GPU: peakReservedBytes plus CUDA context and libraries. */
    totalBytes?: number;
    /** totalBytes in units of 2^30 bytes. */
    totalGiB?: number;
    /** May just run with this much. */
    lowBytes?: number;
    /** Comfortable with this much. */
    highBytes?: number;
    /** Tensors alive at the peak. */
    peakTensorBytes?: number;
    /** Blocks that those tensors take: torch.cuda.max_memory_allocated. */
    peakAllocatedBytes?: number;
    /** What the caching allocator holds for them: torch.cuda.max_memory_reserved. */
    peakReservedBytes?: number;
    /** Host memory taken by offloading and paging. */
    hostBytes?: number;
    /** load, forward (with the loss), backward, optimizer, prefill, decode, rollout or evaluation. */
    peakPhase?: string;
    /** GPUs of the run; every size is per GPU. */
    gpus?: number;
    /** What the memory is for at the peak, largest first; sums to totalBytes. */
    components?: Array<{
      id?: string;
      label?: string;
      /** weights, gradients, optimizer, activations, cache, adapters or overhead. */
      category?: string;
      bytes?: number;
      gib?: number;
      /** Share of totalBytes, 0 to 100. */
      percent?: number;
      /** Closed form of bytes over values. */
      formula?: string;
      /** The symbols of formula. */
      values?: Record<string, number>;
      note?: string;
    }>;
    /** Peak tensor bytes of each phase. */
    phases?: Array<{
      id?: string;
      bytes?: number;
      /** detail full: what the tensors are for; sums to bytes. */
      components?: Array<{
        id?: string;
        label?: string;
        category?: string;
        bytes?: number;
      }>;
    }>;
    /** Parameters and buffers resident before the first step, adapters included. */
    weightBytes?: number;
    /** Unique scalar parameters. */
    parameters?: {
      total?: number;
      trainable?: number;
      frozen?: number;
      /** Less than total only with routed experts. */
      activePerToken?: number;
    };
    /** detail full: tensors alive at the peak, largest first. */
    tensors?: Array<{
      label?: string;
      shape?: string;
      dtype?: string;
      count?: number;
      /** Of all of them. */
      bytes?: number;
    }>;
    /** detail full: what the numbers rest on. */
    notes?: Array<string>;
  };
  /** Whether it fits the GPU named by targetGpu or targetMemoryGiB. */
  target?: {
    /** Catalogue id, empty where only a size was given. */
    gpu?: string;
    count?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** Need over usable bytes of one GPU; above 1 it does not fit. */
    utilization?: number;
    /** excellent, good, acceptable, insufficient or oversized. */
    level?: string;
    /** yes, tight (the low end of the range fits) or no. */
    fits?: string;
    /** Usable less needed bytes; negative where it does not fit. */
    headroomBytes?: number;
    /** Largest batchSize that fits with everything else as it is. */
    largestBatch?: number;
    /** Largest sequenceLength that fits, up to the model's context. */
    largestSequence?: number;
  };
  /** What is wrong, unusual or better done otherwise. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
  /** What would make it fit, faster, cheaper or steadier, the best first; each measured on the changed call. */
  optimizations?: Array<{
    /** Permanent id of the move. */
    id?: string;
    /** memory, performance, cost or stability. */
    category?: string;
    /** high (does not fit the target, or cannot converge), medium (10 % of bytes, time or money, or more) or low. */
    priority?: string;
    title?: string;
    reason?: string;
    /** Patch of arguments; null removes one. */
    change?: Record<string, unknown>;
    /** totalBytes of this call. */
    before?: number;
    /** totalBytes of this call with change applied. */
    after?: number;
    /** before less after; negative where it takes more. */
    savedBytes?: number;
    /** Time and money, where both are known. */
    effect?: {
      hoursBefore?: number;
      hoursAfter?: number;
      usdBefore?: number;
      usdAfter?: number;
    };
    tradeoff?: string;
  }>;
  /** GPUs for this run, best first. */
  gpuRecommendations?: Array<{
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    /** Cards that share it. */
    count?: number;
    /** Patch of arguments that makes it the target. */
    change?: Record<string, unknown>;
    /** Nominal, of one card. */
    vramBytes?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** What each of several cards has to hold. */
    needBytes?: number;
    /** Need over usable bytes of one card. */
    utilization?: number;
    /** As in target; insufficient too where it cannot run the precision. */
    level?: string;
    fits?: string;
    /** Median on-demand price over providers, of one card; absent where not known. */
    hourlyUsd?: number;
    hourlyUsdRange?: {
      low?: number;
      high?: number;
    };
    /** Of one card; absent where not known. */
    purchaseUsd?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    runHours?: number;
    /** Rent of the whole run on demand, all cards. */
    runUsd?: number;
    /** in-production, discontinued, announced or unknown. */
    availability?: string;
    /** Of the newest quote. */
    priceDate?: string;
    /** 0 to 1: 0.40 closeness to 75 % utilization, 0.30 price, 0.15 ease (one card over many, a fabric over PCIe), 0.15 availability; 0 where insufficient. Unknown counts as average. */
    score?: number;
    why?: string;
  }>;
  /** Time and money on the GPU that was named, else on the best recommended. */
  cost?: {
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    count?: number;
    /** Floating-point operations of an optimizer step over all GPUs. */
    flopsPerStep?: number;
    /** What flopsPerStep is for. */
    flops?: {
      forward?: number;
      backward?: number;
      /** Forward once more, by checkpointing. */
      recompute?: number;
      /** Matrix products of the optimizer. */
      update?: number;
    };
    secondsPerStep?: {
      low?: number;
      high?: number;
    };
    /** Share of the dense peak that the products reach, 0 to 1. */
    utilization?: {
      low?: number;
      high?: number;
    };
    /** Language models, padding counted. */
    tokensPerSecond?: number;
    /** Models that see or hear. */
    samplesPerSecond?: number;
    /** On demand. */
    usdPerMillionTokens?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    hours?: number;
    hoursRange?: {
      low?: number;
      high?: number;
    };
    /** Of the whole run on all GPUs. */
    rentUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** One GPU for an hour, median over providers. */
    hourlyUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** With an on-demand price. */
    providers?: number;
    /** Of the newest quote. */
    priceDate?: string;
    /** Of one GPU. */
    purchaseUsd?: number;
    /** Hours of on-demand rent that cost as much as the bare card; host and power come on top of buying. */
    breakEvenHours?: number;
    /** Of the whole run, cards at their power limit, without the host. */
    energyKWh?: number;
    /** yes, tight or no. */
    fits?: string;
    why?: string;
  };
  /** formulaSet guide: the documented closed forms beside what the architecture needs. */
  comparison?: Array<{
    component?: string;
    guideBytes?: number;
    architectureBytes?: number;
    why?: string;
  }>;
  /** Values that the caller did not give. */
  assumptions?: Array<{
    argument?: string;
    /** Any JSON value. */
    value?: unknown;
    /** model, derived, default or stack. */
    origin?: string;
    why?: string;
  }>;
}

/** Arguments of calculate_finetuning_vram. */
export interface CalculateFinetuningVramArguments {
  /** Type of model. */
  modelType?: "nlp" | "multimodal" | "moe" | "cnn";
  /** Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. Stands in for modelSize and architectureType. */
  modelId?: string;
  /** A Hugging Face config.json as an object. Stands in for modelSize and architectureType. */
  modelConfig?: Record<string, unknown>;
  /** Total parameters in billions: all experts and the vision tower, without adapters. Needed with architectureType unless modelId or modelConfig is given. Above 0, at most 10000 billion. */
  modelSize?: number;
  /** Architecture from whose published models modelSize derives a shape. */
  architectureType?: "Transformer" | "BERT" | "GPT" | "T5" | "LLaMA" | "ChatGLM" | "Qwen" | "Mistral" | "Gemma" | "Phi" | "Phi-3" | "Falcon" | "OPT" | "BLOOM" | "GPT-NeoX" | "GPT-Neo" | "GPT-J" | "MPT" | "StarCoder2" | "GPT-BigCode" | "GLM-4" | "Baichuan" | "InternLM2" | "OLMo2" | "Cohere" | "SmolLM3" | "RoBERTa" | "DistilBERT" | "DeBERTa-v3" | "BART" | "PaLM" | "StableLM" | "CLIP" | "BLIP" | "LLaVA" | "GPT-4V" | "Gemini" | "Claude" | "Flamingo" | "SigLIP" | "BLIP-2" | "InstructBLIP" | "Qwen2-VL" | "Qwen2.5-VL" | "Qwen3-VL" | "InternVL" | "PaliGemma" | "Gemma-3-VL" | "Llama-3.2-Vision" | "Idefics" | "Idefics2" | "SmolVLM" | "Pixtral" | "Mistral3" | "MiniCPM-V" | "Whisper" | "Switch Transformer" | "GLaM" | "PaLM-2" | "DeepSeek-MoE" | "Mixtral" | "DeepSeek-V2" | "DeepSeek-V3" | "Qwen-MoE" | "OLMoE" | "LLaMA-4" | "gpt-oss" | "GLM-4.5" | "Phi-MoE" | "DBRX" | "ResNet" | "EfficientNet" | "ConvNeXt" | "RegNet" | "DenseNet" | "ResNeXt" | "WideResNet" | "EfficientNetV2" | "VGG" | "MobileNetV2" | "MobileNetV3" | "Inception" | "AlexNet" | "ViT" | "Swin" | "MNASNet" | "ShuffleNetV2" | "SqueezeNet" | "MaxViT";
  /** What is trained. Default freeze if anything frozen is named, lora if loraRank is given, qlora with int8 or int4, else full. */
  fineTuningMethod?: "full" | "lora" | "qlora" | "prefix" | "freeze";
  /** Width of the weights. int8 and int4 name stored weights (LLM.int8, nf4), mean qlora when no method is given and compute in bf16; cnn takes fp32, fp16, bf16. */
  precision?: "fp32" | "fp16" | "bf16" | "int8" | "int4";
  /** Samples per GPU and step (the micro-batch). 1 to 65536 samples. */
  batchSize?: number;
  /** [nlp, multimodal, moe] Text tokens of a sample; image tokens come on top. 1 to 10485760 tokens. Default 2048 or the context if less; multimodal 1024, CLIP-like 77. */
  sequenceLength?: number;
  /** Recompute activations in backward instead of keeping them. Default false, or the stack's. */
  gradientCheckpointing?: boolean;
  /** Optimizer; Trainer's names are taken too. */
  optimizer?: "sgd" | "sgd_momentum" | "adam" | "adamw" | "adamw_8bit" | "paged_adamw_8bit" | "paged_adamw_32bit" | "adafactor" | "lion" | "lion_8bit" | "muon" | "galore_adamw" | "rmsprop" | "lamb";
  /** [lora, qlora] Rank of the adapters. 1 to 4096. Default 16. */
  loraRank?: number;
  /** [lora, qlora] Linear layers that get an adapter: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (mapped to the architecture's names), all-linear, the model's own names, or regular expressions over full names. Default the architecture's query and value. */
  loraTargetModules?: Array<string>;
  /** [prefix] Virtual tokens of prefix tuning. 1 to 1024 tokens. Default 30. */
  prefixLength?: number;
  /** [freeze, lora, qlora] Layers frozen from the bottom of each stack, with the embeddings; 0 freezes nothing; at most numLayers. 0 to 65536 layers. Default none. */
  frozenLayers?: number;
  /** [multimodal] Side of the square image before the model's processor. 14 to 8192 pixels. Default the model's, else 336. */
  imageResolution?: number;
  /** [cnn] Side of the square input. 8 to 8192 pixels. Default 224. */
  inputImageSize?: number;
  /** Catalogue GPU by id, name or usual spelling. Default none. */
  targetGpu?: string;
  /** Memory of the card where it is in no catalogue, or of a MIG slice. Above 0, at most 65536 GiB. Default none. */
  targetMemoryGiB?: number;
  /** How much the answer tells. Default standard. */
  detail?: "brief" | "standard" | "full";
}

/** Answer of calculate_finetuning_vram. */
export interface CalculateFinetuningVramAnswer {
  /** One or two sentences to act on. */
  summary: string;
  /** Memory per GPU; absent when the arguments were refused. */
  estimate?: {
    /** Bytes that must be free on each GPU: peakReservedBytes plus CUDA context and libraries. */
    totalBytes?: number;
    /** totalBytes in units of 2^30 bytes. */
    totalGiB?: number;
    /** May just run with this much. */
    lowBytes?: number;
    /** Comfortable with this much. */
    highBytes?: number;
    /** Tensors alive at the peak. */
    peakTensorBytes?: number;
    /** Blocks that those tensors take: torch.cuda.max_memory_allocated. */
    peakAllocatedBytes?: number;
    /** What the caching allocator holds for them: torch.cuda.max_memory_reserved. */
    peakReservedBytes?: number;
    /** Host memory taken by offloading and paging. */
    hostBytes?: number;
    /** load, forward (with the loss), backward, optimizer, prefill, decode, rollout or evaluation. */
    peakPhase?: string;
    /** GPUs of the run; every size is per GPU. */
    gpus?: number;
    /** What the memory is for at the peak, largest first; sums to totalBytes. */
    components?: Array<{
      id?: string;
      label?: string;
      /** weights, gradients, optimizer, activations, cache, adapters or overhead. */
      category?: string;
      bytes?: number;
      gib?: number;
      /** Share of totalBytes, 0 to 100. */
      percent?: number;
      /** Closed form of bytes over values. */
      formula?: string;
      /** The symbols of formula. */
      values?: Record<string, number>;
      note?: string;
    }>;
    /** Peak tensor bytes of each phase. */
    phases?: Array<{
      id?: string;
      bytes?: number;
      /** detail full: what the tensors are for; sums to bytes. */
      components?: Array<{
        id?: string;
        label?: string;
        category?: string;
        bytes?: number;
      }>;
    }>;
    /** Parameters and buffers resident before the first step, adapters included. */
    weightBytes?: number;
    /** Unique scalar parameters. */
    parameters?: {
      total?: number;
      trainable?: number;
      frozen?: number;
      /** Less than total only with routed experts. */
      activePerToken?: number;
    };
    /** detail full: tensors alive at the peak, largest first. */
    tensors?: Array<{
      label?: string;
      shape?: string;
      dtype?: string;
      count?: number;
      /** Of all of them. */
      bytes?: number;
    }>;
    /** detail full: what the numbers rest on. */
    notes?: Array<string>;
  };
  /** Whether it fits the GPU named by targetGpu or targetMemoryGiB. */
  target?: {
    /** Catalogue id, empty where only a size was given. */
    gpu?: string;
    count?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** Need over usable bytes of one GPU; above 1 it does not fit. */
    utilization?: number;
    /** excellent, good, acceptable, insufficient or oversized. */
    level?: string;
    /** yes, tight (the low end of the range fits) or no. */
    fits?: string;
    /** Usable less needed bytes; negative where it does not fit. */
    headroomBytes?: number;
    /** Largest batchSize that fits with everything else as it is. */
    largestBatch?: number;
    /** Largest sequenceLength that fits, up to the model's context. */
    largestSequence?: number;
  };
  /** What is wrong, unusual or better done otherwise. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
  /** What would make it fit, faster, cheaper or steadier, the best first; each measured on the changed call. */
  optimizations?: Array<{
    /** Permanent id of the move. */
    id?: string;
    /** memory, performance, cost or stability. */
    category?: string;
    /** high (does not fit the target, or cannot converge), medium (10 % of bytes, time or money, or more) or low. */
    priority?: string;
    title?: string;
    reason?: string;
    /** Patch of arguments; null removes one. */
    change?: Record<string, unknown>;
    /** totalBytes of this call. */
    before?: number;
    /** totalBytes of this call with change applied. */
    after?: number;
    /** before less after; negative where it takes more. */
    savedBytes?: number;
    /** Time and money, where both are known. */
    effect?: {
      hoursBefore?: number;
      hoursAfter?: number;
      usdBefore?: number;
      usdAfter?: number;
    };
    tradeoff?: string;
  }>;
  /** GPUs for this run, best first. */
  gpuRecommendations?: Array<{
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    /** Cards that share it. */
    count?: number;
    /** Patch of arguments that makes it the target. */
    change?: Record<string, unknown>;
    /** Nominal, of one card. */
    vramBytes?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** What each of several cards has to hold. */
    needBytes?: number;
    /** Need over usable bytes of one card. */
    utilization?: number;
    /** As in target; insufficient too where it cannot run the precision. */
    level?: string;
    fits?: string;
    /** Median on-demand price over providers, of one card; absent where not known. */
    hourlyUsd?: number;
    hourlyUsdRange?: {
      low?: number;
      high?: number;
    };
    /** Of one card; absent where not known. */
    purchaseUsd?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    runHours?: number;
    /** Rent of the whole run on demand, all cards. */
    runUsd?: number;
    /** in-production, discontinued, announced or unknown. */
    availability?: string;
    /** Of the newest quote. */
    priceDate?: string;
    /** 0 to 1: 0.40 closeness to 75 % utilization, 0.30 price, 0.15 ease (one card over many, a fabric over PCIe), 0.15 availability; 0 where insufficient. Unknown counts as average. */
    score?: number;
    why?: string;
  }>;
  /** Time and money on the GPU that was named, else on the best recommended. */
  cost?: {
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    count?: number;
    /** Floating-point operations of an optimizer step over all GPUs. */
    flopsPerStep?: number;
    /** What flopsPerStep is for. */
    flops?: {
      forward?: number;
      backward?: number;
      /** Forward once more, by checkpointing. */
      recompute?: number;
      /** Matrix products of the optimizer. */
      update?: number;
    };
    secondsPerStep?: {
      low?: number;
      high?: number;
    };
    /** Share of the dense peak that the products reach, 0 to 1. */
    utilization?: {
      low?: number;
      high?: number;
    };
    /** Language models, padding counted. */
    tokensPerSecond?: number;
    /** Models that see or hear. */
    samplesPerSecond?: number;
    /** On demand. */
    usdPerMillionTokens?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    hours?: number;
    hoursRange?: {
      low?: number;
      high?: number;
    };
    /** Of the whole run on all GPUs. */
    rentUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** One GPU for an hour, median over providers. */
    hourlyUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** With an on-demand price. */
    providers?: number;
    /** Of the newest quote. */
    priceDate?: string;
    /** Of one GPU. */
    purchaseUsd?: number;
    /** Hours of on-demand rent that cost as much as the bare card; host and power come on top of buying. */
    breakEvenHours?: number;
    /** Of the whole run, cards at their power limit, without the host. */
    energyKWh?: number;
    /** yes, tight or no. */
    fits?: string;
    why?: string;
  };
  /** formulaSet guide: the documented closed forms beside what the architecture needs. */
  comparison?: Array<{
    component?: string;
    guideBytes?: number;
    architectureBytes?: number;
    why?: string;
  }>;
  /** Values that the caller did not give. */
  assumptions?: Array<{
    argument?: string;
    /** Any JSON value. */
    value?: unknown;
    /** model, derived, default or stack. */
    origin?: string;
    why?: string;
  }>;
}

/** Arguments of calculate_grpo_vram. */
export interface CalculateGrpoVramArguments {
  /** Type of model. */
  modelType?: "nlp" | "multimodal" | "moe" | "cnn";
  /** Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. Stands in for modelSize and architectureType. */
  modelId?: string;
  /** A Hugging Face config.json as an object. Stands in for modelSize and architectureType. */
  modelConfig?: Record<string, unknown>;
  /** Total parameters in billions: all experts and the vision tower, without adapters. Needed with architectureType unless modelId or modelConfig is given. Above 0, at most 10000 billion. */
  modelSize?: number;
  /** Architecture from whose published models modelSize derives a shape. */
  architectureType?: "Transformer" | "BERT" | "GPT" | "T5" | "LLaMA" | "ChatGLM" | "Qwen" | "Mistral" | "Gemma" | "Phi" | "Phi-3" | "Falcon" | "OPT" | "BLOOM" | "GPT-NeoX" | "GPT-Neo" | "GPT-J" | "MPT" | "StarCoder2" | "GPT-BigCode" | "GLM-4" | "Baichuan" | "InternLM2" | "OLMo2" | "Cohere" | "SmolLM3" | "RoBERTa" | "DistilBERT" | "DeBERTa-v3" | "BART" | "PaLM" | "StableLM" | "CLIP" | "BLIP" | "LLaVA" | "GPT-4V" | "Gemini" | "Claude" | "Flamingo" | "SigLIP" | "BLIP-2" | "InstructBLIP" | "Qwen2-VL" | "Qwen2.5-VL" | "Qwen3-VL" | "InternVL" | "PaliGemma" | "Gemma-3-VL" | "Llama-3.2-Vision" | "Idefics" | "Idefics2" | "SmolVLM" | "Pixtral" | "Mistral3" | "MiniCPM-V" | "Whisper" | "Switch Transformer" | "GLaM" | "PaLM-2" | "DeepSeek-MoE" | "Mixtral" | "DeepSeek-V2" | "DeepSeek-V3" | "Qwen-MoE" | "OLMoE" | "LLaMA-4" | "gpt-oss" | "GLM-4.5" | "Phi-MoE" | "DBRX" | "ResNet" | "EfficientNet" | "ConvNeXt" | "RegNet" | "DenseNet" | "ResNeXt" | "WideResNet" | "EfficientNetV2" | "VGG" | "MobileNetV2" | "MobileNetV3" | "Inception" | "AlexNet" | "ViT" | "Swin" | "MNASNet" | "ShuffleNetV2" | "SqueezeNet" | "MaxViT";
  /** [nlp, moe] How the model is aligned: grpo on its own completions, dpo and orpo on pairs, reward a reward model. Default grpo. */
  algorithm?: "grpo" | "dpo" | "orpo" | "ppo" | "reward";
  /** [nlp, moe] Tokens of a row before its completion; they are not scored. 1 to 10485760 tokens. Default 512. */
  promptLength?: number;
  /** [nlp, moe] Tokens of a completion. With promptLength and sequenceLength (their sum) any two suffice. 1 to 10485760 tokens. Default 512. */
  completionLength?: number;
  /** [nlp, moe] [grpo] Completions of one prompt; batchSize (completions) x gradientAccumulationSteps x numGpus is a multiple of it. 2 to 65536 completions. Default 8. */
  numGenerations?: number;
  /** [nlp, moe] Weight of the divergence from the reference; above 0 grpo scores completions with a reference. At least 0. Default 0. */
  beta?: number;
  /** [nlp, moe] Keep a second, frozen copy of the weights. Without one adapters are switched off for the reference; dpo without either has its log-probabilities computed before. Default true where beta > 0, or dpo, without adapters. */
  referenceModel?: boolean;
  /** [nlp, moe] [grpo] Who writes completions: the model itself (transformers), a vLLM engine in the same process (vllm-colocate), or one on other GPUs (vllm-server). Default transformers. */
  rollout?: "transformers" | "vllm-colocate" | "vllm-server";
  /** [nlp, moe] [vllm-colocate] Share of the card's memory that the engine takes. Above 0, at most 1. Default 0.3. */
  gpuMemoryUtilization?: number;
  /** Width of the weights. int8 and int4 name stored weights (LLM.int8, nf4), mean qlora when no method is given and compute in bf16; cnn takes fp32, fp16, bf16. */
  precision?: "fp32" | "fp16" | "bf16" | "int8" | "int4";
  /** What is trained. Default freeze if anything frozen is named, lora if loraRank is given, qlora with int8 or int4, else full. */
  fineTuningMethod?: "full" | "lora" | "qlora" | "prefix" | "freeze";
  /** How frozen weights are stored. Default from precision and method. */
  quantization?: "none" | "int8" | "nf4" | "fp4" | "nf4-double";
  /** Samples per GPU and step (the micro-batch). 1 to 65536 samples. */
  batchSize?: number;
  /** Micro-batches per optimizer step. 1 to 4096. Default 1. */
  gradientAccumulationSteps?: number;
  /** [nlp, multimodal, moe] Text tokens of a sample; image tokens come on top. 1 to 10485760 tokens. Default 2048 or the context if less; multimodal 1024, CLIP-like 77. */
  sequenceLength?: number;
  /** Optimizer; Trainer's names are taken too. */
  optimizer?: "sgd" | "sgd_momentum" | "adam" | "adamw" | "adamw_8bit" | "paged_adamw_8bit" | "paged_adamw_32bit" | "adafactor" | "lion" | "lion_8bit" | "muon" | "galore_adamw" | "rmsprop" | "lamb";
  /** Recompute activations in backward instead of keeping them. Default false, or the stack's. */
  gradientCheckpointing?: boolean;
  /** [nlp, multimodal, moe] Attention kernel. Default sdpa. */
  attentionImplementation?: "eager" | "sdpa" | "flash_attention_2";
  /** [lora, qlora] Rank of the adapters. 1 to 4096. Default 16. */
  loraRank?: number;
  /** [lora, qlora] Linear layers that get an adapter: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (mapped to the architecture's names), all-linear, the model's own names, or regular expressions over full names. Default the architecture's query and value. */
  loraTargetModules?: Array<string>;
  /** Software that runs the step: it sets defaults and takes memory of its own, see stacks://all. Default pytorch. */
  trainingStack?: "pytorch" | "transformers" | "trl-sft" | "trl-dpo" | "trl-grpo" | "trl-reward" | "torchtune" | "liger" | "unsloth" | "ddp" | "fsdp2" | "fsdp1" | "deepspeed" | "megatron";
  /** GPUs of the run; a multiple of tensor x pipeline x context size. 1 to 65536. Default the product of the parallel sizes. */
  numGpus?: number;
  /** Catalogue GPU by id, name or usual spelling. Default none. */
  targetGpu?: string;
  /** Memory of the card where it is in no catalogue, or of a MIG slice. Above 0, at most 65536 GiB. Default none. */
  targetMemoryGiB?: number;
  /** How much the answer tells. Default standard. */
  detail?: "brief" | "standard" | "full";
}

/** Answer of calculate_grpo_vram. */
export interface CalculateGrpoVramAnswer {
  /** One or two sentences to act on. */
  summary: string;
  /** Memory per GPU; absent when the arguments were refused. */
  estimate?: {
    /** Bytes that must be free on each GPU: peakReservedBytes plus CUDA context and libraries. */
    totalBytes?: number;
    /** totalBytes in units of 2^30 bytes. */
    totalGiB?: number;
    /** May just run with this much. */
    lowBytes?: number;
    /** Comfortable with this much. */
    highBytes?: number;
    /** Tensors alive at the peak. */
    peakTensorBytes?: number;
    /** Blocks that those tensors take: torch.cuda.max_memory_allocated. */
    peakAllocatedBytes?: number;
    /** What the caching allocator holds for them: torch.cuda.max_memory_reserved. */
    peakReservedBytes?: number;
    /** Host memory taken by offloading and paging. */
    hostBytes?: number;
    /** load, forward (with the loss), backward, optimizer, prefill, decode, rollout or evaluation. */
    peakPhase?: string;
    /** GPUs of the run; every size is per GPU. */
    gpus?: number;
    /** What the memory is for at the peak, largest first; sums to totalBytes. */
    components?: Array<{
      id?: string;
      label?: string;
      /** weights, gradients, optimizer, activations, cache, adapters or overhead. */
      category?: string;
      bytes?: number;
      gib?: number;
      /** Share of totalBytes, 0 to 100. */
      percent?: number;
      /** Closed form of bytes over values. */
      formula?: string;
      /** The symbols of formula. */
      values?: Record<string, number>;
      note?: string;
    }>;
    /** Peak tensor bytes of each phase. */
    phases?: Array<{
      id?: string;
      bytes?: number;
      /** detail full: what the tensors are for; sums to bytes. */
      components?: Array<{
        id?: string;
        label?: string;
        category?: string;
        bytes?: number;
      }>;
    }>;
    /** Parameters and buffers resident before the first step, adapters included. */
    weightBytes?: number;
    /** Unique scalar parameters. */
    parameters?: {
      total?: number;
      trainable?: number;
      frozen?: number;
      /** Less than total only with routed experts. */
      activePerToken?: number;
    };
    /** detail full: tensors alive at the peak, largest first. */
    tensors?: Array<{
      label?: string;
      shape?: string;
      dtype?: string;
      count?: number;
      /** Of all of them. */
      bytes?: number;
    }>;
    /** detail full: what the numbers rest on. */
    notes?: Array<string>;
  };
  /** Whether it fits the GPU named by targetGpu or targetMemoryGiB. */
  target?: {
    /** Catalogue id, empty where only a size was given. */
    gpu?: string;
    count?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** Need over usable bytes of one GPU; above 1 it does not fit. */
    utilization?: number;
    /** excellent, good, acceptable, insufficient or oversized. */
    level?: string;
    /** yes, tight (the low end of the range fits) or no. */
    fits?: string;
    /** Usable less needed bytes; negative where it does not fit. */
    headroomBytes?: number;
    /** Largest batchSize that fits with everything else as it is. */
    largestBatch?: number;
    /** Largest sequenceLength that fits, up to the model's context. */
    largestSequence?: number;
  };
  /** What is wrong, unusual or better done otherwise. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
  /** What would make it fit, faster, cheaper or steadier, the best first; each measured on the changed call. */
  optimizations?: Array<{
    /** Permanent id of the move. */
    id?: string;
    /** memory, performance, cost or stability. */
    category?: string;
    /** high (does not fit the target, or cannot converge), medium (10 % of bytes, time or money, or more) or low. */
    priority?: string;
    title?: string;
    reason?: string;
    /** Patch of arguments; null removes one. */
    change?: Record<string, unknown>;
    /** totalBytes of this call. */
    before?: number;
    /** totalBytes of this call with change applied. */
    after?: number;
    /** before less after; negative where it takes more. */
    savedBytes?: number;
    /** Time and money, where both are known. */
    effect?: {
      hoursBefore?: number;
      hoursAfter?: number;
      usdBefore?: number;
      usdAfter?: number;
    };
    tradeoff?: string;
  }>;
  /** GPUs for this run, best first. */
  gpuRecommendations?: Array<{
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    /** Cards that share it. */
    count?: number;
    /** Patch of arguments that makes it the target. */
    change?: Record<string, unknown>;
    /** Nominal, of one card. */
    vramBytes?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** What each of several cards has to hold. */
    needBytes?: number;
    /** Need over usable bytes of one card. */
    utilization?: number;
    /** As in target; insufficient too where it cannot run the precision. */
    level?: string;
    fits?: string;
    /** Median on-demand price over providers, of one card; absent where not known. */
    hourlyUsd?: number;
    hourlyUsdRange?: {
      low?: number;
      high?: number;
    };
    /** Of one card; absent where not known. */
    purchaseUsd?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    runHours?: number;
    /** Rent of the whole run on demand, all cards. */
    runUsd?: number;
    /** in-production, discontinued, announced or unknown. */
    availability?: string;
    /** Of the newest quote. */
    priceDate?: string;
    /** 0 to 1: 0.40 closeness to 75 % utilization, 0.30 price, 0.15 ease (one card over many, a fabric over PCIe), 0.15 availability; 0 where insufficient. Unknown counts as average. */
    score?: number;
    why?: string;
  }>;
  /** Time and money on the GPU that was named, else on the best recommended. */
  cost?: {
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    count?: number;
    /** Floating-point operations of an optimizer step over all GPUs. */
    flopsPerStep?: number;
    /** What flopsPerStep is for. */
    flops?: {
      forward?: number;
      backward?: number;
      /** Forward once more, by checkpointing. */
      recompute?: number;
      /** Matrix products of the optimizer. */
      update?: number;
    };
    secondsPerStep?: {
      low?: number;
      high?: number;
    };
    /** Share of the dense peak that the products reach, 0 to 1. */
    utilization?: {
      low?: number;
      high?: number;
    };
    /** Language models, padding counted. */
    tokensPerSecond?: number;
    /** Models that see or hear. */
    samplesPerSecond?: number;
    /** On demand. */
    usdPerMillionTokens?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    hours?: number;
    hoursRange?: {
      low?: number;
      high?: number;
    };
    /** Of the whole run on all GPUs. */
    rentUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** One GPU for an hour, median over providers. */
    hourlyUsd?: {
      onDemand?: number;
      spot?: number;
    };
    /** With an on-demand price. */
    providers?: number;
    /** Of the newest quote. */
    priceDate?: string;
    /** Of one GPU. */
    purchaseUsd?: number;
    /** Hours of on-demand rent that cost as much as the bare card; host and power come on top of buying. */
    breakEvenHours?: number;
    /** Of the whole run, cards at their power limit, without the host. */
    energyKWh?: number;
    /** yes, tight or no. */
    fits?: string;
    why?: string;
  };
  /** formulaSet guide: the documented closed forms beside what the architecture needs. */
  comparison?: Array<{
    component?: string;
    guideBytes?: number;
    architectureBytes?: number;
    why?: string;
  }>;
  /** Values that the caller did not give. */
  assumptions?: Array<{
    argument?: string;
    /** Any JSON value. */
    value?: unknown;
    /** model, derived, default or stack. */
    origin?: string;
    why?: string;
  }>;
}

/** Arguments of recommend_gpu. */
export interface RecommendGpuArguments {
  /** Type of model. */
  modelType?: "nlp" | "multimodal" | "moe" | "cnn";
  /** Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. Stands in for modelSize and architectureType. */
  modelId?: string;
  /** A Hugging Face config.json as an object. Stands in for modelSize and architectureType. */
  modelConfig?: Record<string, unknown>;
  /** Total parameters in billions: all experts and the vision tower, without adapters. Needed with architectureType unless modelId or modelConfig is given. Above 0, at most 10000 billion. */
  modelSize?: number;
  /** Architecture from whose published models modelSize derives a shape. */
  architectureType?: "Transformer" | "BERT" | "GPT" | "T5" | "LLaMA" | "ChatGLM" | "Qwen" | "Mistral" | "Gemma" | "Phi" | "Phi-3" | "Falcon" | "OPT" | "BLOOM" | "GPT-NeoX" | "GPT-Neo" | "GPT-J" | "MPT" | "StarCoder2" | "GPT-BigCode" | "GLM-4" | "Baichuan" | "InternLM2" | "OLMo2" | "Cohere" | "SmolLM3" | "RoBERTa" | "DistilBERT" | "DeBERTa-v3" | "BART" | "PaLM" | "StableLM" | "CLIP" | "BLIP" | "LLaVA" | "GPT-4V" | "Gemini" | "Claude" | "Flamingo" | "SigLIP" | "BLIP-2" | "InstructBLIP" | "Qwen2-VL" | "Qwen2.5-VL" | "Qwen3-VL" | "InternVL" | "PaliGemma" | "Gemma-3-VL" | "Llama-3.2-Vision" | "Idefics" | "Idefics2" | "SmolVLM" | "Pixtral" | "Mistral3" | "MiniCPM-V" | "Whisper" | "Switch Transformer" | "GLaM" | "PaLM-2" | "DeepSeek-MoE" | "Mixtral" | "DeepSeek-V2" | "DeepSeek-V3" | "Qwen-MoE" | "OLMoE" | "LLaMA-4" | "gpt-oss" | "GLM-4.5" | "Phi-MoE" | "DBRX" | "ResNet" | "EfficientNet" | "ConvNeXt" | "RegNet" | "DenseNet" | "ResNeXt" | "WideResNet" | "EfficientNetV2" | "VGG" | "MobileNetV2" | "MobileNetV3" | "Inception" | "AlexNet" | "ViT" | "Swin" | "MNASNet" | "ShuffleNetV2" | "SqueezeNet" | "MaxViT";
  /** Memory that must be free, with one CUDA context; spread over several GPUs it is sharded evenly. Above 0, at most 1048576 GiB. Default estimated from the workload. */
  neededGiB?: number;
  /** Number format that the GPU must run; int8 and int4 are stored weights; tf32, fp8 and fp4 with neededGiB. Default bf16. */
  precision?: "fp32" | "tf32" | "fp16" | "bf16" | "fp8" | "fp4" | "int8" | "int4";
  /** Fewest GPUs. 1 to 65536. Default 1. */
  minCount?: number;
  /** Most GPUs. 1 to 65536. Default as many as it takes. */
  maxCount?: number;
  /** Recommend only GPUs up to this price. Above 0 USD per hour. Default none. */
  maxHourlyUsd?: number;
  /** Recommend only GPUs up to this price. Above 0 USD. Default none. */
  maxPurchaseUsd?: number;
  /** Recommend only these vendors. Default those of torch.cuda: NVIDIA, AMD. */
  gpuVendors?: Array<"NVIDIA" | "AMD" | "Intel" | "Apple" | "Google">;
  /** Recommend only these segments. Default all. */
  gpuSegments?: Array<"consumer" | "workstation" | "datacenter" | "edge">;
  /** What is trained. Default freeze if anything frozen is named, lora if loraRank is given, qlora with int8 or int4, else full. */
  fineTuningMethod?: "full" | "lora" | "qlora" | "prefix" | "freeze";
  /** How frozen weights are stored. Default from precision and method. */
  quantization?: "none" | "int8" | "nf4" | "fp4" | "nf4-double";
  /** Samples per GPU and step (the micro-batch). 1 to 65536 samples. */
  batchSize?: number;
  /** Micro-batches per optimizer step. 1 to 4096. Default 1. */
  gradientAccumulationSteps?: number;
  /** [nlp, multimodal, moe] Text tokens of a sample; image tokens come on top. 1 to 10485760 tokens. Default 2048 or the context if less; multimodal 1024, CLIP-like 77. */
  sequenceLength?: number;
  /** Optimizer; Trainer's names are taken too. */
  optimizer?: "sgd" | "sgd_momentum" | "adam" | "adamw" | "adamw_8bit" | "paged_adamw_8bit" | "paged_adamw_32bit" | "adafactor" | "lion" | "lion_8bit" | "muon" | "galore_adamw" | "rmsprop" | "lamb";
  /** Recompute activations in backward instead of keeping them. Default false, or the stack's. */
  gradientCheckpointing?: boolean;
  /** [nlp, multimodal, moe] Attention kernel. Default sdpa. */
  attentionImplementation?: "eager" | "sdpa" | "flash_attention_2";
  /** [nlp, multimodal, moe] Language-model loss: standard keeps full fp32 logits; fused (Liger) and chunked (TRL) never hold them all. Default standard, or the stack's. */
  lossImplementation?: "standard" | "chunked" | "fused";
  /** [lora, qlora] Rank of the adapters. 1 to 4096. Default 16. */
  loraRank?: number;
  /** [lora, qlora] Linear layers that get an adapter: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (mapped to the architecture's names), all-linear, the model's own names, or regular expressions over full names. Default the architecture's query and value. */
  loraTargetModules?: Array<string>;
  /** [multimodal] Side of the square image before the model's processor. 14 to 8192 pixels. Default the model's, else 336. */
  imageResolution?: number;
  /** [cnn] Side of the square input. 8 to 8192 pixels. Default 224. */
  inputImageSize?: number;
  /** Software that runs the step: it sets defaults and takes memory of its own, see stacks://all. Default pytorch. */
  trainingStack?: "pytorch" | "transformers" | "trl-sft" | "trl-dpo" | "trl-grpo" | "trl-reward" | "torchtune" | "liger" | "unsloth" | "ddp" | "fsdp2" | "fsdp1" | "deepspeed" | "megatron";
  /** GPUs of the run; a multiple of tensor x pipeline x context size. 1 to 65536. Default the product of the parallel sizes. */
  numGpus?: number;
  /** Sharding of states (1), gradients (2), weights (3). 0 to 3. Default 0. */
  zeroStage?: number;
  /** Catalogue GPU by id, name or usual spelling. Default none. */
  targetGpu?: string;
  /** Memory of the card where it is in no catalogue, or of a MIG slice. Above 0, at most 65536 GiB. Default none. */
  targetMemoryGiB?: number;
  /** How much the answer tells. Default standard. */
  detail?: "brief" | "standard" | "full";
}

/** Answer of recommend_gpu. */
export interface RecommendGpuAnswer {
  /** One or two sentences to act on. */
  summary: string;
  /** What one GPU would have to hold. */
  need?: {
    totalBytes?: number;
    totalGiB?: number;
    /** May just run with this much. */
    lowBytes?: number;
    /** Comfortable with this much. */
    highBytes?: number;
    /** What the GPU must run. */
    precision?: string;
    /** given, or estimated from the workload. */
    origin?: string;
    /** What is known of several GPUs. */
    sharding?: string;
  };
  /** Whether it fits the GPU named by targetGpu or targetMemoryGiB. */
  target?: {
    /** Catalogue id, empty where only a size was given. */
    gpu?: string;
    count?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** Need over usable bytes of one GPU; above 1 it does not fit. */
    utilization?: number;
    /** excellent, good, acceptable, insufficient or oversized. */
    level?: string;
    /** yes, tight (the low end of the range fits) or no. */
    fits?: string;
    /** Usable less needed bytes; negative where it does not fit. */
    headroomBytes?: number;
    /** Largest batchSize that fits with everything else as it is. */
    largestBatch?: number;
    /** Largest sequenceLength that fits, up to the model's context. */
    largestSequence?: number;
  };
  /** What is wrong, unusual or better done otherwise. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
  /** Best first: the five best that run it, or with detail full every card that passes the filters. */
  gpuRecommendations?: Array<{
    /** Catalogue id. */
    gpu?: string;
    name?: string;
    /** Cards that share it. */
    count?: number;
    /** Patch of arguments that makes it the target. */
    change?: Record<string, unknown>;
    /** Nominal, of one card. */
    vramBytes?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** What each of several cards has to hold. */
    needBytes?: number;
    /** Need over usable bytes of one card. */
    utilization?: number;
    /** As in target; insufficient too where it cannot run the precision. */
    level?: string;
    fits?: string;
    /** Median on-demand price over providers, of one card; absent where not known. */
    hourlyUsd?: number;
    hourlyUsdRange?: {
      low?: number;
      high?: number;
    };
    /** Of one card; absent where not known. */
    purchaseUsd?: number;
    /** Of the whole run; needs datasetSamples or datasetTokens. */
    runHours?: number;
    /** Rent of the whole run on demand, all cards. */
    runUsd?: number;
    /** in-production, discontinued, announced or unknown. */
    availability?: string;
    /** Of the newest quote. */
    priceDate?: string;
    /** 0 to 1: 0.40 closeness to 75 % utilization, 0.30 price, 0.15 ease (one card over many, a fabric over PCIe), 0.15 availability; 0 where insufficient. Unknown counts as average. */
    score?: number;
    why?: string;
  }>;
  /** Values that the caller did not give. */
  assumptions?: Array<{
    argument?: string;
    /** Any JSON value. */
    value?: unknown;
    /** model, derived, default or stack. */
    origin?: string;
    why?: string;
  }>;
}

/** Arguments of analyze_cost. */
export interface AnalyzeCostArguments {
  /** Type of model. */
  modelType?: "nlp" | "multimodal" | "moe" | "cnn";
  /** Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. Stands in for modelSize and architectureType. */
  modelId?: string;
  /** A Hugging Face config.json as an object. Stands in for modelSize and architectureType. */
  modelConfig?: Record<string, unknown>;
  /** Total parameters in billions: all experts and the vision tower, without adapters. Needed with architectureType unless modelId or modelConfig is given. Above 0, at most 10000 billion. */
  modelSize?: number;
  /** Architecture from whose published models modelSize derives a shape. */
  architectureType?: "Transformer" | "BERT" | "GPT" | "T5" | "LLaMA" | "ChatGLM" | "Qwen" | "Mistral" | "Gemma" | "Phi" | "Phi-3" | "Falcon" | "OPT" | "BLOOM" | "GPT-NeoX" | "GPT-Neo" | "GPT-J" | "MPT" | "StarCoder2" | "GPT-BigCode" | "GLM-4" | "Baichuan" | "InternLM2" | "OLMo2" | "Cohere" | "SmolLM3" | "RoBERTa" | "DistilBERT" | "DeBERTa-v3" | "BART" | "PaLM" | "StableLM" | "CLIP" | "BLIP" | "LLaVA" | "GPT-4V" | "Gemini" | "Claude" | "Flamingo" | "SigLIP" | "BLIP-2" | "InstructBLIP" | "Qwen2-VL" | "Qwen2.5-VL" | "Qwen3-VL" | "InternVL" | "PaliGemma" | "Gemma-3-VL" | "Llama-3.2-Vision" | "Idefics" | "Idefics2" | "SmolVLM" | "Pixtral" | "Mistral3" | "MiniCPM-V" | "Whisper" | "Switch Transformer" | "GLaM" | "PaLM-2" | "DeepSeek-MoE" | "Mixtral" | "DeepSeek-V2" | "DeepSeek-V3" | "Qwen-MoE" | "OLMoE" | "LLaMA-4" | "gpt-oss" | "GLM-4.5" | "Phi-MoE" | "DBRX" | "ResNet" | "EfficientNet" | "ConvNeXt" | "RegNet" | "DenseNet" | "ResNeXt" | "WideResNet" | "EfficientNetV2" | "VGG" | "MobileNetV2" | "MobileNetV3" | "Inception" | "AlexNet" | "ViT" | "Swin" | "MNASNet" | "ShuffleNetV2" | "SqueezeNet" | "MaxViT";
  /** Catalogue GPU by id, name or usual spelling. Default none. */
  targetGpu?: string;
  /** GPUs of the run; a multiple of tensor x pipeline x context size. 1 to 65536. Default the product of the parallel sizes. */
  numGpus?: number;
  /** Samples of the data set, for hours and cost. Above 0. Default none. */
  datasetSamples?: number;
  /** Tokens of the data set, for hours and cost. Above 0. Default none. */
  datasetTokens?: number;
  /** Passes over the data. Above 0, at most 10000 epochs. */
  trainingEpochs?: number;
  /** Recommend only GPUs up to this price. Above 0 USD per hour. Default none. */
  maxHourlyUsd?: number;
  /** Recommend only GPUs up to this price. Above 0 USD. Default none. */
  maxPurchaseUsd?: number;
  /** Recommend only these vendors. Default those of torch.cuda: NVIDIA, AMD. */
  gpuVendors?: Array<"NVIDIA" | "AMD" | "Intel" | "Apple" | "Google">;
  /** Recommend only these segments. Default all. */
  gpuSegments?: Array<"consumer" | "workstation" | "datacenter" | "edge">;
  /** Width of the weights. int8 and int4 name stored weights (LLM.int8, nf4), mean qlora when no method is given and compute in bf16; cnn takes fp32, fp16, bf16. */
  precision?: "fp32" | "fp16" | "bf16" | "int8" | "int4";
  /** What is trained. Default freeze if anything frozen is named, lora if loraRank is given, qlora with int8 or int4, else full. */
  fineTuningMethod?: "full" | "lora" | "qlora" | "prefix" | "freeze";
  /** How frozen weights are stored. Default from precision and method. */
  quantization?: "none" | "int8" | "nf4" | "fp4" | "nf4-double";
  /** Samples per GPU and step (the micro-batch). 1 to 65536 samples. */
  batchSize?: number;
  /** Micro-batches per optimizer step. 1 to 4096. Default 1. */
  gradientAccumulationSteps?: number;
  /** [nlp, multimodal, moe] Text tokens of a sample; image tokens come on top. 1 to 10485760 tokens. Default 2048 or the context if less; multimodal 1024, CLIP-like 77. */
  sequenceLength?: number;
  /** Optimizer; Trainer's names are taken too. */
  optimizer?: "sgd" | "sgd_momentum" | "adam" | "adamw" | "adamw_8bit" | "paged_adamw_8bit" | "paged_adamw_32bit" | "adafactor" | "lion" | "lion_8bit" | "muon" | "galore_adamw" | "rmsprop" | "lamb";
  /** Recompute activations in backward instead of keeping them. Default false, or the stack's. */
  gradientCheckpointing?: boolean;
  /** [nlp, multimodal, moe] Attention kernel. Default sdpa. */
  attentionImplementation?: "eager" | "sdpa" | "flash_attention_2";
  /** [nlp, multimodal, moe] Language-model loss: standard keeps full fp32 logits; fused (Liger) and chunked (TRL) never hold them all. Default standard, or the stack's. */
  lossImplementation?: "standard" | "chunked" | "fused";
  /** [lora, qlora] Rank of the adapters. 1 to 4096. Default 16. */
  loraRank?: number;
  /** [lora, qlora] Linear layers that get an adapter: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (mapped to the architecture's names), all-linear, the model's own names, or regular expressions over full names. Default the architecture's query and value. */
  loraTargetModules?: Array<string>;
  /** [multimodal] Side of the square image before the model's processor. 14 to 8192 pixels. Default the model's, else 336. */
  imageResolution?: number;
  /** [cnn] Side of the square input. 8 to 8192 pixels. Default 224. */
  inputImageSize?: number;
  /** Software that runs the step: it sets defaults and takes memory of its own, see stacks://all. Default pytorch. */
  trainingStack?: "pytorch" | "transformers" | "trl-sft" | "trl-dpo" | "trl-grpo" | "trl-reward" | "torchtune" | "liger" | "unsloth" | "ddp" | "fsdp2" | "fsdp1" | "deepspeed" | "megatron";
  /** Sharding of states (1), gradients (2), weights (3). 0 to 3. Default 0. */
  zeroStage?: number;
  /** Memory of the card where it is in no catalogue, or of a MIG slice. Above 0, at most 65536 GiB. Default none. */
  targetMemoryGiB?: number;
  /** How much the answer tells. Default standard. */
  detail?: "brief" | "standard" | "full";
}

/** Answer of analyze_cost. */
export interface AnalyzeCostAnswer {
  /** One or two sentences to act on. */
  summary: string;
  /** On the GPU that was named: one object. Where none was: a list over the GPUs that hold the run, cheapest first. */
  cost?: unknown;
  /** Whether it fits the GPU named by targetGpu or targetMemoryGiB. */
  target?: {
    /** Catalogue id, empty where only a size was given. */
    gpu?: string;
    count?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** Need over usable bytes of one GPU; above 1 it does not fit. */
    utilization?: number;
    /** excellent, good, acceptable, insufficient or oversized. */
    level?: string;
    /** yes, tight (the low end of the range fits) or no. */
    fits?: string;
    /** Usable less needed bytes; negative where it does not fit. */
    headroomBytes?: number;
    /** Largest batchSize that fits with everything else as it is. */
    largestBatch?: number;
    /** Largest sequenceLength that fits, up to the model's context. */
    largestSequence?: number;
  };
  /** What is wrong, unusual or better done otherwise. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
  /** Values that the caller did not give. */
  assumptions?: Array<{
    argument?: string;
    /** Any JSON value. */
    value?: unknown;
    /** model, derived, default or stack. */
    origin?: string;
    why?: string;
  }>;
}

/** Arguments of compare_configurations. */
export interface CompareConfigurationsArguments {
  /** Configurations, each an object of the arguments of calculate_advanced_finetuning_vram with a name; all but the model has a default. */
  configurations: Array<Record<string, unknown>>;
  /** How much the answer tells. Default standard. */
  detail?: "brief" | "standard" | "full";
  /** Language of the prose. Default en. */
  language?: "en" | "zh";
}

/** Answer of compare_configurations. */
export interface CompareConfigurationsAnswer {
  /** Which needs least, which most, and what makes the difference. */
  summary: string;
  /** The configurations in the order in which they were sent. */
  rows?: Array<{
    name?: string;
    /** Bytes that must be free on each GPU. */
    totalBytes?: number;
    totalGiB?: number;
    lowBytes?: number;
    highBytes?: number;
    peakPhase?: string;
    gpus?: number;
    components?: Array<{
      id?: string;
      label?: string;
      /** weights, gradients, optimizer, activations, cache, adapters or overhead. */
      category?: string;
      bytes?: number;
      gib?: number;
      /** Share of totalBytes, 0 to 100. */
      percent?: number;
      /** Closed form of bytes over values. */
      formula?: string;
      /** The symbols of formula. */
      values?: Record<string, number>;
      note?: string;
    }>;
    parameters?: {
      total?: number;
      trainable?: number;
      frozen?: number;
      /** Less than total only with routed experts. */
      activePerToken?: number;
    };
    /** Whether it fits the GPU that it names: yes, tight or no. */
    fits?: string;
    /** Time and money on the GPU that it names. */
    cost?: {
      /** Catalogue id. */
      gpu?: string;
      name?: string;
      count?: number;
      /** Floating-point operations of an optimizer step over all GPUs. */
      flopsPerStep?: number;
      /** What flopsPerStep is for. */
      flops?: {
        forward?: number;
        backward?: number;
        /** Forward once more, by checkpointing. */
        recompute?: number;
        /** Matrix products of the optimizer. */
        update?: number;
      };
      secondsPerStep?: {
        low?: number;
        high?: number;
      };
      /** Share of the dense peak that the products reach, 0 to 1. */
      utilization?: {
        low?: number;
        high?: number;
      };
      /** Language models, padding counted. */
      tokensPerSecond?: number;
      /** Models that see or hear. */
      samplesPerSecond?: number;
      /** On demand. */
      usdPerMillionTokens?: number;
      /** Of the whole run; needs datasetSamples or datasetTokens. */
      hours?: number;
      hoursRange?: {
        low?: number;
        high?: number;
      };
      /** Of the whole run on all GPUs. */
      rentUsd?: {
        onDemand?: number;
        spot?: number;
      };
      /** One GPU for an hour, median over providers. */
      hourlyUsd?: {
        onDemand?: number;
        spot?: number;
      };
      /** With an on-demand price. */
      providers?: number;
      /** Of the newest quote. */
      priceDate?: string;
      /** Of one GPU. */
      purchaseUsd?: number;
      /** Hours of on-demand rent that cost as much as the bare card; host and power come on top of buying. */
      breakEvenHours?: number;
      /** Of the whole run, cards at their power limit, without the host. */
      energyKWh?: number;
      /** yes, tight or no. */
      fits?: string;
      why?: string;
    };
    /** detail full: values that the caller did not give. */
    assumptions?: Array<{
      argument?: string;
      /** Any JSON value. */
      value?: unknown;
      /** model, derived, default or stack. */
      origin?: string;
      why?: string;
    }>;
  }>;
  /** Arguments that differ, those that move most bytes first; the arguments that define the model go together. */
  differences?: Array<{
    arguments?: Array<string>;
    /** For each configuration, in their order. */
    cells?: Array<{
      name?: string;
      /** By argument; null where it has none. */
      values?: Record<string, unknown>;
      /** totalBytes of the first configuration with these values, less without; absent for the first, and where it cannot run so. */
      movesBytes?: number;
    }>;
  }>;
  /** What is wrong, unusual or better done otherwise in any of them. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
}

/** Arguments of describe_model. */
export interface DescribeModelArguments {
  /** Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. A name that no model has is searched for. */
  modelId?: string;
  /** A Hugging Face config.json as an object, instead of modelId. */
  modelConfig?: Record<string, unknown>;
}

/** Answer of describe_model. */
export interface DescribeModelAnswer {
  /** The model in a sentence, or what is near the name. */
  summary: string;
  /** Absent where no model has the name. */
  model?: {
    /** Catalogue id; empty for a pasted config.json. */
    id?: string;
    name?: string;
    huggingFaceId?: string;
    /** nlp, multimodal, moe or cnn. */
    modelType?: string;
    architectureType?: string;
    /** False where the maker never published a shape; then there are no figures. */
    disclosed?: boolean;
    /** Dimensions under the names of the arguments that change them. */
    shape?: {
      hiddenSize?: number;
      /** Of the encoder where there are two stacks. */
      numLayers?: number;
      decoderLayers?: number;
      numAttentionHeads?: number;
      numKeyValueHeads?: number;
      headDim?: number;
      intermediateSize?: number;
      vocabSize?: number;
      tieWordEmbeddings?: boolean;
      positionEncodingType?: string;
      norm?: string;
      activation?: string;
      slidingWindow?: number;
      /** Every n-th layer sees all tokens, the others a window. */
      windowPattern?: number;
      queryLatentRank?: number;
      keyValueLatentRank?: number;
      numExperts?: number;
      numActiveExperts?: number;
      numSharedExperts?: number;
      moeIntermediateSize?: number;
      firstDenseLayers?: number;
      moeLayerFrequency?: number;
      visionEncoderType?: string;
      visionFeatureDim?: number;
      visionLayers?: number;
      visionHeads?: number;
      visionIntermediateSize?: number;
      patchSize?: number;
      imageResolution?: number;
      /** Of one image or tile, where the model fixes it. */
      imageTokens?: number;
      modalFusionStrategy?: string;
      /** torchvision or timm. */
      library?: string;
      /** The library's own name. */
      network?: string;
      inputImageSize?: number;
      classificationHeadDim?: number;
      crossAttentionLayers?: number;
    };
    /** Counted on the model's own tensors; absent where the architecture is not modelled. */
    parameters?: {
      total?: number;
      /** Less than total only with routed experts. */
      activePerToken?: number;
      /** By component, as estimates name them. */
      parts?: Array<{
        id?: string;
        parameters?: number;
      }>;
      /** By kind: linear, bias, norm, embedding, convolution, expert, other. */
      kinds?: Array<{
        id?: string;
        parameters?: number;
      }>;
      /** By module, all repetitions of a layer together. */
      modules?: Array<{
        id?: string;
        parameters?: number;
      }>;
    };
    /** As published; what it counts besides is in notes. */
    publishedParameters?: number;
    /** Parameters and buffers by argument precision; int8 is LLM.int8 and int4 nf4, of linear layers only. */
    bytesByPrecision?: Record<string, number>;
    /** Parameters and buffers by argument quantization, what is not quantized in bf16. */
    bytesByQuantization?: Record<string, number>;
    /** Longest sequence in tokens; absent where nothing limits it. */
    context?: number;
    /** Bytes that transformers' cache gains with each token in 16 bits. */
    kvBytesPerToken?: number;
    /** What loraTargetModules can name; * is the number of a layer. */
    linearModules?: Array<string>;
    /** What can and cannot be trained. */
    training?: Array<{
      fineTuningMethod?: string;
      possible?: boolean;
      /** Trained parameters at the defaults. */
      trainable?: number;
      /** What stands against it, or how it is meant. */
      why?: string;
    }>;
    notes?: Array<string>;
    sources?: Array<string>;
    /** Date of the last comparison with the sources. */
    checked?: string;
  };
  /** Catalogue models near a name that no model has, best first. */
  near?: Array<{
    id?: string;
    name?: string;
    modelType?: string;
    /** Published count; absent where none was published. */
    parameters?: number;
  }>;
  /** What is wrong or unusual about the arguments. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
  /** Fields that a pasted config.json leaves to the library, and values that were derived. */
  assumptions?: Array<{
    argument?: string;
    /** Any JSON value. */
    value?: unknown;
    /** model, derived, default or stack. */
    origin?: string;
    why?: string;
  }>;
}

/** Arguments of diagnose_oom. */
export interface DiagnoseOomArguments {
  /** The out-of-memory message as it was printed, best with its traceback; logs, colours and several ranks do not disturb. */
  errorText: string;
  /** Type of model. */
  modelType?: "nlp" | "multimodal" | "moe" | "cnn";
  /** Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. Stands in for modelSize and architectureType. */
  modelId?: string;
  /** A Hugging Face config.json as an object. Stands in for modelSize and architectureType. */
  modelConfig?: Record<string, unknown>;
  /** Total parameters in billions: all experts and the vision tower, without adapters. Needed with architectureType unless modelId or modelConfig is given. Above 0, at most 10000 billion. */
  modelSize?: number;
  /** Architecture from whose published models modelSize derives a shape. */
  architectureType?: "Transformer" | "BERT" | "GPT" | "T5" | "LLaMA" | "ChatGLM" | "Qwen" | "Mistral" | "Gemma" | "Phi" | "Phi-3" | "Falcon" | "OPT" | "BLOOM" | "GPT-NeoX" | "GPT-Neo" | "GPT-J" | "MPT" | "StarCoder2" | "GPT-BigCode" | "GLM-4" | "Baichuan" | "InternLM2" | "OLMo2" | "Cohere" | "SmolLM3" | "RoBERTa" | "DistilBERT" | "DeBERTa-v3" | "BART" | "PaLM" | "StableLM" | "CLIP" | "BLIP" | "LLaVA" | "GPT-4V" | "Gemini" | "Claude" | "Flamingo" | "SigLIP" | "BLIP-2" | "InstructBLIP" | "Qwen2-VL" | "Qwen2.5-VL" | "Qwen3-VL" | "InternVL" | "PaliGemma" | "Gemma-3-VL" | "Llama-3.2-Vision" | "Idefics" | "Idefics2" | "SmolVLM" | "Pixtral" | "Mistral3" | "MiniCPM-V" | "Whisper" | "Switch Transformer" | "GLaM" | "PaLM-2" | "DeepSeek-MoE" | "Mixtral" | "DeepSeek-V2" | "DeepSeek-V3" | "Qwen-MoE" | "OLMoE" | "LLaMA-4" | "gpt-oss" | "GLM-4.5" | "Phi-MoE" | "DBRX" | "ResNet" | "EfficientNet" | "ConvNeXt" | "RegNet" | "DenseNet" | "ResNeXt" | "WideResNet" | "EfficientNetV2" | "VGG" | "MobileNetV2" | "MobileNetV3" | "Inception" | "AlexNet" | "ViT" | "Swin" | "MNASNet" | "ShuffleNetV2" | "SqueezeNet" | "MaxViT";
  /** Width of the weights. int8 and int4 name stored weights (LLM.int8, nf4), mean qlora when no method is given and compute in bf16; cnn takes fp32, fp16, bf16. */
  precision?: "fp32" | "fp16" | "bf16" | "int8" | "int4";
  /** What is trained. Default freeze if anything frozen is named, lora if loraRank is given, qlora with int8 or int4, else full. */
  fineTuningMethod?: "full" | "lora" | "qlora" | "prefix" | "freeze";
  /** How frozen weights are stored. Default from precision and method. */
  quantization?: "none" | "int8" | "nf4" | "fp4" | "nf4-double";
  /** Samples per GPU and step (the micro-batch). 1 to 65536 samples. */
  batchSize?: number;
  /** Micro-batches per optimizer step. 1 to 4096. Default 1. */
  gradientAccumulationSteps?: number;
  /** [nlp, multimodal, moe] Text tokens of a sample; image tokens come on top. 1 to 10485760 tokens. Default 2048 or the context if less; multimodal 1024, CLIP-like 77. */
  sequenceLength?: number;
  /** Optimizer; Trainer's names are taken too. */
  optimizer?: "sgd" | "sgd_momentum" | "adam" | "adamw" | "adamw_8bit" | "paged_adamw_8bit" | "paged_adamw_32bit" | "adafactor" | "lion" | "lion_8bit" | "muon" | "galore_adamw" | "rmsprop" | "lamb";
  /** Recompute activations in backward instead of keeping them. Default false, or the stack's. */
  gradientCheckpointing?: boolean;
  /** [nlp, multimodal, moe] Attention kernel. Default sdpa. */
  attentionImplementation?: "eager" | "sdpa" | "flash_attention_2";
  /** [nlp, multimodal, moe] Language-model loss: standard keeps full fp32 logits; fused (Liger) and chunked (TRL) never hold them all. Default standard, or the stack's. */
  lossImplementation?: "standard" | "chunked" | "fused";
  /** [lora, qlora] Rank of the adapters. 1 to 4096. Default 16. */
  loraRank?: number;
  /** [lora, qlora] Linear layers that get an adapter: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (mapped to the architecture's names), all-linear, the model's own names, or regular expressions over full names. Default the architecture's query and value. */
  loraTargetModules?: Array<string>;
  /** [multimodal] Side of the square image before the model's processor. 14 to 8192 pixels. Default the model's, else 336. */
  imageResolution?: number;
  /** [cnn] Side of the square input. 8 to 8192 pixels. Default 224. */
  inputImageSize?: number;
  /** Software that runs the step: it sets defaults and takes memory of its own, see stacks://all. Default pytorch. */
  trainingStack?: "pytorch" | "transformers" | "trl-sft" | "trl-dpo" | "trl-grpo" | "trl-reward" | "torchtune" | "liger" | "unsloth" | "ddp" | "fsdp2" | "fsdp1" | "deepspeed" | "megatron";
  /** GPUs of the run; a multiple of tensor x pipeline x context size. 1 to 65536. Default the product of the parallel sizes. */
  numGpus?: number;
  /** Sharding of states (1), gradients (2), weights (3). 0 to 3. Default 0. */
  zeroStage?: number;
  /** Catalogue GPU by id, name or usual spelling. Default none. */
  targetGpu?: string;
  /** Memory of the card where it is in no catalogue, or of a MIG slice. Above 0, at most 65536 GiB. Default none. */
  targetMemoryGiB?: number;
  /** How much the answer tells. Default standard. */
  detail?: "brief" | "standard" | "full";
}

/** Answer of diagnose_oom. */
export interface DiagnoseOomAnswer {
  /** Why it failed and what to do first. */
  summary: string;
  /** Which number binds. */
  cause?: {
    /** capacity, fragmentation, otherProcess, singleTensor, context, limit, hostMemory or unknown. */
    id?: string;
    title?: string;
    why?: string;
    /** Said where more was allocated than the workload ever does. */
    leak?: string;
  };
  /** Where in the run it failed; absent where neither traceback nor workload tell. */
  phase?: {
    /** load, forward (with the loss), backward, optimizer, prefill, decode, rollout or evaluation. */
    id?: string;
    /** traceback, workload (size and amount match an allocation of it), both, or expected (where the workload would fail). */
    basis?: string;
    why?: string;
    /** The tensor that was asked for, where the workload tells. */
    tensor?: {
      label?: string;
      shape?: string;
      dtype?: string;
      count?: number;
      /** Of all of them. */
      bytes?: number;
    };
  };
  /** What gets past it, the best first: patches of arguments, each measured on the changed call, and settings outside the run. */
  patches?: Array<{
    id?: string;
    title?: string;
    reason?: string;
    /** Patch of arguments; null removes one. */
    change?: Record<string, unknown>;
    /** Variables to set before the process starts. */
    environment?: Record<string, string>;
    /** totalBytes of the workload. */
    before?: number;
    /** totalBytes with change applied. */
    after?: number;
    savedBytes?: number;
    /** Whether after fits what the process could have. */
    fits?: boolean;
    tradeoff?: string;
  }>;
  /** What the message says. */
  message?: {
    /** allocator, metal, driver, library or host. */
    source?: string;
    /** CUDA, HIP, XPU, MPS or CPU. */
    backend?: string;
    /** The first version with this wording. */
    pytorchSince?: string;
    gpu?: number;
    /** How many such messages the text has; the most telling is read. */
    messages?: number;
    /** Asked of the card: the tensor, rounded up to 2 MiB. */
    triedBytes?: number;
    totalBytes?: number;
    freeBytes?: number;
    allocatedBytes?: number;
    /** Reserved by PyTorch, used by no tensor. */
    unallocatedBytes?: number;
    /** Part of allocatedBytes, in CUDA graphs. */
    privatePoolBytes?: number;
    /** By this process, with its context. */
    inUseBytes?: number;
    allowedBytes?: number;
    otherProcesses?: Array<{
      pid?: number;
      bytes?: number;
    }>;
  };
  /** Who had the card's memory, as far as the message tells. */
  card?: Array<{
    /** allocated, unallocated, outside, others or free. */
    id?: string;
    label?: string;
    bytes?: number;
  }>;
  /** What the workload needs, where one was given. */
  estimate?: {
    /** Bytes that must be free on the GPU. */
    totalBytes?: number;
    totalGiB?: number;
    lowBytes?: number;
    highBytes?: number;
    /** To compare with the message's allocatedBytes. */
    peakAllocatedBytes?: number;
    peakReservedBytes?: number;
    peakPhase?: string;
    /** Peak tensor bytes of each phase. */
    phases?: Array<{
      id?: string;
      bytes?: number;
      /** detail full: what the tensors are for; sums to bytes. */
      components?: Array<{
        id?: string;
        label?: string;
        category?: string;
        bytes?: number;
      }>;
    }>;
  };
  /** Whether that fits what the message says the process could have. */
  target?: {
    /** Catalogue id, empty where only a size was given. */
    gpu?: string;
    count?: number;
    /** What a process can use on one card. */
    usableBytes?: number;
    /** Need over usable bytes of one GPU; above 1 it does not fit. */
    utilization?: number;
    /** excellent, good, acceptable, insufficient or oversized. */
    level?: string;
    /** yes, tight (the low end of the range fits) or no. */
    fits?: string;
    /** Usable less needed bytes; negative where it does not fit. */
    headroomBytes?: number;
    /** Largest batchSize that fits with everything else as it is. */
    largestBatch?: number;
    /** Largest sequenceLength that fits, up to the model's context. */
    largestSequence?: number;
  };
  /** What is wrong, unusual or better done otherwise. */
  validation?: {
    valid?: boolean;
    /** Cannot run or cannot be computed; with any there is no estimate. */
    errors?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Will run, likely not as meant. */
    warnings?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
    /** Something better exists. */
    suggestions?: Array<{
      /** Permanent id of the rule; its documentation is the resource rules://{id}. */
      id?: string;
      /** error, warning or suggestion. */
      severity?: "error" | "warning" | "suggestion";
      /** The arguments it is about. */
      arguments?: Array<string>;
      /** What is wrong. */
      message?: string;
      /** What to send instead. */
      fix?: string;
      /** A patch of arguments that does it; null removes one. */
      change?: Record<string, unknown>;
    }>;
  };
  /** Values that the caller did not give. */
  assumptions?: Array<{
    argument?: string;
    /** Any JSON value. */
    value?: unknown;
    /** model, derived, default or stack. */
    origin?: string;
    why?: string;
  }>;
}

/** Arguments and answers by the name of the tool. */
export interface Tools {
  calculate_advanced_finetuning_vram: { arguments: CalculateAdvancedFinetuningVramArguments; answer: CalculateAdvancedFinetuningVramAnswer };
  calculate_inference_vram: { arguments: CalculateInferenceVramArguments; answer: CalculateInferenceVramAnswer };
  calculate_multimodal_vram: { arguments: CalculateMultimodalVramArguments; answer: CalculateMultimodalVramAnswer };
  calculate_training_vram: { arguments: CalculateTrainingVramArguments; answer: CalculateTrainingVramAnswer };
  calculate_finetuning_vram: { arguments: CalculateFinetuningVramArguments; answer: CalculateFinetuningVramAnswer };
  calculate_grpo_vram: { arguments: CalculateGrpoVramArguments; answer: CalculateGrpoVramAnswer };
  recommend_gpu: { arguments: RecommendGpuArguments; answer: RecommendGpuAnswer };
  analyze_cost: { arguments: AnalyzeCostArguments; answer: AnalyzeCostAnswer };
  compare_configurations: { arguments: CompareConfigurationsArguments; answer: CompareConfigurationsAnswer };
  describe_model: { arguments: DescribeModelArguments; answer: DescribeModelAnswer };
  diagnose_oom: { arguments: DiagnoseOomArguments; answer: DiagnoseOomAnswer };
}
