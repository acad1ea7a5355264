package workload

// Position is how a transformer encodes positions.
type Position uint8

// The values of Position; zero is invalid.
const (
	Absolute Position = iota + 1
	Relative
	RoPE
	ALiBi
)

var positionNames = table{
	{name: "absolute", aliases: []string{"learned", "sinusoidal"}},
	{name: "relative", aliases: []string{"t5"}},
	{name: "rope", aliases: []string{"rotary"}},
	{name: "alibi"},
}

// String is the name on the wire.
func (p Position) String() string { return positionNames.name(uint8(p)) }

// Values lists the names in order.
func (Position) Values() []string { return positionNames.names() }

// MarshalText gives the name on the wire.
func (p Position) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (p *Position) UnmarshalText(text []byte) error {
	value, err := positionNames.parse(string(text))
	*p = Position(value)
	return err
}

// Norm is the normalization layer.
type Norm uint8

// The values of Norm; zero is invalid.
const (
	RMSNorm Norm = iota + 1
	LayerNorm
	LayerNormNoBias
	GemmaRMSNorm
	LayerNormNoWeight // OLMo
)

var normNames = table{
	{name: "rmsnorm", aliases: []string{"rms"}},
	{name: "layernorm", aliases: []string{"ln"}},
	{name: "layernorm-no-bias"},
	{name: "gemma-rmsnorm"},
	{name: "layernorm-no-weight"},
}

// String is the name on the wire.
func (n Norm) String() string { return normNames.name(uint8(n)) }

// Values lists the names in order.
func (Norm) Values() []string { return normNames.names() }

// MarshalText gives the name on the wire.
func (n Norm) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (n *Norm) UnmarshalText(text []byte) error {
	value, err := normNames.parse(string(text))
	*n = Norm(value)
	return err
}

// Activation is the non-linearity of an MLP.
type Activation uint8

// The values of Activation; zero is invalid.
const (
	SiLU     Activation = iota + 1
	GELU                // exact, one kernel
	GELUTanh            // tanh form, one kernel
	GELUNew             // tanh form written in eight operators
	ReLU
	QuickGELU // x * sigmoid(1.702 x)
	ReLU2
)

var activationNames = table{
	{name: "silu", aliases: []string{"swish"}},
	{name: "gelu"},
	{name: "gelu_pytorch_tanh", aliases: []string{"gelu_tanh"}},
	{name: "gelu_new", aliases: []string{"gelu_fast", "gelu_python"}},
	{name: "relu"},
	{name: "quick_gelu"},
	{name: "relu2"},
}

// String is the name on the wire.
func (a Activation) String() string { return activationNames.name(uint8(a)) }

// Values lists the names in order.
func (Activation) Values() []string { return activationNames.names() }

// MarshalText gives the name on the wire.
func (a Activation) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (a *Activation) UnmarshalText(text []byte) error {
	value, err := activationNames.parse(string(text))
	*a = Activation(value)
	return err
}

// Routing is how tokens choose experts.
type Routing uint8

// The values of Routing; zero is invalid.
const (
	TopK Routing = iota + 1
	SwitchRouting
	ExpertChoice
)

var routingNames = table{
	{name: "top-k", aliases: []string{"topk"}},
	{name: "switch", aliases: []string{"top-1"}},
	{name: "expert-choice"},
}

// String is the name on the wire.
func (r Routing) String() string { return routingNames.name(uint8(r)) }

// Values lists the names in order.
func (Routing) Values() []string { return routingNames.names() }

// MarshalText gives the name on the wire.
func (r Routing) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (r *Routing) UnmarshalText(text []byte) error {
	value, err := routingNames.parse(string(text))
	*r = Routing(value)
	return err
}

// ExpertsImplementation is how expert matrices are applied.
type ExpertsImplementation uint8

// The values of ExpertsImplementation; zero is invalid.
const (
	Grouped ExpertsImplementation = iota + 1
	ExpertLoop
	Batched
	Capacity
)

var expertsImplementationNames = table{
	{name: "grouped", aliases: []string{"grouped_mm"}},
	{name: "loop", aliases: []string{"eager"}},
	{name: "batched", aliases: []string{"batched_mm"}},
	{name: "capacity"},
}

// String is the name on the wire.
func (e ExpertsImplementation) String() string { return expertsImplementationNames.name(uint8(e)) }

// Values lists the names in order.
func (ExpertsImplementation) Values() []string { return expertsImplementationNames.names() }

// MarshalText gives the name on the wire.
func (e ExpertsImplementation) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (e *ExpertsImplementation) UnmarshalText(text []byte) error {
	value, err := expertsImplementationNames.parse(string(text))
	*e = ExpertsImplementation(value)
	return err
}

// ExpertInit is how experts start.
type ExpertInit uint8

// The values of ExpertInit; zero is invalid.
const (
	RandomInit ExpertInit = iota + 1
	PretrainedInit
)

var expertInitNames = table{
	{name: "random"},
	{name: "pretrained"},
}

// String is the name on the wire.
func (e ExpertInit) String() string { return expertInitNames.name(uint8(e)) }

// Values lists the names in order.
func (ExpertInit) Values() []string { return expertInitNames.names() }

