package workload

// Kind is the type of model a workload runs: it selects the engine.
type Kind uint8

// The values of Kind; zero is invalid.
const (
	NLP        Kind = iota + 1 // language models: decoders, encoders, encoder-decoders
	Multimodal                 // vision, audio and text together
	MoE                        // language models with routed experts
	CNN                        // image classifiers
)

var kindNames = table{
	{name: "nlp"},
	{name: "multimodal", aliases: []string{"vlm", "vision-language"}},
	{name: "moe", aliases: []string{"mixture of experts"}},
	{name: "cnn", aliases: []string{"vision"}},
}

// String is the name on the wire.
func (k Kind) String() string { return kindNames.name(uint8(k)) }

// Values lists the names in order.
func (Kind) Values() []string { return kindNames.names() }

// MarshalText gives the name on the wire.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (k *Kind) UnmarshalText(text []byte) error {
	value, err := kindNames.parse(string(text))
	*k = Kind(value)
	return err
}

// Precision is the width in which weights are kept or computed.
type Precision uint8

// The values of Precision; zero is invalid.
const (
	FP32 Precision = iota + 1
	FP16
	BF16
	INT8 // stored weights of LLM.int8
	INT4 // stored weights of nf4
)

var precisionNames = table{
	{name: "fp32", aliases: []string{"float32", "float", "single"}},
	{name: "fp16", aliases: []string{"float16", "half"}},
	{name: "bf16", aliases: []string{"bfloat16"}},
	{name: "int8", aliases: []string{"8bit"}},
	{name: "int4", aliases: []string{"4bit"}},
}

// String is the name on the wire.
func (p Precision) String() string { return precisionNames.name(uint8(p)) }

// Values lists the names in order.
func (Precision) Values() []string { return precisionNames.names() }

// MarshalText gives the name on the wire.
func (p Precision) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (p *Precision) UnmarshalText(text []byte) error {
	value, err := precisionNames.parse(string(text))
	*p = Precision(value)
	return err
}

// PrecisionMode says where fp32 and 16-bit copies exist.
type PrecisionMode uint8

// The values of PrecisionMode; zero is invalid.
const (
	Pure       PrecisionMode = iota + 1 // weights, gradients and states in one precision, no autocast
	Autocast                            // fp32 weights, autocast to the precision
	Autocast16                          // 16-bit weights under autocast
	Master                              // 16-bit weights and an fp32 master copy
)

var precisionModeNames = table{
	{name: "pure"},
	{name: "autocast", aliases: []string{"amp", "mixed"}},
	{name: "autocast-16"},
	{name: "master"},
}

// String is the name on the wire.
func (p PrecisionMode) String() string { return precisionModeNames.name(uint8(p)) }

// Values lists the names in order.
func (PrecisionMode) Values() []string { return precisionModeNames.names() }

// MarshalText gives the name on the wire.
func (p PrecisionMode) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (p *PrecisionMode) UnmarshalText(text []byte) error {
	value, err := precisionModeNames.parse(string(text))
	*p = PrecisionMode(value)
	return err
}

// Method is the fine-tuning method.
type Method uint8

// The values of Method; zero is invalid.
const (
	Full Method = iota + 1
	LoRA
	QLoRA
	Prefix
	Freeze
)

var methodNames = table{
	{name: "full", aliases: []string{"full fine-tuning", "full finetuning", "fft"}},
	{name: "lora"},
	{name: "qlora"},
	{name: "prefix", aliases: []string{"prefix tuning", "prefix-tuning"}},
	{name: "freeze", aliases: []string{"frozen"}},
}

// String is the name on the wire.
func (m Method) String() string { return methodNames.name(uint8(m)) }

// Values lists the names in order.
func (Method) Values() []string { return methodNames.names() }

// MarshalText gives the name on the wire.
func (m Method) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (m *Method) UnmarshalText(text []byte) error {
	value, err := methodNames.parse(string(text))
	*m = Method(value)
	return err
}

// Quantization is how frozen weights are stored.
type Quantization uint8

