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
