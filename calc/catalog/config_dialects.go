package catalog

import "vramcalc/calc/workload"

// dialect is one model_type: the forward that it names and how its fields are
// read. To add one, write a row here and its defaults in library.json.
type dialect struct {
	modelType    string
	family       workload.Family
	architecture workload.Architecture
	read         func(*reader, dialect, *Model)
}

// dialects lists the model types, sorted. It is a function since reading a
// multimodal config looks up the dialect of its language model.
func dialects() []dialect {
	return []dialect{
		{"baichuan", workload.Baichuan, workload.ArchBaichuan, readBaichuan},
		{"bart", workload.BART, workload.ArchBART, readBART},
		{"bert", workload.BERT, workload.ArchBERT, readBERT},
		{"blip", workload.BLIPText, workload.ArchBLIP, readBLIP},
		{"blip-2", 0, workload.ArchBLIP2, readBLIP2},
		{"bloom", workload.BLOOM, workload.ArchBLOOM, readBLOOM},
		{"chatglm", workload.ChatGLM, workload.ArchChatGLM, readChatGLM},
		{"clip", workload.CLIPText, workload.ArchCLIP, readCLIP},
		{"cohere", workload.Cohere, workload.ArchCohere, readCohere},
		{"convnext", 0, workload.ArchConvNeXt, readConvNeXt},
		{"dbrx", workload.DBRX, workload.ArchDBRX, readDBRX},
		{"deberta-v2", workload.DeBERTaV2, workload.ArchDeBERTaV3, readDeBERTa},
		{"deepseek", workload.DeepSeekMoE, workload.ArchDeepSeekMoE, readDeepSeek},
		{"deepseek_v2", workload.DeepSeekV2, workload.ArchDeepSeekV2, readDeepSeek},
		{"deepseek_v3", workload.DeepSeekV3, workload.ArchDeepSeekV3, readDeepSeek},
		{"distilbert", workload.DistilBERT, workload.ArchDistilBERT, readDistilBERT},
		{"exaone", workload.Llama, workload.ArchLLaMA, readLlama},
		{"falcon", workload.Falcon, workload.ArchFalcon, readFalcon},
		{"gemma", workload.Gemma, workload.ArchGemma, readGemma},
		{"gemma2", workload.Gemma2, workload.ArchGemma, readGemma},
		{"gemma3", workload.Gemma3, workload.ArchGemma3VL, readGemma3VL},
		{"gemma3_text", workload.Gemma3, workload.ArchGemma, readGemma},
		{"glm", workload.GLM, workload.ArchChatGLM, readGLM},
		{"glm4", workload.GLM4, workload.ArchGLM4, readGLM},
		{"glm4_moe", workload.GLM4MoE, workload.ArchGLM45, readGLM4MoE},
		{"gpt2", workload.GPT2, workload.ArchGPT, readGPT2},
		{"gpt_bigcode", workload.GPTBigCode, workload.ArchGPTBigCode, readGPTBigCode},
		{"gpt_neo", workload.GPTNeo, workload.ArchGPTNeo, readGPTNeo},
		{"gpt_neox", workload.GPTNeoX, workload.ArchGPTNeoX, readGPTNeoX},
		{"gpt_oss", workload.GPTOSS, workload.ArchGPTOSS, readGPTOSS},
		{"gptj", workload.GPTJ, workload.ArchGPTJ, readGPTJ},
		{"granite", workload.Granite, workload.ArchLLaMA, readLlama},
		{"granitemoe", workload.GraniteMoE, workload.ArchMixtral, readGraniteMoE},
		{"idefics", workload.IdeficsText, workload.ArchIdefics, readIdefics},
		{"idefics2", workload.Mistral, workload.ArchIdefics2, readIdefics2},
		{"idefics3", workload.Llama, workload.ArchSmolVLM, readIdefics3},
		{"instructblip", 0, workload.ArchInstructBLIP, readBLIP2},
		{"internlm2", workload.InternLM2, workload.ArchInternLM2, readInternLM2},
		{"internvl", workload.Qwen2, workload.ArchInternVL, readInternVL},
		{"llama", workload.Llama, workload.ArchLLaMA, readLlama},
		{"llama4", workload.Llama4, workload.ArchLlama4, readLlama4VL},
		{"llama4_text", workload.Llama4, workload.ArchLlama4, readLlama4},
		{"llava", workload.Llama, workload.ArchLLaVA, readLLaVA},
		{"llava_next", workload.Llama, workload.ArchLLaVA, readLLaVA},
		{"llava_onevision", workload.Qwen2, workload.ArchLLaVA, readLLaVA},
		{"minicpm", workload.MiniCPM, workload.ArchLLaMA, readMiniCPM},
		{"mistral", workload.Mistral, workload.ArchMistral, readLlama},
		{"mistral3", workload.Mistral, workload.ArchMistral3, readMistral3},
		{"mixtral", workload.Mixtral, workload.ArchMixtral, readMixtral},
		{"mllama", workload.MllamaText, workload.ArchLlama32Vision, readMllama},
		{"mobilenet_v1", 0, workload.ArchMobileNetV2, readMobileNetV1},
		{"mobilenet_v2", 0, workload.ArchMobileNetV2, readMobileNet},
		{"mpt", workload.MPT, workload.ArchMPT, readMPT},
		{"mt5", workload.MT5, workload.ArchT5, readT5},
		{"nemotron", workload.Nemotron, workload.ArchLLaMA, readNemotron},
		{"olmo", workload.OLMo, workload.ArchOLMo2, readOLMo},
		{"olmo2", workload.OLMo2, workload.ArchOLMo2, readOLMo2},
		{"olmoe", workload.OLMoE, workload.ArchOLMoE, readOLMoE},
		{"opt", workload.OPT, workload.ArchOPT, readOPT},
		{"paligemma", workload.Gemma, workload.ArchPaliGemma, readPaliGemma},
		{"phi", workload.Phi, workload.ArchPhi, readPhi},
		{"phi3", workload.Phi3, workload.ArchPhi3, readPhi3},
		{"phimoe", workload.PhiMoE, workload.ArchPhiMoE, readPhiMoE},
		{"qwen2", workload.Qwen2, workload.ArchQwen, readQwen2},
		{"qwen2_5_vl", workload.Qwen25VLText, workload.ArchQwen25VL, readQwenVL},
		{"qwen2_moe", workload.Qwen2MoE, workload.ArchQwenMoE, readQwenMoE},
		{"qwen2_vl", workload.Qwen2VLText, workload.ArchQwen2VL, readQwenVL},
		{"qwen3", workload.Qwen3, workload.ArchQwen, readQwen3},
		{"qwen3_moe", workload.Qwen3MoE, workload.ArchQwenMoE, readQwenMoE},
		{"qwen3_vl", workload.Qwen3VLText, workload.ArchQwen3VL, readQwenVL},
		{"qwen3_vl_moe", workload.Qwen3VLMoEText, workload.ArchQwen3VL, readQwenVL},
		{"regnet", 0, workload.ArchRegNet, readRegNet},
		{"resnet", 0, workload.ArchResNet, readResNet},
		{"roberta", workload.RoBERTa, workload.ArchRoBERTa, readBERT},
		{"siglip", workload.SigLIPText, workload.ArchSigLIP, readCLIP},
		{"smollm3", workload.SmolLM3, workload.ArchSmolLM3, readSmolLM3},
		{"smolvlm", workload.Llama, workload.ArchSmolVLM, readIdefics3},
		{"stablelm", workload.StableLM, workload.ArchStableLM, readStableLM},
		{"starcoder2", workload.StarCoder2, workload.ArchStarCoder2, readStarCoder2},
		{"swin", 0, workload.ArchSwin, readSwin},
		{"switch_transformers", workload.Switch, workload.ArchSwitch, readSwitch},
		{"t5", workload.T5, workload.ArchT5, readT5},
		{"vit", 0, workload.ArchViT, readViT},
		{"whisper", workload.WhisperDecoder, workload.ArchWhisper, readWhisper},
		{"xlm-roberta", workload.RoBERTa, workload.ArchRoBERTa, readBERT},
	}
}

func dialectOf(modelType string) (dialect, bool) {
	for _, d := range dialects() {
		if d.modelType == modelType {
			return d, true
		}
	}
	return dialect{}, false
}