// The values of Quantization; zero is invalid.
const (
	NoQuantization Quantization = iota + 1
	Int8
	NF4
	FP4
	NF4Double

	// Forms in which weights are served and not trained.

	FP8      // a byte an element and fp32 scales of blocks (transformers' FineGrainedFP8Config)
	GPTQInt4 // four bits in groups, with zeros and the order of inputs (GPTQModel)
	AWQInt4  // four bits in groups, with zeros (AutoAWQ)
	MXFP4    // experts in four bits with a scale for 32 elements (OCP microscaling)
)

// trainableForms is how many of the forms a training run can have.
const trainableForms = int(NF4Double)

var quantizationNames = table{
	{name: "none", aliases: []string{"no", "off"}},
	{name: "int8", aliases: []string{"llm.int8", "8bit"}},
	{name: "nf4", aliases: []string{"int4", "4bit"}},
	{name: "fp4"},
	{name: "nf4-double", aliases: []string{"nf4 double quant", "double"}},
	{name: "fp8", aliases: []string{"float8", "fp8_e4m3"}},
	{name: "gptq-int4", aliases: []string{"gptq"}},
	{name: "awq-int4", aliases: []string{"awq"}},
	{name: "mxfp4"},
}

// String is the name on the wire.
func (q Quantization) String() string { return quantizationNames.name(uint8(q)) }

// Values lists the names in order of the forms that a training run can have.
func (Quantization) Values() []string { return quantizationNames[:trainableForms].names() }

// MarshalText gives the name on the wire.
func (q Quantization) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (q *Quantization) UnmarshalText(text []byte) error {
	value, err := quantizationNames[:trainableForms].parse(string(text))
	*q = Quantization(value)
	return err
}

// Served is a form of weights where nothing is trained.
type Served Quantization

// String is the name on the wire.
func (s Served) String() string { return quantizationNames.name(uint8(s)) }

// Values lists the names in order.
func (Served) Values() []string { return quantizationNames.names() }

// MarshalText gives the name on the wire.
func (s Served) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (s *Served) UnmarshalText(text []byte) error {
	value, err := quantizationNames.parse(string(text))
	*s = Served(value)
	return err
}

// Optimizer is the update rule.
type Optimizer uint8

// The values of Optimizer; zero is invalid.
const (
	SGD Optimizer = iota + 1
	SGDMomentum
	Adam
	AdamW
	AdamW8bit
	PagedAdamW8bit
	PagedAdamW32bit
	Adafactor
	Lion
	Lion8bit
	Muon
	GaLoreAdamW
	RMSProp
	LAMB
)

var optimizerNames = table{
	{name: "sgd"},
	{name: "sgd_momentum", aliases: []string{"sgd with momentum", "momentum", "nesterov"}},
	{name: "adam", aliases: []string{"adam_torch"}},
	{name: "adamw", aliases: []string{"adamw_torch", "adamw_torch_fused", "adamw_hf"}},
	{name: "adamw_8bit", aliases: []string{"adamw_bnb_8bit", "adam8bit", "adam_8bit", "adamw8bit"}},
	{name: "paged_adamw_8bit", aliases: []string{"paged_adamw8bit"}},
	{name: "paged_adamw_32bit", aliases: []string{"paged_adamw", "paged_adamw32bit"}},
	{name: "adafactor"},
	{name: "lion", aliases: []string{"lion_32bit"}},
	{name: "lion_8bit"},
	{name: "muon"},
	{name: "galore_adamw", aliases: []string{"galore"}},
	{name: "rmsprop"},
	{name: "lamb"},
}

// String is the name on the wire.
func (o Optimizer) String() string { return optimizerNames.name(uint8(o)) }

// Values lists the names in order.
func (Optimizer) Values() []string { return optimizerNames.names() }

// MarshalText gives the name on the wire.
func (o Optimizer) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (o *Optimizer) UnmarshalText(text []byte) error {
	value, err := optimizerNames.parse(string(text))
	*o = Optimizer(value)
	return err
}

// OptimizerImplementation is the form in which PyTorch applies an optimizer.
type OptimizerImplementation uint8

// The values of OptimizerImplementation; zero is invalid.
const (
	Foreach OptimizerImplementation = iota + 1
	Fused
	Loop
)

var optimizerImplementationNames = table{
	{name: "foreach", aliases: []string{"multi_tensor"}},
	{name: "fused"},
	{name: "loop", aliases: []string{"single_tensor", "for-loop"}},
}

