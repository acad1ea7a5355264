package catalog_test

import (
	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
)

// countMultimodal counts unique parameters of multimodal models by formula. ok
// is false for models that it does not know.
func countMultimodal(m catalog.Model) (total int64, ok bool) {
	t, v := m.Text, m.Vision
	tower, ok := countTower(v)
	if !ok {
		return 0, false
	}
	c := counter{t: t, e: m.Experts}
	glue, ok := countGlue(c, v)
	if !ok {
		return 0, false
	}
	return tower + glue + countLanguage(c, v), true
}

func block(h, inner int64) int64 {
	return 4*linear(h, h, true) + linear(h, inner, true) + linear(inner, h, true) + 4*h
}

// countTower counts the vision tower with what its class builds.
func countTower(v workload.Vision) (int64, bool) {
	h, pixels := v.Hidden, v.Channels*v.Patch*v.Patch
	side := v.NativeSize / max(1, v.Patch)
	n := side * side
	layers := v.Layers * block(h, v.Intermediate)
	switch v.Family {
	case workload.CLIPVision, workload.IdeficsVision:
		return pixels*h + h + (n+1)*h + 4*h + layers, true
	case workload.SigLIPVision, workload.Idefics2Vision, workload.Idefics3Vision:
		total := linear(pixels, h, true) + n*h + 2*h + layers
		if v.UseHead {
			total += h + block(h, v.Intermediate) - 2*h
		}
		return total, true
	case workload.BLIPVision, workload.BLIP2Vision:
		return linear(pixels, h, true) + h + (n+1)*h + 2*h + layers, true
	case workload.Qwen2VLVision:
		return v.Temporal*pixels*h + layers + merger(v, 2*h), true
	case workload.Qwen25VLVision:
		gated := v.Layers * (linear(h, v.Intermediate, true) - 2*h)
		return v.Temporal*pixels*h + layers + gated + merger(v, h), true
	case workload.Qwen3VLVision:
		wide := v.Merge * v.Merge * h
		return linear(v.Temporal*pixels, h, true) + v.PositionRows*h + layers + merger(v, 2*h) + v.DeepStack*merger(v, 2*wide), true
	case workload.InternVision:
		return countIntern(v, n), true
	case workload.MllamaVision:
		return countMllamaTower(v, n), true
	case workload.PixtralVision:
		return pixels*h + h + v.Layers*(4*h*h+3*h*v.Intermediate+2*h), true
	case workload.Llama4Vision:
		wide := v.Merge * v.Merge * h
		return pixels*h + h + (n+1)*h + 4*h + layers + wide*v.Projection + v.Projection*v.Projection, true
	case workload.WhisperEncoder:
		keys := v.Layers * h // the key projection has no bias
		return linear(3*v.Mels, h, true) + linear(3*h, h, true) + v.PositionRows*h + layers - keys + 2*h, true
	}
	return 0, false
}

func merger(v workload.Vision, norm int64) int64 {
	wide := v.Merge * v.Merge * v.Hidden
	return norm + linear(wide, wide, true) + linear(wide, v.Projection, true)
}

func countIntern(v workload.Vision, n int64) int64 {
	h := v.Hidden
	layer := block(h, v.Intermediate)
	if !v.QKVBias {
		layer -= 3 * h
	}
	if v.Norm == workload.RMSNorm {
		layer -= 2 * h
	}
	if v.QKNormFull {
		layer += 2 * h
	}
	if v.LayerScale {
		layer += 2 * h
	}
	return linear(v.Channels*v.Patch*v.Patch, h, true) + h + (n+1)*h + v.Layers*layer
}

func countMllamaTower(v workload.Vision, n int64) int64 {
	h, kinds := v.Hidden, v.AspectRatios+1
	layer := 4*h*h + linear(h, v.Intermediate, true) + linear(v.Intermediate, h, true) + 4*h
	positions := 1 + (n+1)*h + kinds*v.MaxTiles*(n+1)*h
	tiles := 2 * (kinds*v.MaxTiles*h + 1)
	return v.Channels*v.Patch*v.Patch*h + h + positions + tiles + 4*h + (v.Layers+v.GlobalLayers)*layer + 2*v.GlobalLayers
}

