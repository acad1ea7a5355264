// Package workload is the vocabulary of what can be run: closed sets as enums
// and complete sections. A section has no optional and no unresolved field;
// engines are built from sections and never see a caller's request.
package workload

// Train is how a training step is run.
type Train struct {
	Batch               int64   // micro-batch: samples per GPU and step
	Sequence            int64   // text tokens of a sample (encoder side where there are two)
	Lengths             []int64 // tokens of a batch's samples before padding to Sequence, repeated over the batch; none = all alike
	Packing             bool    // samples fill rows of Sequence tokens, without padding
	DecoderSequence     int64   // tokens of the decoder's side, encoder-decoder models only
	AccumulationSteps   int64   // micro-batches per optimizer step
	Precision           Precision
	Half                Precision // 16-bit type that int8 and int4 weights compute in: BF16, or FP16 on cards without
	Mode                PrecisionMode
	Method              Method
	Optimizer           Optimizer
	Implementation      OptimizerImplementation
	Checkpointing       bool
	CheckpointingForm   CheckpointingImplementation
	Loss                LossImplementation
	Clipping            float64 // maximum gradient norm, 0 = off
	WeightDecay         float64
	WarmupSteps         int64
	LabelSmoothing      float64
	LearningRate        float64
	Epochs              float64
	Scheduler           Scheduler
	MaxGeneration       int64 // tokens generated in an evaluation phase, 0 = none
	Head                Head
	Classes             int64 // outputs of a classification head
	FrozenLayers        int64 // embeddings and the first N layers of each stack; -1 = not given
	FrozenModules       []string
	TrainableModules    []string
	PrefixLength        int64 // virtual tokens of prefix tuning
	CrossModalAlignment float64
	ImageTextContrast   float64
	Temperature, TopP   float64
	RepetitionPenalty   float64
}

// Compute is the type in which matrix products run.
func (t Train) Compute() Precision {
	switch t.Precision {
	case INT8, INT4:
		if t.Half == FP16 {
			return FP16
		}
		return BF16
	}
	return t.Precision
}

// Weights is the type in which unquantized weights are kept.
func (t Train) Weights() Precision {
	if t.Mode == Autocast {
		return FP32
	}
	return t.Compute()
}

// IsAutocast says whether the forward pass runs under torch.autocast.
func (t Train) IsAutocast() bool { return t.Mode == Autocast || t.Mode == Autocast16 }

// Adapter is LoRA and what surrounds it.
type Adapter struct {
	Rank          int64
	Alpha         float64
	Dropout       float64
	Targets       []string // module names or patterns, as PEFT matches them
	ModulesToSave []string
	Precision     AdapterPrecision
	Quantization  Quantization // of the frozen base weights
	KBit          bool         // peft's prepare_model_for_kbit_training
	Vision        bool         // LoRA on the vision tower
	Text          bool         // LoRA on the text side
	FusionLayer   bool         // LoRA on what joins them
	Experts       ExpertLoRA   // where LoRA goes in a MoE model when no targets are given
}

// Attention is the attention kernel and what decides its memory.
type Attention struct {
	Implementation AttentionImplementation
}

