package catalog

import (
	"fmt"

	"vramcalc/calc/workload"
)

// This file reads the vision towers of multimodal configs.

// tower is one model_type of a vision_config.
type tower struct {
	modelType string
	read      func(*reader) workload.Vision
}

// towers are sorted by model_type.
var towers = []tower{
	{"blip_2_vision_model", readBLIP2Tower},
	{"blip_vision_model", readBLIPTower},
	{"clip_vision_model", readCLIPTower},
	{"idefics2_vision", readIdefics2Tower},
	{"idefics3_vision", readIdefics3Tower},
	{"idefics_vision", readIdeficsTower},
	{"instructblip_vision_model", readBLIP2Tower},
	{"internvl_vision", readInternTower},
	{"llama4_vision_model", readLlama4Tower},
	{"mllama_vision_model", readMllamaTower},
	{"pixtral", readPixtralTower},
	{"qwen2_5_vl_vision", readQwen25Tower},
	{"qwen2_vl_vision", readQwen2Tower},
	{"qwen3_vl_moe_vision", readQwen3Tower},
	{"qwen3_vl_vision", readQwen3Tower},
	{"siglip_vision_model", readSigLIPTower},
	{"smolvlm_vision", readIdefics3Tower},
}

// vision reads the vision_config of a multimodal config. Where it names no
// model_type, or one that the library overrides, it is of the given type.
func vision(r *reader, usual string, fixed bool) workload.Vision {
	v := r.child("vision_config", usual)
	if name, ok := v.given["model_type"].(string); ok && !fixed {
		usual = name
		v.known = libraryOf(name)
	}
	for _, t := range towers {
		if t.modelType == usual {
			return t.read(v)
		}
	}
	v.problem("model_type", "send one of the known towers: clip_vision_model, siglip_vision_model, pixtral, …",
		"is %q, a tower that is not modelled", clip(usual))
	return workload.Vision{}
}

// colours is the number of channels of an image where a tower does not say.
const colours = 3

// vit reads the fields that the towers share.
func vit(r *reader, family workload.VisionFamily) workload.Vision {
	v := workload.Vision{
		Family:   family,
		Encoder:  workload.ViT,
		Norm:     workload.LayerNorm,
		Hidden:   r.size("hidden_size"),
		Layers:   r.layers("num_hidden_layers"),
		Heads:    r.size("num_attention_heads"),
		Channels: colours,
		Patch:    r.square("patch_size"),
		Merge:    1,
		Tiles:    1,
		Images:   1,
		QKVBias:  true,
	}
	if r.has("num_channels") {
		v.Channels = r.size("num_channels")
	}
	if v.Hidden%v.Heads != 0 {
		r.problem("num_attention_heads", "send a divisor of hidden_size",
			"is %d, which does not divide hidden_size %d", v.Heads, v.Hidden)
	}
	return v
}

// plain adds what towers with one size of image have.
func plain(r *reader, v workload.Vision) workload.Vision {
	v.Intermediate = r.size("intermediate_size")
	v.Activation = r.activation("hidden_act")
	v.NativeSize = r.square("image_size")
	v.Width, v.Height = v.NativeSize, v.NativeSize
	among(r, "patch_size", v.Patch, "image_size", v.NativeSize)
	return v
}

// patches is the number of patches of a native image; a rest is cut off, as a
// convolution does.
func patches(v workload.Vision) int64 {
	side := v.NativeSize / max(1, v.Patch)
	return side * side
}

func readCLIPTower(r *reader) workload.Vision { return plain(r, vit(r, workload.CLIPVision)) }

func readSigLIPTower(r *reader) workload.Vision {
	v := plain(r, vit(r, workload.SigLIPVision))
	v.UseHead = r.flag("vision_use_head")
	return v
}

func readBLIPTower(r *reader) workload.Vision { return plain(r, vit(r, workload.BLIPVision)) }

func readBLIP2Tower(r *reader) workload.Vision {
	v := plain(r, vit(r, workload.BLIP2Vision))
	v.QKVBias = r.flag("qkv_bias")
	return v
}

func readIdeficsTower(r *reader) workload.Vision { return plain(r, vit(r, workload.IdeficsVision)) }

func readIdefics2Tower(r *reader) workload.Vision { return plain(r, vit(r, workload.Idefics2Vision)) }

func readIdefics3Tower(r *reader) workload.Vision { return plain(r, vit(r, workload.Idefics3Vision)) }

// readInternTower reads InternViT: factors for each channel, and in the 6 B
// tower RMS norms and a norm of queries and keys.
func readInternTower(r *reader) workload.Vision {
	v := plain(r, vit(r, workload.InternVision))
	v.QKVBias = r.flag("attention_bias")
	v.QKNormFull = r.flag("use_qk_norm")
	v.LayerScale = r.coefficient("layer_scale_init_value") > 0
	if r.word("norm_type") == "rms_norm" {
		v.Norm = workload.RMSNorm
	}
	for _, f := range internFixed {
		if value, name, defaulted := r.find(f.field); !defaulted && value != nil && compact(value) != f.as {
			r.problem(name, "send "+f.as, "is %s, a tower that is not modelled", compact(value))
		}
	}
	return v
}