// countGlue counts what stands between tower and language model.
func countGlue(c counter, v workload.Vision) (int64, bool) {
	t, h := c.t.Hidden, v.Hidden
	switch v.Model {
	case workload.ArchLLaVA, workload.ArchPixtral:
		n := linear(h, t, v.ProjectorBias) + linear(t, t, v.ProjectorBias)
		if v.ImageNewline {
			n += t
		}
		return n, true
	case workload.ArchMistral3:
		return h + v.Merge*v.Merge*h*h + linear(h, t, v.ProjectorBias) + linear(t, t, v.ProjectorBias), true
	case workload.ArchQwen2VL, workload.ArchQwen25VL, workload.ArchQwen3VL, workload.ArchWhisper, workload.ArchBLIP:
		return 0, true
	case workload.ArchPaliGemma:
		return linear(h, v.Projection, true), true
	case workload.ArchGemma3VL:
		return h*t + h, true
	case workload.ArchInternVL:
		wide := v.Merge * v.Merge * h
		return 2*wide + linear(wide, t, true) + linear(t, t, true), true
	case workload.ArchSmolVLM:
		return v.Merge * v.Merge * h * t, true
	case workload.ArchIdefics2:
		return h*c.t.Intermediate*2 + c.t.Intermediate*t + perceiver(v, 3*t) + t, true
	case workload.ArchIdefics:
		return perceiver(v, 6*h) + v.QFormerLayers*4*v.QFormerHeadDim + 2*h, true
	case workload.ArchLlama32Vision:
		return linear((int64(len(v.Intermediates))+1)*h, t, true), true
	case workload.ArchBLIP2, workload.ArchInstructBLIP:
		return queryFormer(v) + linear(v.QFormerHidden, t, true), true
	case workload.ArchCLIP:
		return h*v.Projection + t*v.Projection + 1, true
	case workload.ArchSigLIP:
		return linear(t, v.Projection, true) + 2, true
	case workload.ArchFlamingo:
		return perceiver(v, 6*h) + 2*h + h*v.Projection, true // the tower keeps CLIP's projection
	}
	return 0, false
}

// perceiver counts the resampler with the given norms of a layer.
func perceiver(v workload.Vision, norms int64) int64 {
	d, q, kv := v.QFormerHidden, v.QFormerHeads*v.QFormerHeadDim, v.QFormerKVHeads*v.QFormerHeadDim
	mlp := 2 * d * v.QFormerFFN
	if v.Model == workload.ArchIdefics2 {
		mlp = 3 * d * v.QFormerFFN
	}
	return v.Queries*d + v.QFormerLayers*(2*d*q+2*d*kv+mlp+norms)
}

func queryFormer(v workload.Vision) int64 {
	d := v.QFormerHidden
	n := v.Queries*d + 2*d + v.QFormerLayers*block(d, v.QFormerFFN)
	crossing := v.QFormerLayers / v.QFormerCrossEvery
	n += crossing * (2*linear(d, d, true) + 2*linear(v.Hidden, d, true) + 2*d)
	if v.QFormerVocab > 0 {
		n += (v.QFormerVocab + v.QFormerPositions) * d
		n += v.QFormerLayers * (linear(d, v.QFormerFFN, true) + linear(v.QFormerFFN, d, true) + 2*d)
	}
	return n
}

// countLanguage counts the language model with its cross-attention.
func countLanguage(c counter, v workload.Vision) int64 {
	t := c.t
	embedding := t.Vocab*t.Hidden + t.PositionRows*t.Hidden
	switch t.Family {
	case workload.CLIPText, workload.SigLIPText:
		return embedding + t.Layers*block(t.Hidden, t.Intermediate) + 2*t.Hidden
	case workload.BLIPText:
		h := t.Hidden
		cross := 2*linear(h, h, true) + 2*linear(v.Hidden, h, true) + 2*h
		head := linear(h, h, true) + 2*h + t.Vocab
		if !t.TiedEmbeddings {
			head += t.Vocab * h
		}
		return embedding + 2*h + t.Layers*(block(h, t.Intermediate)+cross) + head
	case workload.WhisperDecoder:
		h := t.Hidden
		return embedding + t.Layers*(block(h, t.Intermediate)+4*linear(h, h, true)+2*h-2*h) + 2*h
	}
	n := embedding
	if !t.TiedEmbeddings {
		n += t.Vocab * t.Hidden
	}
	n += v.AdditionalVocab * t.Hidden
	if t.Family.IsEncoderDecoder() {
		return n + c.twoStacks()
	}
	return n + c.decoder() + crossAttention(c, v)
}

// crossAttention counts what a decoder's cross-attention adds to ordinary
// layers.
func crossAttention(c counter, v workload.Vision) int64 {
	t := c.t
	switch v.Model {
	case workload.ArchLlama32Vision:
		return v.CrossLayers * (2*t.HeadDim + 2)
	case workload.ArchIdefics:
		q := t.Heads * t.HeadDim
		block := 2*t.Hidden*q + 2*v.Hidden*q + 3*t.Hidden*t.Intermediate + 2*t.Hidden + 2
		if v.CrossQKNorm {
			block += 2 * t.HeadDim
		}
		return v.CrossLayers * block
	case workload.ArchFlamingo:
		// lucidrains' block as open_flamingo has it: 8 heads of 64.
		const inner = 8 * 64
		block := 2*t.Hidden + t.Hidden*inner + 2*v.Hidden*inner + inner*t.Hidden + 2*t.Hidden + 8*t.Hidden*t.Hidden + 2
		return v.CrossLayers * block
	}
	return 0
}
