package workload

// Inference is a run without training: a prompt is read at once, then tokens
// are generated one by one. The prompt's length is Train.Sequence, the number
// of samples Train.Batch. The zero value is a training run.
type Inference struct {
	On             bool
	NewTokens      int64 // generated tokens of a sample; 0 = the prompt is read and nothing more
	Cache          CacheImplementation
	CachePrecision CachePrecision
	Logits         LogitsKept
	Sampling       bool
	Requests       int64   // requests whose tokens a server's cache holds, paged only
	Share          float64 // of the card's memory that a server takes, paged only
	Spare          int64   // blocks of a server's cache beyond what its requests need
}

// CacheImplementation is how keys and values of earlier tokens are kept.
type CacheImplementation uint8

// The values of CacheImplementation; zero is invalid.
const (
	DynamicCache CacheImplementation = iota + 1 // joined to the new ones at every step
	StaticCache                                 // as long as the run will need, from the start
	PagedCache                                  // a server's pool of blocks
)

var cacheImplementationNames = table{
	{name: "dynamic"},
	{name: "static"},
	{name: "paged", aliases: []string{"vllm", "sglang", "tgi", "server"}},
}

// String is the name on the wire.
func (c CacheImplementation) String() string { return cacheImplementationNames.name(uint8(c)) }

// Values lists the names in order.
func (CacheImplementation) Values() []string { return cacheImplementationNames.names() }

// MarshalText gives the name on the wire.
func (c CacheImplementation) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (c *CacheImplementation) UnmarshalText(text []byte) error {
	value, err := cacheImplementationNames.parse(string(text))
	*c = CacheImplementation(value)
	return err
}

// CachePrecision is the width in which keys and values are kept.
type CachePrecision uint8

// The values of CachePrecision; zero stands for the model's own type.
const (
	CacheModel CachePrecision = iota
	CacheFP16
	CacheBF16
	CacheFP8
	CacheInt8
	CacheInt4
)

var cachePrecisionNames = table{
	{name: "fp16", aliases: []string{"float16", "half"}},
	{name: "bf16", aliases: []string{"bfloat16"}},
	{name: "fp8", aliases: []string{"fp8_e4m3", "fp8_e5m2", "float8"}},
	{name: "int8", aliases: []string{"8bit"}},
	{name: "int4", aliases: []string{"4bit"}},
}

// String is the name on the wire.
func (c CachePrecision) String() string { return cachePrecisionNames.name(uint8(c)) }

// Values lists the names in order.
func (CachePrecision) Values() []string { return cachePrecisionNames.names() }

// MarshalText gives the name on the wire.
func (c CachePrecision) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (c *CachePrecision) UnmarshalText(text []byte) error {
	value, err := cachePrecisionNames.parse(string(text))
	*c = CachePrecision(value)
	return err
}

// LogitsKept is of which tokens of the prompt logits are made.
type LogitsKept uint8

// The values of LogitsKept; zero is invalid.
const (
	LastLogits LogitsKept = iota + 1
	AllLogits
)

var logitsKeptNames = table{
	{name: "last"},
	{name: "all"},
}

// String is the name on the wire.
func (l LogitsKept) String() string { return logitsKeptNames.name(uint8(l)) }

// Values lists the names in order.
func (LogitsKept) Values() []string { return logitsKeptNames.names() }

// MarshalText gives the name on the wire.
func (l LogitsKept) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (l *LogitsKept) UnmarshalText(text []byte) error {
	value, err := logitsKeptNames.parse(string(text))
	*l = LogitsKept(value)
	return err
}

// RunMode is what a model is run for.
type RunMode uint8

// The values of RunMode; zero is invalid.
const (
	InferenceMode  RunMode = iota + 1 // nothing is trained
	TrainingMode                      // all parameters are trained
	FineTuningMode                    // what the method says is trained
)

var runModeNames = table{
	{name: "inference", aliases: []string{"serving", "generation"}},
	{name: "training", aliases: []string{"pretraining"}},
	{name: "finetuning", aliases: []string{"fine tuning"}},
}

// String is the name on the wire.
func (m RunMode) String() string { return runModeNames.name(uint8(m)) }

// Values lists the names in order.
func (RunMode) Values() []string { return runModeNames.names() }

// MarshalText gives the name on the wire.
func (m RunMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (m *RunMode) UnmarshalText(text []byte) error {
	value, err := runModeNames.parse(string(text))
	*m = RunMode(value)
	return err
}