// String is the name on the wire.
func (o OptimizerImplementation) String() string { return optimizerImplementationNames.name(uint8(o)) }

// Values lists the names in order.
func (OptimizerImplementation) Values() []string { return optimizerImplementationNames.names() }

// MarshalText gives the name on the wire.
func (o OptimizerImplementation) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (o *OptimizerImplementation) UnmarshalText(text []byte) error {
	value, err := optimizerImplementationNames.parse(string(text))
	*o = OptimizerImplementation(value)
	return err
}

// AttentionImplementation is the attention kernel.
type AttentionImplementation uint8

// The values of AttentionImplementation; zero is invalid.
const (
	Eager AttentionImplementation = iota + 1
	SDPA
	FlashAttention2
)

var attentionImplementationNames = table{
	{name: "eager", aliases: []string{"math", "manual"}},
	{name: "sdpa", aliases: []string{"scaled_dot_product_attention"}},
	{name: "flash_attention_2", aliases: []string{"flash", "fa2", "flash_attn_2", "flash_attention"}},
}

// String is the name on the wire.
func (a AttentionImplementation) String() string { return attentionImplementationNames.name(uint8(a)) }

// Values lists the names in order.
func (AttentionImplementation) Values() []string { return attentionImplementationNames.names() }

// MarshalText gives the name on the wire.
func (a AttentionImplementation) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (a *AttentionImplementation) UnmarshalText(text []byte) error {
	value, err := attentionImplementationNames.parse(string(text))
	*a = AttentionImplementation(value)
	return err
}

// LossImplementation is how the language-model loss is computed.
type LossImplementation uint8

// The values of LossImplementation; zero is invalid.
const (
	StandardLoss LossImplementation = iota + 1
	ChunkedLoss
	FusedLoss
)

var lossImplementationNames = table{
	{name: "standard", aliases: []string{"full"}},
	{name: "chunked"},
	{name: "fused", aliases: []string{"liger", "fused_linear_cross_entropy"}},
}

// String is the name on the wire.
func (l LossImplementation) String() string { return lossImplementationNames.name(uint8(l)) }

// Values lists the names in order.
func (LossImplementation) Values() []string { return lossImplementationNames.names() }

// MarshalText gives the name on the wire.
func (l LossImplementation) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (l *LossImplementation) UnmarshalText(text []byte) error {
	value, err := lossImplementationNames.parse(string(text))
	*l = LossImplementation(value)
	return err
}

// CheckpointingImplementation is the form of gradient checkpointing.
type CheckpointingImplementation uint8

// The values of CheckpointingImplementation; zero is invalid.
const (
	NonReentrant CheckpointingImplementation = iota + 1
	Reentrant
	OffloadedCheckpoints
)

var checkpointingImplementationNames = table{
	{name: "non-reentrant"},
	{name: "reentrant"},
	{name: "offloaded", aliases: []string{"unsloth", "cpu"}},
}

// String is the name on the wire.
func (c CheckpointingImplementation) String() string {
	return checkpointingImplementationNames.name(uint8(c))
}

// Values lists the names in order.
func (CheckpointingImplementation) Values() []string { return checkpointingImplementationNames.names() }

// MarshalText gives the name on the wire.
func (c CheckpointingImplementation) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (c *CheckpointingImplementation) UnmarshalText(text []byte) error {
	value, err := checkpointingImplementationNames.parse(string(text))
	*c = CheckpointingImplementation(value)
	return err
}

// AdapterPrecision is the width of adapter weights.
type AdapterPrecision uint8

// The values of AdapterPrecision; zero is invalid.
const (
	AdapterFP32 AdapterPrecision = iota + 1
	AdapterModel
)

var adapterPrecisionNames = table{
	{name: "fp32", aliases: []string{"float32"}},
	{name: "model", aliases: []string{"auto"}},
}

// String is the name on the wire.
func (a AdapterPrecision) String() string { return adapterPrecisionNames.name(uint8(a)) }

// Values lists the names in order.
func (AdapterPrecision) Values() []string { return adapterPrecisionNames.names() }

// MarshalText gives the name on the wire.
func (a AdapterPrecision) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (a *AdapterPrecision) UnmarshalText(text []byte) error {
	value, err := adapterPrecisionNames.parse(string(text))
	*a = AdapterPrecision(value)
	return err
}

