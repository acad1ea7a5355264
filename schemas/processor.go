package schemas

import (
	"math"

	"vramcalc/calc/workload"
)

// processed is the size that a model's image processor gives the tower, as the
// processor of its repository is configured.
func processed(v workload.Vision, width, height int64) (int64, int64) {
	if v.ImageNewline {
		return width, height // the sides decide how the image is cut
	}
	switch v.Family {
	case workload.CLIPVision, workload.SigLIPVision, workload.BLIPVision, workload.BLIP2Vision,
		workload.ConvNeXtVision, workload.ResNetVision, workload.InternVision, workload.MllamaVision,
		workload.IdeficsVision, workload.Idefics3Vision, workload.Llama4Vision:
		if v.NativeSize > 0 {
			return v.NativeSize, v.NativeSize // each image, or each tile of one
		}
	case workload.Idefics2Vision:
		return edged(width, height, v.NativeSize)
	case workload.PixtralVision:
		return shrunk(width, height, v.NativeSize, v.Patch*max(1, v.Merge))
	case workload.Qwen2VLVision, workload.Qwen25VLVision:
		return smartResize(width, height, v.Patch*max(1, v.Merge), qwen2MinPixels, qwen2MaxPixels)
	case workload.Qwen3VLVision:
		return smartResize(width, height, v.Patch*max(1, v.Merge), qwen3MinPixels, qwen3MaxPixels)
	}
	return width, height
}

// idefics2Least is the shortest side that Idefics2's processor leaves
// (preprocessor_config.json, size.shortest_edge).
const idefics2Least = 378

// edged is Idefics2's get_resize_output_image_size: the longer side is cut down
// to a limit, and no side is shorter than another.
func edged(width, height, limit int64) (int64, int64) {
	if limit <= 0 {
		return width, height
	}
	aspect := float64(width) / float64(height)
	switch {
	case width >= height && width > limit:
		width, height = limit, int64(float64(limit)/aspect)
	case height > width && height > limit:
		width, height = int64(float64(limit)*aspect), limit
	}
	return max(width, idefics2Least), max(height, idefics2Least)
}

// shrunk is Pixtral's get_resize_output_image_size: the longer side is cut down
// to a limit, then both grow to multiples of a factor.
func shrunk(width, height, limit, factor int64) (int64, int64) {
	if limit <= 0 || factor <= 0 {
		return width, height
	}
	if ratio := float64(max(width, height)) / float64(limit); ratio > 1 {
		width, height = int64(float64(width)/ratio), int64(float64(height)/ratio)
	}
	up := func(x int64) int64 { return (max(1, x) + factor - 1) / factor * factor }
	return up(width), up(height)
}

// Limits of the preprocessor_config.json of Qwen2-VL, Qwen2.5-VL and Qwen3-VL.
const (
	qwen2MinPixels = 56 * 56
	qwen2MaxPixels = 28 * 28 * 16384
	qwen3MinPixels = 256 * 256
	qwen3MaxPixels = 4096 * 4096
)

// smartResize is transformers' function of this name: sides become multiples of
// a factor, their product stays within the limits.
func smartResize(width, height, factor int64, least, most float64) (int64, int64) {
	if factor <= 0 {
		return width, height
	}
	f, w, h := float64(factor), float64(width), float64(height)
	to := func(round func(float64) float64, x float64) float64 { return round(x/f) * f }
	wide, high := to(math.RoundToEven, w), to(math.RoundToEven, h)
	switch {
	case wide*high > most:
		beta := math.Sqrt(w * h / most)
		wide, high = max(f, to(math.Floor, w/beta)), max(f, to(math.Floor, h/beta))
	case wide*high < least:
		beta := math.Sqrt(least / (w * h))
		wide, high = to(math.Ceil, w*beta), to(math.Ceil, h*beta)
	}
	return int64(wide), int64(high)
}
