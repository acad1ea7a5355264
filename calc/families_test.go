package calc_test

import (
	"cmp"
	"regexp"

	"vramcalc/calc/cnn"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/workload"
)

// familyOf names the group of models that a run belongs to in the table of
// errors: forwards that have most of their operators in common.
func familyOf(w workload.Workload) string {
	switch c := w.(type) {
	case *nlp.Config:
		return languageFamily(c.Text.Family)
	case *moe.Config:
		if c.Text.Family == workload.Switch {
			return "Switch Transformer"
		}
		return "mixtures of experts"
	case *multimodal.Config:
		switch c.Vision.Model {
		case workload.ArchCLIP, workload.ArchSigLIP, workload.ArchBLIP:
			return "CLIP, SigLIP, BLIP"
		case workload.ArchWhisper:
			return "Whisper"
		}
		return "vision-language models"
	case *cnn.Config:
		for _, g := range classifierFamilies {
			if g.names.MatchString(c.Conv.Name) {
				return g.family
			}
		}
		return "other CNNs"
	}
	return "unknown"
}

func languageFamily(f workload.Family) string {
	switch f {
	case workload.Llama, workload.Mistral, workload.Qwen2, workload.Qwen3, workload.SmolLM3, workload.InternLM2, workload.Baichuan:
		return "LLaMA, Mistral, Qwen"
	case workload.Gemma, workload.Gemma2, workload.Gemma3:
		return "Gemma"
	case workload.GPT2, workload.GPTNeo, workload.GPTJ, workload.GPTNeoX, workload.GPTBigCode, workload.OPT, workload.BLOOM, workload.MPT, workload.Falcon:
		return "GPT, OPT, BLOOM, Falcon"
	}
	switch {
	case f.IsEncoder():
		return "BERT, RoBERTa"
	case f.IsEncoderDecoder():
		return "T5 and encoder-decoders"
	}
	return "Phi, GLM, OLMo, other decoders"
}

// classifierFamilies are image classifiers by how their names begin, in
// torchvision and timm.
var classifierFamilies = []struct {
	family string
	names  *regexp.Regexp
}{
	{"ResNet, ResNeXt, RegNet", regexp.MustCompile(`^(wide_)?res(net|next)|^regnet`)},
	{"EfficientNet, MobileNet", regexp.MustCompile(`^(tf_)?efficientnet|^mobilenet`)},
	{"ConvNeXt", regexp.MustCompile(`^convnext`)},
	{"ViT, Swin", regexp.MustCompile(`^(deit|vit|swin)`)},
}

// methodOf names what a run trains, and how its frozen weights are stored.
func methodOf(w workload.Workload) string {
	var method workload.Method
	var weights workload.Quantization
	switch c := w.(type) {
	case *nlp.Config:
		method, weights = c.Train.Method, c.Adapter.Quantization
	case *moe.Config:
		method, weights = c.Train.Method, c.Adapter.Quantization
	case *multimodal.Config:
		method, weights = c.Train.Method, c.Adapter.Quantization
	case *cnn.Config:
		method = c.Train.Method
	}
	if cmp.Or(weights, workload.NoQuantization) == workload.NoQuantization {
		return method.String()
	}
	return method.String() + " on " + weights.String()
}