// MarshalText gives the name on the wire.
func (e ExpertInit) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (e *ExpertInit) UnmarshalText(text []byte) error {
	value, err := expertInitNames.parse(string(text))
	*e = ExpertInit(value)
	return err
}

// ExpertLoRA is where LoRA goes in a MoE model.
type ExpertLoRA uint8

// The values of ExpertLoRA; zero is invalid.
const (
	AllExperts ExpertLoRA = iota + 1
	PartialExperts
	RouterOnly
	AttentionOnly
)

var expertLoRANames = table{
	{name: "all-experts"},
	{name: "partial-experts"},
	{name: "router-only"},
	{name: "attention-only"},
}

// String is the name on the wire.
func (e ExpertLoRA) String() string { return expertLoRANames.name(uint8(e)) }

// Values lists the names in order.
func (ExpertLoRA) Values() []string { return expertLoRANames.names() }

// MarshalText gives the name on the wire.
func (e ExpertLoRA) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (e *ExpertLoRA) UnmarshalText(text []byte) error {
	value, err := expertLoRANames.parse(string(text))
	*e = ExpertLoRA(value)
	return err
}

// VisionEncoder is the kind of vision tower.
type VisionEncoder uint8

// The values of VisionEncoder; zero is invalid.
const (
	ViT VisionEncoder = iota + 1
	ConvNeXtEncoder
	ResNetEncoder
)

var visionEncoderNames = table{
	{name: "ViT"},
	{name: "ConvNeXt"},
	{name: "ResNet"},
}

// String is the name on the wire.
func (v VisionEncoder) String() string { return visionEncoderNames.name(uint8(v)) }

// Values lists the names in order.
func (VisionEncoder) Values() []string { return visionEncoderNames.names() }

// MarshalText gives the name on the wire.
func (v VisionEncoder) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (v *VisionEncoder) UnmarshalText(text []byte) error {
	value, err := visionEncoderNames.parse(string(text))
	*v = VisionEncoder(value)
	return err
}

// TextEncoder is the kind of text tower.
type TextEncoder uint8

// The values of TextEncoder; zero is invalid.
const (
	BERTText TextEncoder = iota + 1
	RoBERTaText
	T5Text
	LLaMAText
)

var textEncoderNames = table{
	{name: "BERT"},
	{name: "RoBERTa"},
	{name: "T5"},
	{name: "LLaMA", aliases: []string{"decoder"}},
}

// String is the name on the wire.
func (t TextEncoder) String() string { return textEncoderNames.name(uint8(t)) }

// Values lists the names in order.
func (TextEncoder) Values() []string { return textEncoderNames.names() }

// MarshalText gives the name on the wire.
func (t TextEncoder) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (t *TextEncoder) UnmarshalText(text []byte) error {
	value, err := textEncoderNames.parse(string(text))
	*t = TextEncoder(value)
	return err
}

// Fusion is how image features meet text.
type Fusion uint8

// The values of Fusion; zero is invalid.
const (
	CrossAttention Fusion = iota + 1
	CoAttention
	GatedFusion
	Projector
)

var fusionNames = table{
	{name: "cross-attention"},
	{name: "co-attention"},
	{name: "gated-fusion"},
	{name: "projector", aliases: []string{"mlp"}},
}

// String is the name on the wire.
func (f Fusion) String() string { return fusionNames.name(uint8(f)) }

// Values lists the names in order.
func (Fusion) Values() []string { return fusionNames.names() }

// MarshalText gives the name on the wire.
func (f Fusion) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (f *Fusion) UnmarshalText(text []byte) error {
	value, err := fusionNames.parse(string(text))
	*f = Fusion(value)
	return err
}

// Pooling is the pooling layer of a CNN.
type Pooling uint8

// The values of Pooling; zero is invalid.
const (
	MaxPool Pooling = iota + 1
	AvgPool
	AdaptiveAvgPool
)

var poolingNames = table{
	{name: "MaxPool"},
	{name: "AvgPool"},
	{name: "AdaptiveAvgPool"},
}

// String is the name on the wire.
func (p Pooling) String() string { return poolingNames.name(uint8(p)) }

// Values lists the names in order.
func (Pooling) Values() []string { return poolingNames.names() }

// MarshalText gives the name on the wire.
func (p Pooling) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (p *Pooling) UnmarshalText(text []byte) error {
	value, err := poolingNames.parse(string(text))
	*p = Pooling(value)
	return err
}

// Augmentation is one step of data augmentation.
type Augmentation uint8

// The values of Augmentation; zero is invalid.
const (
	RandomCrop Augmentation = iota + 1
	RandomFlip
	ColorJitter
	AutoAugment
	Mixup
	CutMix
)

var augmentationNames = table{
	{name: "RandomCrop"},
	{name: "RandomFlip", aliases: []string{"RandomHorizontalFlip"}},
	{name: "ColorJitter"},
	{name: "AutoAugment"},
	{name: "Mixup"},
	{name: "CutMix"},
}

// String is the name on the wire.
func (a Augmentation) String() string { return augmentationNames.name(uint8(a)) }

// Values lists the names in order.
func (Augmentation) Values() []string { return augmentationNames.names() }

// MarshalText gives the name on the wire.
func (a Augmentation) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (a *Augmentation) UnmarshalText(text []byte) error {
	value, err := augmentationNames.parse(string(text))
	*a = Augmentation(value)
	return err
}