// Text is a transformer over tokens: a decoder, an encoder, or both. Sizes are
// those of the library's configuration; 0 means that the model has none.
type Text struct {
	Family          Family
	Hidden          int64
	Layers          int64 // encoder layers where there are two stacks
	DecoderLayers   int64
	Heads           int64
	KVHeads         int64
	HeadDim         int64
	Intermediate    int64
	Vocab           int64
	Context         int64 // longest sequence the positions allow, 0 = no limit
	PositionRows    int64 // rows of a learned position table
	TokenTypes      int64 // rows of BERT's token-type table
	EmbeddingDim    int64 // width of the embedding where it differs from Hidden (OPT-350m)
	RotaryDim       int64 // rotated part of a head, HeadDim where all is
	Window          int64 // sliding window, 0 = none
	WindowPattern   int64 // every n-th layer is global (Gemma 2: 2, Gemma 3: 6); 0 = all layers alike
	WindowAfter     int64 // leading layers that are global, the others windowed (Qwen2's max_window_layers)
	NoRoPEInterval  int64 // every n-th layer has no rotary embedding (SmolLM3, LLaMA-4: 4), 0 = none
	RelativeBuckets int64 // buckets of distances (DeBERTa: in one direction), 0 = no relative positions
	ConvKernel      int64 // width of the convolution beside DeBERTa-v2's first layer, 0 = none
	Position        Position
	Norm            Norm
	Activation      Activation
	Gated           bool // gate, up and down matrices instead of two
	QKVBias         bool
	OutBias         bool
	MLPBias         bool
	HeadBias        bool
	QKNorm          bool // a norm over each head's query and key (Qwen3, Gemma 3; Cohere, with weights of each head)
	QKNormFull      bool // RMS norm over the full query and key width (OLMo 2, OLMoE)
	QKNormNoWeight  bool // an L2 norm without parameters over each head's query and key (LLaMA-4)
	PositionScale   bool // layers without rotary embedding scale queries by position (LLaMA-4)
	Sinks           bool // one learned logit per head joins the softmax (gpt-oss)
	FourNorms       bool // norms before and after attention and MLP (Gemma 2 and 3, GLM-4-0414)
	Parallel        bool // attention and MLP read the same residual (GPT-NeoX, Falcon, Phi)
	OneNorm         bool // a parallel block with a single norm
	PostNorm        bool // norms after the residual sums (BERT's order; OPT-350m), not before attention and MLP
	NoFinalNorm     bool
	EmbeddingNorm   bool // BLOOM
	TiedEmbeddings  bool
	AttentionCap    float64 // soft-capping of attention scores
	QKVClip         float64 // limit of query, key and value (MPT), 0 = none
	LogitCap        float64 // soft-capping of logits
	EmbeddingDrop   float64
	AttentionDrop   float64
	ResidualDrop    float64 // dropout after attention and MLP
	ActivationDrop  float64 // dropout inside the MLP
	QLoRARank       int64   // multi-head latent attention: 0 = a plain query projection
	KVLoRARank      int64   // multi-head latent attention, 0 = ordinary attention
	QKNopeDim       int64
	QKRopeDim       int64
	VHeadDim        int64
	Pooler          bool // BERT's pooler exists
	ScaledHead      bool // the decoder's output is scaled before the head (T5 with tied embeddings)
}

// Experts is the mixture-of-experts part of a decoder or encoder-decoder.
type Experts struct {
	Count              int64
	Active             int64
	Shared             int64 // shared experts that every token visits
	Intermediate       int64 // inner width of one routed expert
	SharedIntermediate int64 // inner width of all shared experts together
	SharedGate         bool  // Qwen2-MoE: a sigmoid gate on the shared expert
	FirstDense         int64 // leading layers with a dense MLP
	LayerFrequency     int64 // every n-th layer has experts, 1 = all
	DecoderFrequency   int64 // the same for the decoder of two stacks, 0 = as LayerFrequency
	NormTopK           bool  // the chosen probabilities are divided by their sum
	Groups             int64 // DeepSeek: groups among which routing is limited, 0 or 1 = none
	GroupsKept         int64 // groups a token may use
	ExpertBias         bool  // every expert matrix has a bias (gpt-oss)
	Routing            Routing
	CapacityFactor     float64 // 0 = dropless
	Capacity           int64   // most tokens of one sequence that an expert takes, 0 = no limit (Switch)
	RouterJitter       float64 // noise on the router's input in training (Switch)
	Implementation     ExpertsImplementation
	RouterBias         bool
	CorrectionBias     bool // DeepSeek-V3: one learned-free bias per expert, counted as a parameter
	LoadBalanceLoss    float64
	AuxiliaryLoss      float64
	Dropout            float64
	Init               ExpertInit
}

