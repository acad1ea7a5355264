// Names of arguments for people: made from the name on the wire in English, without
// the unit, which stands beside it; a translation where there is one in Chinese, else the English name.

const ACRONYMS = {
  lora: "LoRA", gpu: "GPU", gpus: "GPUs", lr: "LR", kbit: "K-bit", kv: "KV", id: "ID",
  num: "number of", cpu: "CPU", loss: "loss", cnn: "CNN", moe: "MoE", dim: "width",
};

const LABELS_ZH = {
  modelType: "模型类型", modelSize: "模型规模", architectureType: "架构", modelId: "模型", modelConfig: "模型配置",
  head: "输出头", precision: "精度", precisionMode: "精度模式", quantization: "量化", fineTuningMethod: "微调方法",
  batchSize: "批量大小", gradientAccumulationSteps: "梯度累积步数", learningRate: "学习率", trainingEpochs: "训练轮数",
  gradientCheckpointing: "梯度检查点", checkpointingImplementation: "检查点实现", maxGenerationLength: "最大生成长度",
  optimizer: "优化器", optimizerImplementation: "优化器实现", weightDecay: "权重衰减", warmupSteps: "预热步数",
  gradientClipping: "梯度裁剪", labelSmoothing: "标签平滑", dropoutRate: "Dropout 比例", lrScheduler: "学习率调度",
  sequenceLength: "序列长度", decoderSequenceLength: "解码器序列长度", packing: "样本打包", sampleLengths: "样本长度",
  attentionImplementation: "注意力实现", lossImplementation: "损失实现", temperature: "温度", topP: "top-p",
  repetitionPenalty: "重复惩罚", hiddenSize: "隐藏层宽度", numLayers: "层数", numAttentionHeads: "注意力头数",
  numKeyValueHeads: "KV 头数", headDim: "头维度", intermediateSize: "MLP 宽度", vocabSize: "词表大小",
  tieWordEmbeddings: "共享词嵌入", positionEncodingType: "位置编码", loraRank: "LoRA 秩", loraAlpha: "LoRA alpha",
  loraDropout: "LoRA dropout", loraTargetModules: "LoRA 目标模块", loraModulesToSave: "LoRA 保留模块",
  loraPrecision: "LoRA 精度", kbitPreparation: "K-bit 预处理", prefixLength: "前缀长度", frozenLayers: "冻结层数",
  frozenModules: "冻结模块", trainableModules: "可训练模块", imageResolution: "图像分辨率", imageWidth: "图像宽度",
  imageHeight: "图像高度", imageTiles: "图像切块数", patchSize: "补丁大小", imagesPerSample: "每样本图像数",
  videoFrames: "视频帧数", audioSeconds: "音频秒数", visionEncoderType: "视觉编码器", textEncoderType: "文本编码器",
  modalFusionStrategy: "模态融合方式", visionFeatureDim: "视觉特征维度", freezeVisionEncoder: "冻结视觉编码器",
  freezeTextEncoder: "冻结文本编码器", loraVisionEncoder: "LoRA 视觉编码器", loraTextEncoder: "LoRA 文本编码器",
  loraFusionLayer: "LoRA 融合层", crossModalAlignmentWeight: "跨模态对齐权重", imageTextContrastWeight: "图文对比权重",
  numExperts: "专家数", numActiveExperts: "激活专家数", numSharedExperts: "共享专家数", moeIntermediateSize: "专家宽度",
  firstDenseLayers: "前置稠密层数", moeLayerFrequency: "MoE 层间隔", routingStrategy: "路由策略",
  expertCapacityFactor: "专家容量系数", expertsImplementation: "专家实现", loadBalanceLossWeight: "负载均衡损失权重",
  auxiliaryLossWeight: "辅助损失权重", expertDropoutRate: "专家 dropout", expertRegularization: "专家正则化",
  expertSpecialization: "专家专门化", expertInitStrategy: "专家初始化", loraApplicationStrategy: "LoRA 应用策略",
  inputImageSize: "输入图像尺寸", kernelSize: "卷积核大小", poolingStrategy: "池化方式", classificationHeadDim: "类别数",
  dataAugmentationStrategy: "数据增强", augmentOnGpu: "在 GPU 上增强", channelsLast: "通道末置", freezeBatchNorm: "冻结批归一化",
  mixedPrecisionTraining: "混合精度训练", trainingStack: "训练栈", stackOptions: "训练栈选项", torchCompile: "torch.compile",
  numGpus: "GPU 数量", tensorParallelSize: "张量并行", pipelineParallelSize: "流水线并行", contextParallelSize: "上下文并行",
  expertParallelSize: "专家并行", zeroStage: "ZeRO 阶段", cpuOffload: "CPU 卸载", targetGpu: "目标 GPU",
  targetMemoryGiB: "目标显存", targetGpuCount: "目标 GPU 数量", reservedGiB: "系统保留", datasetSamples: "数据集样本数",
  datasetTokens: "数据集词元数", maxHourlyUsd: "最高时价", maxPurchaseUsd: "最高购价", gpuVendors: "GPU 厂商",
  gpuSegments: "GPU 类别", formulaSet: "公式集", promptLength: "提示长度", newTokens: "生成长度",
  cacheImplementation: "缓存实现", cachePrecision: "缓存精度", concurrentRequests: "并发请求", gpuMemoryUtilization: "显存占用比例",
  logits: "输出 logits", sampling: "采样", algorithm: "算法", completionLength: "补全长度", numGenerations: "每提示生成数",
  beta: "beta（KL 权重）", referenceModel: "参考模型", rollout: "采样引擎",
};

/** Names that the rule does not get right. */
const LABELS_EN = { modelId: "Model", modelConfig: "config.json", modelSize: "Model size", fineTuningMethod: "Fine-tuning method", topP: "Top-p" };

/** The name of an argument for people. */
function labelOf(name) {
  if (language === "en" && LABELS_EN[name]) return LABELS_EN[name];
  if (language === "zh" && LABELS_ZH[name]) return LABELS_ZH[name];
  const words = name.replace(/(GiB|Usd)$/, "").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().split(" ");
  const text = words.map((w) => ACRONYMS[w] ?? w).join(" ");
  return text[0].toUpperCase() + text.slice(1);
}

const UNITS_ZH = {
  billion: "十亿", samples: "样本", epochs: "轮", tokens: "词元", steps: "步", layers: "层", pixels: "像素", seconds: "秒",
  requests: "请求", completions: "补全", "USD per hour": "美元/小时", USD: "美元",
};

/** A unit of an argument for people. */
const unitOf = (unit) => (language === "zh" ? UNITS_ZH[unit] ?? unit : unit);
