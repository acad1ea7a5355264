package workload

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

// StackName names a training stack: the software that runs the step.
type StackName uint8

// The values of StackName; zero is invalid.
const (
	PyTorch StackName = iota + 1
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
func (s StackName) String() string { return stackNames.name(uint8(s)) }

// Values lists the names in order.
func (StackName) Values() []string { return stackNames.names() }

// MarshalText gives the name on the wire.
func (s StackName) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (s *StackName) UnmarshalText(text []byte) error {
	value, err := stackNames.parse(string(text))
	*s = StackName(value)
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