// Vision is the vision (or audio) tower of a multimodal model.
type Vision struct {
	Model        Architecture // whose forward joins tower and language model
	Family       VisionFamily
	Encoder      VisionEncoder
	Hidden       int64
	Layers       int64
	Heads        int64
	Intermediate int64
	Patch        int64
	Channels     int64
	NativeSize   int64 // image side of the position table
	Projection   int64 // CLIP: width of the shared space; Qwen-VL: merger output
	Merge        int64 // patches merged per side before the language model, 1 = none
	Activation   Activation
	Width        int64 // pixels of the image as the processor gives it
	Height       int64
	Tiles        int64 // crops of one image, 1 = none
	Images       int64 // images of a sample
	Frames       int64 // video frames of a sample
	AudioSeconds float64
	Mels         int64
	Fusion       Fusion
	FreezeVision bool
	FreezeText   bool
	// Q-Former (BLIP-2) or perceiver (Idefics, Flamingo).
	Queries       int64
	QFormerHidden int64
	QFormerLayers int64
	QFormerHeads  int64
	QFormerFFN    int64
	CrossEvery    int64 // every n-th layer has cross-attention, from CrossFirst on
	ImageTokens   int64 // tokens of one image (of one tile, where it is tiled) in the text sequence, where the model fixes it
	FeatureLayer  int64 // LLaVA takes hidden state -2
	TextEncoder   TextEncoder

	// The tower's own switches.
	Norm          Norm
	Gated         bool    // gate, up and down matrices (Qwen2.5-VL, Pixtral)
	QKVBias       bool    // bias on query, key and value
	QKNormFull    bool    // a norm over the full query and key width (InternViT-6B)
	LayerScale    bool    // a factor for each channel after attention and MLP (InternViT)
	UseHead       bool    // SigLIP's attention-pooling head
	KeepClass     bool    // the class token goes on to the projector (feature strategy "full")
	Temporal      int64   // frames that one patch covers (Qwen-VL: 2), 0 = one
	Window        int64   // side of an attention window in pixels (Qwen2.5-VL: 112), 0 = none
	FullEvery     int64   // every n-th layer attends over the whole image (Qwen2.5-VL: 8)
	PositionRows  int64   // rows of a position table that is not one for each patch (Qwen3-VL: 2304; Whisper: 1500)
	DeepStack     int64   // levels handed to the first layers of the language model (Qwen3-VL: 3)
	GlobalLayers  int64   // gated layers after the local ones (Llama-3.2-Vision: 8)
	Intermediates []int64 // local layers whose output is put beside the last (Llama-3.2-Vision: 3, 7, 15, 23, 30)
	MaxTiles      int64   // most crops of one image, a thumbnail not counted; 0 = no tiling
	AspectRatios  int64   // arrangements of tiles that have an embedding (Llama-3.2-Vision: 8)

	// The index of the first layer whose state DeepStack hands on, and the step
	// to the next (Qwen3-VL: 5 and 6, or 8 and 8).
	DeepStackFirst, DeepStackEvery int64

	// What joins the tower and the language model.
	ProjectorBias     bool
	ProjectorAct      Activation
	ImageNewline      bool  // a learned vector ends each row of patches (LLaVA-NeXT)
	CrossFirst        int64 // index of the first layer with cross-attention
	CrossLayers       int64 // number of cross-attention layers
	CrossQKNorm       bool  // queries and keys of the cross-attention are normed
	AdditionalVocab   int64 // further rows of the embedding (Llama-3.2-Vision: 8; Idefics)
	FrozenTower       bool  // the model freezes its tower of itself (Idefics)
	FrozenLayers      bool  // the model freezes its decoder layers and embeddings of itself (Idefics)
	FrozenHead        bool  // the model freezes its head of itself (Idefics)
	QFormerKVHeads    int64
	QFormerHeadDim    int64
	QFormerQKNorm     bool
	QFormerCrossEvery int64 // cross-attention in every n-th layer of a Q-Former
	QFormerVocab      int64 // InstructBLIP: the Q-Former reads the instruction
	QFormerPositions  int64
	QFormerDrop       float64

	QFormerAttentionDrop float64

	// Pinpoints are the heights and widths that an image of any size is fitted
	// into, cut into tiles (LLaVA-NeXT).
	Pinpoints [][2]int64
	// AnyResMax is how many tiles' features an image may have before they are
	// made fewer (LLaVA-OneVision: anyres_max_9), 0 = no limit.
	AnyResMax int64
}

// Conv is a convolutional classifier.
type Conv struct {
	Name            string // torchvision's or timm's name: resnet50
	TIMM            bool   // timm's variant where the libraries differ
	Image           int64  // side of the square input
	Classes         int64
	Kernel          int64 // 0 = the architecture's
	Pooling         Pooling
	Augmentations   []Augmentation
	AugmentOnGPU    bool
	ChannelsLast    bool
	FreezeBatchNorm bool
	Dropout         float64 // -1 = the architecture's own
	StochasticDepth float64
	WidthMultiplier float64 // 1 unless modelSize asks for a scaled shape
}

// Parallel is how a run is spread over GPUs.
type Parallel struct {
	GPUs      int64
	Tensor    int64
	Pipeline  int64
	Context   int64
	Expert    int64
	ZeROStage int64
	Offload   Offload
}

// DataParallel is the number of replicas that see different samples.
func (p Parallel) DataParallel() int64 {
	return max(1, p.GPUs/max(1, p.Tensor*p.Pipeline*p.Context))
}

// Hardware is the card that the run is meant for, and the numbers of a card
// that decide kernel scratch.
type Hardware struct {
	Target          string // catalogue id, "" = none
	Usable          int64  // bytes a process can use on one card, 0 = unknown
	TargetCount     int64
	SMs             int64 // streaming multiprocessors
	ThreadsPerSM    int64
	MatmulWorkspace int64 // cuBLAS workspace of a handle and stream, bytes
	Reserved        int64 // CUDA context and libraries, bytes
}

// Workload is a complete run: *nlp.Config, *multimodal.Config, *moe.Config or
// *cnn.Config. The set is closed by the switch in package calc.
type Workload interface {
	Kind() Kind
}