// Scheduler is the learning-rate schedule.
type Scheduler uint8

// The values of Scheduler; zero is invalid.
const (
	Linear Scheduler = iota + 1
	Cosine
	CosineRestarts
	Polynomial
	Constant
	ConstantWarmup
	InverseSqrt
	StepLR
	CosineAnnealingLR
	ReduceLROnPlateau
)

var schedulerNames = table{
	{name: "linear"},
	{name: "cosine"},
	{name: "cosine_with_restarts"},
	{name: "polynomial"},
	{name: "constant"},
	{name: "constant_with_warmup"},
	{name: "inverse_sqrt"},
	{name: "StepLR", aliases: []string{"step"}},
	{name: "CosineAnnealingLR"},
	{name: "ReduceLROnPlateau", aliases: []string{"plateau"}},
}

// String is the name on the wire.
func (s Scheduler) String() string { return schedulerNames.name(uint8(s)) }

// Values lists the names in order.
func (Scheduler) Values() []string { return schedulerNames.names() }

// MarshalText gives the name on the wire.
func (s Scheduler) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (s *Scheduler) UnmarshalText(text []byte) error {
	value, err := schedulerNames.parse(string(text))
	*s = Scheduler(value)
	return err
}

// Offload is what lives in host memory.
type Offload uint8

// The values of Offload; zero is invalid.
const (
	NoOffload Offload = iota + 1
	OffloadOptimizer
	OffloadAll
)

var offloadNames = table{
	{name: "none", aliases: []string{"no", "off"}},
	{name: "optimizer"},
	{name: "optimizer-and-parameters", aliases: []string{"all", "parameters"}},
}

// String is the name on the wire.
func (o Offload) String() string { return offloadNames.name(uint8(o)) }

// Values lists the names in order.
func (Offload) Values() []string { return offloadNames.names() }

// MarshalText gives the name on the wire.
func (o Offload) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (o *Offload) UnmarshalText(text []byte) error {
	value, err := offloadNames.parse(string(text))
	*o = Offload(value)
	return err
}

// Stack is the training stack: the software that runs the step.
type Stack uint8

// The values of Stack; zero is invalid.
const (
	PyTorch Stack = iota + 1
	Transformers
	TRLSFT
	TRLDPO
	TRLGRPO
	TRLReward
	Torchtune
	Liger
	Unsloth
	DDP
	FSDP2
	FSDP1
	DeepSpeed
	Megatron
)

var stackNames = table{
	{name: "pytorch", aliases: []string{"torch", "plain"}},
	{name: "transformers", aliases: []string{"trainer", "hf"}},
	{name: "trl-sft", aliases: []string{"trl", "sft"}},
	{name: "trl-dpo"},
	{name: "trl-grpo"},
	{name: "trl-reward"},
	{name: "torchtune"},
	{name: "liger"},
	{name: "unsloth"},
	{name: "ddp"},
	{name: "fsdp2", aliases: []string{"fsdp"}},
	{name: "fsdp1"},
	{name: "deepspeed"},
	{name: "megatron", aliases: []string{"megatron-lm"}},
}

// String is the name on the wire.
func (s Stack) String() string { return stackNames.name(uint8(s)) }

// Values lists the names in order.
func (Stack) Values() []string { return stackNames.names() }

// MarshalText gives the name on the wire.
func (s Stack) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (s *Stack) UnmarshalText(text []byte) error {
	value, err := stackNames.parse(string(text))
	*s = Stack(value)
	return err
}

// Head is the model head.
type Head uint8

// The values of Head; zero is invalid.
const (
	LMHead Head = iota + 1
	ClassificationHead
	NoHead
)

var headNames = table{
	{name: "lm", aliases: []string{"language-modeling", "causal-lm"}},
	{name: "classification", aliases: []string{"classifier"}},
	{name: "none"},
}

// String is the name on the wire.
func (h Head) String() string { return headNames.name(uint8(h)) }

// Values lists the names in order.
func (Head) Values() []string { return headNames.names() }

// MarshalText gives the name on the wire.
func (h Head) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (h *Head) UnmarshalText(text []byte) error {
	value, err := headNames.parse(string(text))
	*h = Head(value)
	return err
}
