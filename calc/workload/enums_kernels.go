package workload

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