// internFixed are switches of InternVLVisionConfig that every released tower
// has as the library sets them.
var internFixed = []struct{ field, as string }{
	{"use_mask_token", "false"},
	{"use_absolute_position_embeddings", "true"},
	{"use_mean_pooling", "true"}, // else a norm ends the tower
}

// readMllamaTower reads Llama-3.2's tower: local and gated global layers over
// all tiles together.
func readMllamaTower(r *reader) workload.Vision {
	v := plain(r, vit(r, workload.MllamaVision))
	v.QKVBias = false
	v.GlobalLayers = r.count("num_global_layers")
	v.MaxTiles = r.size("max_num_tiles")
	v.Intermediates = r.integers("intermediate_layers_indices")
	v.AspectRatios = listLength(r, "supported_aspect_ratios")
	return v
}

// listLength is the length of a list of anything.
func listLength(r *reader, field string) int64 {
	value, name := r.take(field)
	list, ok := value.([]any)
	if !ok || len(list) == 0 || int64(len(list)) > largestLayers {
		r.problem(name, "send a list", "is %s", compact(value))
		return 1
	}
	return int64(len(list))
}

// readPixtralTower: RMS norms, gated MLP, rotary positions, no bias.
func readPixtralTower(r *reader) workload.Vision {
	v := plain(r, vit(r, workload.PixtralVision))
	v.Norm = workload.RMSNorm
	v.Gated = true
	v.QKVBias = false
	return v
}

func readLlama4Tower(r *reader) workload.Vision {
	v := plain(r, vit(r, workload.Llama4Vision))
	v.Projection = r.size("projector_output_dim")
	v.Merge = 2 // pixel_shuffle_ratio 0.5
	for _, width := range []struct {
		field string
		want  int64
	}{{"projector_input_dim", v.Projection}, {"vision_output_dim", v.Projection}, {"intermediate_size", v.Merge * v.Merge * v.Hidden}} {
		if got := r.size(width.field); got != width.want {
			r.problem(width.field, fmt.Sprintf("send %d", width.want), "is %d: the adapter's matrices do not fit each other", got)
		}
	}
	return v
}

// readQwen2Tower: three-dimensional patches, rotary positions, a merger that
// joins patches before the language model.
func readQwen2Tower(r *reader) workload.Vision {
	v := qwenTower(r, workload.Qwen2VLVision, "embed_dim")
	v.Intermediate = r.ratio("mlp_ratio") * v.Hidden
	v.Projection = r.size("hidden_size")
	return v
}

func readQwen25Tower(r *reader) workload.Vision {
	v := qwenTower(r, workload.Qwen25VLVision, "hidden_size")
	v.Norm = workload.RMSNorm
	v.Gated = true
	v.Intermediate = r.size("intermediate_size")
	v.Projection = r.size("out_hidden_size")
	v.Window = r.size("window_size")
	full := r.integers("fullatt_block_indexes")
	for i, layer := range full {
		v.FullEvery = full[0] + 1
		if layer != int64(i+1)*v.FullEvery-1 {
			r.problem("fullatt_block_indexes", "send every n-th layer: [7, 15, 23, 31]",
				"is not every n-th layer, which is not modelled")
			break
		}
	}
	if v.FullEvery > 0 && int64(len(full)) < v.Layers/v.FullEvery {
		r.problem("fullatt_block_indexes", "send every n-th layer up to the last: [7, 15, 23, 31]",
			"ends before the last of %d layers, which is not modelled", v.Layers)
	}
	return v
}

func readQwen3Tower(r *reader) workload.Vision {
	v := qwenTower(r, workload.Qwen3VLVision, "hidden_size")
	v.Intermediate = r.size("intermediate_size")
	v.Projection = r.size("out_hidden_size")
	v.PositionRows = r.size("num_position_embeddings")
	levels := r.integers("deepstack_visual_indexes")
	v.DeepStack = int64(len(levels))
	for i, layer := range levels {
		switch i {
		case 0:
			v.DeepStackFirst = layer
		case 1:
			v.DeepStackEvery = layer - levels[0]
		}
		if layer >= v.Layers || layer != v.DeepStackFirst+int64(i)*v.DeepStackEvery || i > 0 && v.DeepStackEvery < 1 {
			r.problem("deepstack_visual_indexes", "send layers at equal steps: [8, 16, 24]",
				"is not a list of the tower's layers at equal steps, which is not modelled")
			break
		}
	}
	return v
}

func qwenTower(r *reader, family workload.VisionFamily, width string) workload.Vision {
	v := workload.Vision{
		Family:     family,
		Encoder:    workload.ViT,
		Norm:       workload.LayerNorm,
		Hidden:     r.size(width),
		Layers:     r.layers("num_hidden_layers"),
		Heads:      r.size("num_attention_heads"),
		Channels:   r.size("in_channels"),
		Patch:      r.square("patch_size"),
		Merge:      r.ratio("spatial_merge_size"),
		Temporal:   r.ratio("temporal_patch_size"),
		Activation: r.activation("hidden_act"),
		Tiles:      1,
		Images:     1,
		QKVBias:    true,
	}
	if v.Hidden%v.Heads != 0 {
		r.problem("num_heads", "send a divisor of "+width, "is %d, which does not divide %s %d", v.Heads, width, v.Hidden)
	}
	return v
}
