package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"vramcalc/calc/workload"
)

// This file reads image classifiers. Their engines know networks by name, so a
// config is matched with the network that has its shape.

// defaultClasses is what the library's classifiers have without labels
// (PreTrainedConfig.num_labels).
const defaultClasses = 2

// classifier fills in a classifier of the network whose shape a key tells.
func classifier(r *reader, m *Model, nets map[string]string, key string) {
	name, known := nets[key]
	if !known {
		r.problem("model_type", "send modelId torchvision/NAME or timm/NAME, or one of the shapes "+strings.Join(slices.Sorted(maps.Keys(nets)), "; "),
			"has the shape %s, which no catalogued network has", key)
		return
	}
	c := workload.Conv{Dropout: -1, WidthMultiplier: 1, Classes: classes(r), Image: imageSize(r)}
	c.Name, c.TIMM = strings.CutPrefix(name, "timm/")
	r.note("model_type", m.Name, "the shape of "+name)
	m.Conv = c
}

// classes counts the labels.
func classes(r *reader) int64 {
	if labels, ok := r.given["id2label"].(map[string]any); ok && len(labels) > 0 {
		return int64(len(labels))
	}
	if r.has("num_labels") {
		return r.size("num_labels")
	}
	r.note("num_labels", fmt.Sprint(defaultClasses), "the library's default without id2label")
	return defaultClasses
}

// defaultImage is the side of the images that the classifiers without
// image_size were made for.
const defaultImage = 224

func imageSize(r *reader) int64 {
	if r.has("image_size") {
		return r.square("image_size")
	}
	r.note("image_size", fmt.Sprint(defaultImage), "not told by the config")
	return defaultImage
}

func readViT(r *reader, d dialect, m *Model) {
	hidden := r.size("hidden_size")
	if inner := r.size("intermediate_size"); inner != 4*hidden {
		r.problem("intermediate_size", fmt.Sprintf("send %d", 4*hidden), "is %d, not four times hidden_size", inner)
	}
	classifier(r, m, vitNets, fmt.Sprintf("%d %d %d %d", r.square("patch_size"), hidden, r.layers("num_hidden_layers"), r.size("num_attention_heads")))
}

func readSwin(r *reader, d dialect, m *Model) {
	classifier(r, m, swinNets, fmt.Sprintf("%d %s %s %d", r.size("embed_dim"), joined(r, "depths"), joined(r, "num_heads"), r.size("window_size")))
}

func readResNet(r *reader, d dialect, m *Model) {
	if r.size("embedding_size") != resnetStem || r.flag("downsample_in_first_stage") || r.flag("downsample_in_bottleneck") {
		r.problem("model_type", "send embedding_size 64 and no downsample switches", "has another stem or order of strides than ResNet v1.5")
	}
	classifier(r, m, resnetNets, r.word("layer_type")+" "+joined(r, "hidden_sizes")+" "+joined(r, "depths"))
}

// resnetStem is the number of channels of the first convolution.
const resnetStem = 64

func readConvNeXt(r *reader, d dialect, m *Model) {
	classifier(r, m, convnextNets, joined(r, "hidden_sizes")+" "+joined(r, "depths"))
}

func readRegNet(r *reader, d dialect, m *Model) {
	classifier(r, m, regnetNets, fmt.Sprintf("%s %d %s %s", r.word("layer_type"), r.size("groups_width"), joined(r, "hidden_sizes"), joined(r, "depths")))
}

// readMobileNetV1 reads MobileNetV1 in the published widths.
func readMobileNetV1(r *reader, d dialect, m *Model) {
	width := r.positive("depth_multiplier")
	if !slices.Contains([]float64{0.25, 0.5, 0.75, 1}, width) {
		r.problem("depth_multiplier", "send 1, 0.75, 0.5 or 0.25", "is %g, a width that is not modelled", width)
	}
	if !r.flag("tf_padding") {
		r.problem("tf_padding", "send true", "is false, a padding that is not modelled")
	}
	classifier(r, m, map[string]string{d.modelType: d.modelType}, d.modelType)
	m.Conv.WidthMultiplier = width
}

// readMobileNet reads MobileNetV2 of the usual width.
func readMobileNet(r *reader, d dialect, m *Model) {
	if x := r.positive("depth_multiplier"); x != 1 {
		r.problem("depth_multiplier", "send 1", "is %g: only the usual width is modelled", x)
	}
	classifier(r, m, map[string]string{"mobilenet_v2": "mobilenet_v2"}, "mobilenet_v2")
}

// joined reads a list of integers as one word.
func joined(r *reader, field string) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(r.integers(field)), " ", ","), "[]")
}
