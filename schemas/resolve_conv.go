package schemas

import (
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// defaultImage is the documented side of a classifier's input.
const defaultImage = 224

// ownDropout marks that a classifier keeps the dropout of its architecture.
const ownDropout = -1

// conv completes the classifier of the shape with how it is fed and trained.
func (r *resolver) conv() workload.Conv {
	a, c := r.args, r.model.Conv
	usual := int64(defaultImage)
	if r.model.Architecture == workload.ArchInception {
		usual = max(usual, c.Image) // Inception v3 does not run on less than it was made for
	}
	c.Image = byDefault(r, "inputImageSize", a.InputImageSize, usual)
	c.Augmentations = byDefault(r, "dataAugmentationStrategy", a.DataAugmentationStrategy, []workload.Augmentation{workload.RandomCrop, workload.RandomFlip})
	c.AugmentOnGPU = byDefault(r, "augmentOnGpu", a.AugmentOnGPU, false)
	c.ChannelsLast = byDefault(r, "channelsLast", a.ChannelsLast, false)
	c.FreezeBatchNorm = byDefault(r, "freezeBatchNorm", a.FreezeBatchNorm, false)
	rate, given := a.DropoutRate.Get()
	switch {
	case !given:
		r.assume("dropoutRate", "the architecture's", report.FromModel, "the library's model")
		c.Dropout = ownDropout
	case c.TIMM, hasDropout(r.model.Architecture):
		c.Dropout = rate
	default:
		r.noDropout()
		c.Dropout = ownDropout
	}
	return c
}

// hasDropout says whether torchvision's model of an architecture has dropout
// layers with a rate. All of timm's have one before the classifier.
func hasDropout(a workload.Architecture) bool {
	switch a {
	case workload.ArchEfficientNet, workload.ArchEfficientNetV2, workload.ArchVGG, workload.ArchAlexNet,
		workload.ArchInception, workload.ArchMobileNetV2, workload.ArchMobileNetV3, workload.ArchDenseNet,
		workload.ArchViT, workload.ArchSwin, workload.ArchMNASNet, workload.ArchSqueezeNet:
		return true
	}
	return false
}
