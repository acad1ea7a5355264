package check

// Usual ranges of the arguments of images and classifiers. The resolver reports them, since
// the ranges stand at the arguments.

var (
	unusualImageSize = &Rule{
		ID:       "range/image-size",
		Title:    "An unusual image",
		Doc:      "Towers see 224 to 1024 pixels a side. Smaller images lose detail that the tower was trained on; the number of patches and their memory grow with the square of the side.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"imageResolution", "imageWidth", "imageHeight"},
		Bad:      with(clip, `"imageResolution":2240`),
		Good:     with(clip, `"imageResolution":336`),
	}
	unusualPatchSize = &Rule{
		ID:       "range/patch-size",
		Title:    "An unusual patch",
		Doc:      "Vision transformers cut patches of 14 to 32 pixels. Half the patch is four times the tokens and up to sixteen times the attention.",
		Source:   "Dosovitskiy et al. 2020, table 1",
		Severity: Warning,
		Params:   []string{"patchSize"},
		Bad:      with(clip, `"imageResolution":224,"patchSize":4`),
		Good:     with(clip, `"imageResolution":224,"patchSize":16`),
	}
	unusualVisionFeatures = &Rule{
		ID:       "range/vision-features",
		Title:    "An unusual width of the tower",
		Doc:      "Towers are 768 (ViT-B) to 1536 (ViT-g) wide, a few wider. A smaller number is most likely the width of the projection.",
		Source:   "Zhai et al. 2022, Scaling Vision Transformers",
		Severity: Warning,
		Params:   []string{"visionFeatureDim"},
		Bad:      with(clip, `"visionFeatureDim":2048`),
		Good:     with(clip, `"visionFeatureDim":1024`),
	}
	unusualAlignmentWeight = &Rule{
		ID:       "range/alignment-weight",
		Title:    "An unusual weight of the alignment loss",
		Doc:      "Below 0.1 the loss does nothing, above 1 it drowns the task. It moves no memory.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"crossModalAlignmentWeight"},
		Bad:      with(clip, `"crossModalAlignmentWeight":5`),
		Good:     with(clip, `"crossModalAlignmentWeight":0.5`),
	}
	unusualContrastWeight = &Rule{
		ID:       "range/contrast-weight",
		Title:    "An unusual weight of the contrastive loss",
		Doc:      "Below 0.1 the loss does nothing, above 1 it drowns the task. It moves no memory beyond its matrix.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"imageTextContrastWeight"},
		Bad:      with(clip, `"imageTextContrastWeight":5`),
		Good:     with(clip, `"imageTextContrastWeight":0.3`),
	}
	unusualInputImage = &Rule{
		ID:       "range/input-image",
		Title:    "An unusual input image",
		Doc:      "Classifiers are trained on 224 to 512 pixels. Feature maps grow with the square of the side, and much smaller images vanish in the strides.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"inputImageSize"},
		Bad:      with(resnet, `"inputImageSize":1024`),
		Good:     with(resnet, `"inputImageSize":224`),
	}
	unusualKernelSize = &Rule{
		ID:       "range/kernel-size",
		Title:    "An unusual kernel",
		Doc:      "Convolutions have kernels of 3, 5 or 7: cost grows with the square of the side, and a kernel of 1 sees no neighbour.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"kernelSize"},
		Bad:      with(resnet, `"kernelSize":11`),
		Good:     with(resnet, `"kernelSize":3`),
	}
	unusualClasses = &Rule{
		ID:       "range/classes",
		Title:    "An unusual number of classes",
		Doc:      "Classifiers tell 2 to 22,000 classes apart (ImageNet-21k). With one class there is nothing to tell apart; for very many a softmax over all is wasteful.",
		Source:   "Ridnik et al. 2021, ImageNet-21K Pretraining for the Masses",
		Severity: Warning,
		Params:   []string{"classificationHeadDim"},
		Bad:      with(resnet, `"classificationHeadDim":1`),
		Good:     with(resnet, `"classificationHeadDim":1000`),
	}
)
