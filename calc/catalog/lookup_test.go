package catalog_test

import (
	"testing"

	"vramcalc/calc/catalog"
)

func TestModelSpellings(t *testing.T) {
	for name, want := range map[string]string{
		"llama-2-7b":                         "llama-2-7b",
		"llama2 7b":                          "llama-2-7b",
		"Llama-2-7B":                         "llama-2-7b",
		"LLAMA_2_7B":                         "llama-2-7b",
		"llama27b":                           "llama-2-7b",
		"meta-llama/Llama-2-7b-hf":           "llama-2-7b",
		"meta-llama/Llama-2-7b-chat-hf":      "llama-2-7b",
		"meta-llama/Llama-3.1-8B-Instruct":   "llama-3.1-8b",
		"Meta-Llama-3.1-8B":                  "llama-3.1-8b",
		"llama-7b":                           "llama-7b",
		"opt-13b":                            "opt-13b",
		"opt-1.3b":                           "opt-1.3b",
		"opt_1_3b":                           "opt-1.3b",
		"Qwen/Qwen2.5-7B-Instruct":           "qwen2.5-7b",
		"unsloth/Qwen2.5-7B-bnb-4bit":        "qwen2.5-7b",
		"mistral 7b":                         "mistral-7b-v0.1",
		"mixtral":                            "mixtral-8x7b",
		"bert-base":                          "bert-base-uncased",
		"gpt-3":                              "gpt-3-175b",
		"gpt2-xl":                            "gpt2-xl",
		"resnet50":                           "resnet-50",
		"ResNet-50":                          "resnet-50",
		"torchvision/resnet50":               "resnet-50",
		"timm/resnet50":                      "timm-resnet50",
		"torchvision/regnet_y_1_6gf":         "regnet-y-1-6gf",
		"regnet-y-1.6gf":                     "regnet-y-1-6gf",
		"regnet_y_16gf":                      "regnet-y-16gf",
		"vit_b_16":                           "vit-b-16",
		"timm/vit_base_patch16_224":          "timm-vit-base-patch16-224",
		"torchvision/efficientnet_v2_s":      "efficientnet-v2-s",
		"TinyLlama/TinyLlama-1.1B-Chat-v1.0": "tinyllama-1.1b",
		"deepseek-ai/DeepSeek-V2-Lite":       "deepseek-v2-lite",
		"google/switch-base-8":               "switch-base-8",
		"google/flan-t5-large":               "flan-t5-large",
	} {
		m, ok := catalog.Load().Model(name)
		if !ok || m.ID != want {
			t.Errorf("Model(%q) = %q, %v; want %q", name, m.ID, ok, want)
		}
	}
}

func TestModelUnknown(t *testing.T) {
	c := catalog.Load()
	for _, name := range []string{"", "/", "-", "nothing", "timm/resnet51", "torchvision/", "llama 27b", "hf"} {
		if m, ok := c.Model(name); ok {
			t.Errorf("Model(%q) = %q; want nothing", name, m.ID)
		}
	}
	for name, want := range map[string]string{"lama-2-7b": "llama-2-7b", "resnet5": "resnet-50", "mixtral-8x8b": "mixtral-8x7b"} {
		near := c.NearestModels(name, 5)
		found := false
		for _, id := range near {
			found = found || id == want
		}
		if !found {
			t.Errorf("NearestModels(%q) = %q; want %q among them", name, near, want)
		}
	}
}
