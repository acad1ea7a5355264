package workload

// Architecture is the argument architectureType: a line of models as people
// name it.
type Architecture uint8

// The values of Architecture; zero is invalid.
const (
	ArchTransformer Architecture = iota + 1
	ArchBERT
	ArchGPT
	ArchT5
	ArchLLaMA
	ArchChatGLM
	ArchQwen
	ArchMistral
	ArchGemma
	ArchPhi
	ArchPhi3
	ArchFalcon
	ArchOPT
	ArchBLOOM
	ArchGPTNeoX
	ArchGPTNeo
	ArchGPTJ
	ArchMPT
	ArchStarCoder2
	ArchGPTBigCode
	ArchGLM4
	ArchBaichuan
	ArchInternLM2
	ArchOLMo2
	ArchCohere
	ArchSmolLM3
	ArchRoBERTa
	ArchDistilBERT
	ArchDeBERTaV3
	ArchBART
	ArchPaLM
	ArchStableLM
	ArchCLIP
	ArchBLIP
	ArchLLaVA
	ArchGPT4V
	ArchGemini
	ArchClaude
	ArchFlamingo
	ArchSigLIP
	ArchBLIP2
	ArchInstructBLIP
	ArchQwen2VL
	ArchQwen25VL
	ArchQwen3VL
	ArchInternVL
	ArchPaliGemma
	ArchGemma3VL
	ArchLlama32Vision
	ArchIdefics
	ArchIdefics2
	ArchSmolVLM
	ArchPixtral
	ArchMistral3
	ArchMiniCPMV
	ArchWhisper
	ArchSwitch
	ArchGLaM
	ArchPaLM2
	ArchDeepSeekMoE
	ArchMixtral
	ArchDeepSeekV2
	ArchDeepSeekV3
	ArchQwenMoE
	ArchOLMoE
	ArchLlama4
	ArchGPTOSS
	ArchGLM45
	ArchPhiMoE
	ArchDBRX
	ArchResNet
	ArchEfficientNet
	ArchConvNeXt
	ArchRegNet
	ArchDenseNet
	ArchResNeXt
	ArchWideResNet
	ArchEfficientNetV2
	ArchVGG
	ArchMobileNetV2
	ArchMobileNetV3
	ArchInception
	ArchAlexNet
	ArchViT
	ArchSwin
	ArchMNASNet
	ArchShuffleNetV2
	ArchSqueezeNet
	ArchMaxViT
)

var architectureNames = table{
	{name: "Transformer", aliases: []string{"transformer 2017", "attention is all you need", "vanilla transformer"}},
	{name: "BERT"},
	{name: "GPT", aliases: []string{"GPT-2", "GPT-3", "gpt2"}},
	{name: "T5"},
	{name: "LLaMA", aliases: []string{"llama2", "llama3", "llama 2", "llama 3"}},
	{name: "ChatGLM", aliases: []string{"glm"}},
	{name: "Qwen", aliases: []string{"qwen2", "qwen2.5", "qwen3"}},
	{name: "Mistral"},
	{name: "Gemma", aliases: []string{"gemma2", "gemma3"}},
	{name: "Phi", aliases: []string{"phi2"}},
	{name: "Phi-3", aliases: []string{"phi4"}},
	{name: "Falcon"},
	{name: "OPT"},
	{name: "BLOOM"},
	{name: "GPT-NeoX", aliases: []string{"pythia"}},
	{name: "GPT-Neo"},
	{name: "GPT-J"},
	{name: "MPT"},
	{name: "StarCoder2"},
	{name: "GPT-BigCode", aliases: []string{"starcoder"}},
	{name: "GLM-4"},
	{name: "Baichuan"},
	{name: "InternLM2"},
	{name: "OLMo2"},
	{name: "Cohere", aliases: []string{"command-r"}},
	{name: "SmolLM3"},
	{name: "RoBERTa"},
	{name: "DistilBERT"},
	{name: "DeBERTa-v3", aliases: []string{"deberta"}},
	{name: "BART"},
	{name: "PaLM"},
	{name: "StableLM"},
	{name: "CLIP"},
	{name: "BLIP"},
	{name: "LLaVA"},
	{name: "GPT-4V", aliases: []string{"gpt4-vision"}},
	{name: "Gemini"},
	{name: "Claude"},
	{name: "Flamingo", aliases: []string{"openflamingo"}},
	{name: "SigLIP"},
	{name: "BLIP-2"},
	{name: "InstructBLIP"},
	{name: "Qwen2-VL", aliases: []string{"qwen-vl"}},
	{name: "Qwen2.5-VL"},
	{name: "Qwen3-VL"},
	{name: "InternVL"},
	{name: "PaliGemma"},
	{name: "Gemma-3-VL"},
	{name: "Llama-3.2-Vision", aliases: []string{"mllama"}},
	{name: "Idefics"},
	{name: "Idefics2"},
	{name: "SmolVLM"},
	{name: "Pixtral"},
	{name: "Mistral3"},
	{name: "MiniCPM-V"},
	{name: "Whisper"},
	{name: "Switch Transformer", aliases: []string{"switch"}},
	{name: "GLaM"},
	{name: "PaLM-2"},
	{name: "DeepSeek-MoE", aliases: []string{"deepseek"}},
	{name: "Mixtral"},
	{name: "DeepSeek-V2"},
	{name: "DeepSeek-V3", aliases: []string{"deepseek-r1"}},
	{name: "Qwen-MoE", aliases: []string{"qwen2-moe", "qwen3-moe"}},
	{name: "OLMoE"},
	{name: "LLaMA-4"},
	{name: "gpt-oss"},
	{name: "GLM-4.5"},
	{name: "Phi-MoE"},
	{name: "DBRX"},
	{name: "ResNet"},
	{name: "EfficientNet"},
	{name: "ConvNeXt"},
	{name: "RegNet"},
	{name: "DenseNet"},
	{name: "ResNeXt"},
	{name: "WideResNet"},
	{name: "EfficientNetV2"},
	{name: "VGG"},
	{name: "MobileNetV2", aliases: []string{"mobilenet"}},
	{name: "MobileNetV3"},
	{name: "Inception", aliases: []string{"googlenet"}},
	{name: "AlexNet"},
	{name: "ViT", aliases: []string{"vision transformer"}},
	{name: "Swin", aliases: []string{"swin v2"}},
	{name: "MNASNet"},
	{name: "ShuffleNetV2", aliases: []string{"shufflenet"}},
	{name: "SqueezeNet"},
	{name: "MaxViT"},
}

// String is the name on the wire.
func (a Architecture) String() string { return architectureNames.name(uint8(a)) }

// Values lists the names in order.
func (Architecture) Values() []string { return architectureNames.names() }

// MarshalText gives the name on the wire.
func (a Architecture) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (a *Architecture) UnmarshalText(text []byte) error {
	value, err := architectureNames.parse(string(text))
	*a = Architecture(value)
	return err
}

// Kind is the type of model that the architecture belongs to.
func (a Architecture) Kind() Kind {
	switch {
	case a == 0:
		return 0
	case a < ArchCLIP:
		return NLP
	case a < ArchSwitch:
		return Multimodal
	case a < ArchResNet:
		return MoE
	}
	return CNN
}
