package workload

// Family is the library's forward that a transformer follows: the model_type
// of a Hugging Face config.json. Two families with the same forward still have
// two values, so that an answer can name what was asked.
type Family uint8

// The values of Family; zero is invalid.
const (
	Llama Family = iota + 1
	Mistral
	Qwen2
	Qwen3
	Gemma
	Gemma2
	Gemma3
	Phi
	Phi3
	GPT2
	GPTNeoX
	GPTJ
	GPTBigCode
	OPT
	BLOOM
	Falcon
	MPT
	StarCoder2
	ChatGLM
	GLM
	GLM4
	Baichuan
	InternLM2
	OLMo2
	Cohere
	StableLM
	Mixtral
	Qwen2MoE
	Qwen3MoE
	OLMoE
	DeepSeekMoE
	DeepSeekV2
	DeepSeekV3
	GPTOSS
	BERT
	RoBERTa
	DistilBERT
	DeBERTaV2
	T5
	MT5
	Switch
	BART
	Transformer2017
	GLaM
	GPTNeo
	PaLM
	SmolLM3
	Phi3Small
	PhiMoE
	DBRX
	Llama4
	GLM4MoE
	CLIPText
	SigLIPText
	BLIPText
	WhisperDecoder
	MllamaText
	IdeficsText
	Qwen2VLText
	Qwen25VLText
	Qwen3VLText
	Qwen3VLMoEText
	OLMo
	Nemotron
	Granite
	GraniteMoE
	MiniCPM
)

var familyNames = table{
	{name: "llama"},
	{name: "mistral"},
	{name: "qwen2"},
	{name: "qwen3"},
	{name: "gemma"},
	{name: "gemma2"},
	{name: "gemma3_text"},
	{name: "phi"},
	{name: "phi3"},
	{name: "gpt2"},
	{name: "gpt_neox"},
	{name: "gptj"},
	{name: "gpt_bigcode"},
	{name: "opt"},
	{name: "bloom"},
	{name: "falcon"},
	{name: "mpt"},
	{name: "starcoder2"},
	{name: "chatglm"},
	{name: "glm"},
	{name: "glm4"},
	{name: "baichuan"},
	{name: "internlm2"},
	{name: "olmo2"},
	{name: "cohere"},
	{name: "stablelm"},
	{name: "mixtral"},
	{name: "qwen2_moe"},
	{name: "qwen3_moe"},
	{name: "olmoe"},
	{name: "deepseek"},
	{name: "deepseek_v2"},
	{name: "deepseek_v3"},
	{name: "gpt_oss"},
	{name: "bert"},
	{name: "roberta", aliases: []string{"xlm-roberta"}},
	{name: "distilbert"},
	{name: "deberta-v2"},
	{name: "t5"},
	{name: "mt5"},
	{name: "switch_transformers"},
	{name: "bart"},
	{name: "transformer-2017"},
	{name: "glam"},
	{name: "gpt_neo"},
	{name: "palm"},
	{name: "smollm3"},
	{name: "phi3small"},
	{name: "phimoe"},
	{name: "dbrx"},
	{name: "llama4_text"},
	{name: "glm4_moe"},
	{name: "clip_text_model"},
	{name: "siglip_text_model"},
	{name: "blip_text_model"},
	{name: "whisper_decoder"},
	{name: "mllama_text_model"},
	{name: "idefics_text"},
	{name: "qwen2_vl_text"},
	{name: "qwen2_5_vl_text"},
	{name: "qwen3_vl_text"},
	{name: "qwen3_vl_moe_text"},
	{name: "olmo"},
	{name: "nemotron"},
	{name: "granite"},
	{name: "granitemoe"},
	{name: "minicpm"},
}

// String is the name on the wire.
func (f Family) String() string { return familyNames.name(uint8(f)) }

// Values lists the names in order.
func (Family) Values() []string { return familyNames.names() }

// MarshalText gives the name on the wire.
func (f Family) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (f *Family) UnmarshalText(text []byte) error {
	value, err := familyNames.parse(string(text))
	*f = Family(value)
	return err
}

// IsEncoderDecoder says whether the family has two stacks.
func (f Family) IsEncoderDecoder() bool {
	switch f {
	case T5, MT5, Switch, BART, Transformer2017:
		return true
	}
	return false
}

// IsEncoder says whether the family is a bidirectional encoder with a
// masked-language-model head.
func (f Family) IsEncoder() bool {
	switch f {
	case BERT, RoBERTa, DistilBERT, DeBERTaV2:
		return true
	}
	return false
}

// VisionFamily is the vision (or audio) tower's forward in the library.
type VisionFamily uint8

// The values of VisionFamily; zero is invalid.
const (
	CLIPVision VisionFamily = iota + 1
	SigLIPVision
	BLIPVision
	BLIP2Vision
	Qwen2VLVision
	Qwen25VLVision
	InternVision
	MllamaVision
	Idefics2Vision
	Idefics3Vision
	WhisperEncoder
	PixtralVision
	ConvNeXtVision
	ResNetVision
	Qwen3VLVision
	IdeficsVision
	Llama4Vision
)

var visionFamilyNames = table{
	{name: "clip_vision_model"},
	{name: "siglip_vision_model"},
	{name: "blip_vision_model"},
	{name: "blip_2_vision_model"},
	{name: "qwen2_vl_vision"},
	{name: "qwen2_5_vl_vision"},
	{name: "internvl_vision"},
	{name: "mllama_vision_model"},
	{name: "idefics2_vision"},
	{name: "idefics3_vision"},
	{name: "whisper_encoder"},
	{name: "pixtral"},
	{name: "convnext"},
	{name: "resnet"},
	{name: "qwen3_vl_vision"},
	{name: "idefics_vision"},
	{name: "llama4_vision_model"},
}

// String is the name on the wire.
func (v VisionFamily) String() string { return visionFamilyNames.name(uint8(v)) }

// MarshalText gives the name on the wire.
func (v VisionFamily) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText takes any case; the error lists the names.
func (v *VisionFamily) UnmarshalText(text []byte) error {
	value, err := visionFamilyNames.parse(string(text))
	*v = VisionFamily(value)
	return err
}
