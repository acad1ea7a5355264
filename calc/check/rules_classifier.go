package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about how classifiers are fed and trained.

var (
	channelsLast = &Rule{
		ID:       "cnn/channels-last",
		Title:    "Tensor cores want channels last",
		Doc:      "cuDNN's tensor-core convolutions work on channels-last tensors; in the default layout PyTorch transposes before and after each. Channels last is up to a third faster in 16 bits.",
		Source:   "PyTorch, Channels Last Memory Format tutorial; NVIDIA, Convolutional Layers User's Guide",
		Severity: Suggestion,
		Applies:  convolutional,
		Params:   []string{"channelsLast"},
		Bad:      with(instead(resnet, "precision", `"fp16"`), ""),
		Good:     with(instead(resnet, "precision", `"fp16"`), `"channelsLast":true`),
		Run: func(p *Pass) *Told {
			if p.Conv.ChannelsLast || p.Train.Precision == workload.FP32 || p.isConv("vit", "deit", "swin") || p.Card != nil && p.capability() < volta {
				return nil
			}
			return &Told{
				Message: say.F("16-bit convolutions run on tensor cores in channels-last layout"),
				Fix:     say.F("Send channelsLast true."),
				Change:  map[string]any{"channelsLast": true},
			}
		},
	}
	imageMultiple = &Rule{
		ID:       "cnn/image-multiple",
		Title:    "The image is no multiple of 32",
		Doc:      "Five halvings lie between image and classifier. A side that is no multiple of 32 is padded or cut at one of them: its last rows cost memory and say little. EfficientNet and Inception were made for sides of their own.",
		Source:   "He et al. 2016, table 1",
		Severity: Suggestion,
		Applies:  convolutional,
		Params:   []string{"inputImageSize"},
		Bad:      with(resnet, `"inputImageSize":250`),
		Good:     with(resnet, `"inputImageSize":256`),
		Run: func(p *Pass) *Told {
			if p.isConv("inception", "efficientnet") {
				return nil
			}
			told := multiple(p, "inputImageSize", p.Conv.Image, totalStride)
			if told != nil {
				n := nearestMultiple(p.Conv.Image, totalStride)
				told.Fix, told.Change = say.F("Send inputImageSize %d.", n), map[string]any{"inputImageSize": n}
			}
			return told
		},
	}
	batchMultiple = &Rule{
		ID:       "cnn/batch-multiple",
		Title:    "The batch is no multiple of 8",
		Doc:      "The classifier's matrix product has one row for each image, and tensor cores take 8 at once. A multiple of 8 takes no longer than the smaller batch.",
		Source:   "NVIDIA, Linear/Fully-Connected Layers User's Guide",
		Severity: Suggestion,
		Applies:  convolutional,
		Params:   []string{"batchSize"},
		Bad:      with(instead(instead(resnet, "precision", `"fp16"`), "batchSize", "100"), ""),
		Good:     with(instead(instead(resnet, "precision", `"fp16"`), "batchSize", "96"), ""),
		Run: func(p *Pass) *Told {
			b := p.Train.Batch
			if p.Train.Precision == workload.FP32 || b < tensorTile || b%tensorTile == 0 {
				return nil
			}
			return &Told{
				Message: say.F("batchSize %d is no multiple of %d", b, tensorTile),
				Fix:     say.F("Send batchSize %d.", b/tensorTile*tensorTile),
				Change:  map[string]any{"batchSize": b / tensorTile * tensorTile},
			}
		},
	}
	smallBatchNorm = &Rule{
		ID:       "cnn/batch-norm-small-batch",
		Title:    "Batch norm over few images",
		Doc:      "Batch norm takes its statistics from the micro-batch, and accumulation does not widen them. Below 8 images they are noise and accuracy falls. Freeze batch norm when fine-tuning, or use a larger micro-batch.",
		Source:   "Wu and He 2018, Group Normalization, figure 1",
		Severity: Warning,
		Applies:  convolutional,
		Params:   []string{"batchSize", "freezeBatchNorm"},
		Bad:      with(instead(resnet, "batchSize", "4"), ""),
		Good:     with(instead(resnet, "batchSize", "4"), `"freezeBatchNorm":true`),
		Run: func(p *Pass) *Told {
			if p.Train.Batch >= fewImages || p.Conv.FreezeBatchNorm || !p.normsBatches() {
				return nil
			}
			return &Told{
				Message: say.F("batch norm takes its statistics from batchSize %d", p.Train.Batch),
				Fix:     say.F("Send freezeBatchNorm true, or a batchSize of 32."),
				Change:  map[string]any{"freezeBatchNorm": true},
			}
		},
	}
	noAugmentation = &Rule{
		ID:       "cnn/no-augmentation",
		Title:    "No augmentation",
		Doc:      "Without random crops and flips a classifier memorizes its images within a few epochs. They are made on the processor and cost no GPU memory.",
		Source:   "Krizhevsky et al. 2012, section 4.1",
		Severity: Warning,
		Applies:  convolutional,
		Params:   []string{"dataAugmentationStrategy"},
		Bad:      with(resnet, `"dataAugmentationStrategy":[]`),
		Good:     with(resnet, `"dataAugmentationStrategy":["RandomCrop","RandomFlip"]`),
		Run: func(p *Pass) *Told {
			if !p.Given("dataAugmentationStrategy") || len(p.Conv.Augmentations) > 0 {
				return nil
			}
			return &Told{
				Message: say.F("dataAugmentationStrategy names none"),
				Fix:     say.F("Send RandomCrop and RandomFlip."),
				Change:  map[string]any{"dataAugmentationStrategy": []string{workload.RandomCrop.String(), workload.RandomFlip.String()}},
			}
		},
	}
	unusedBatchNorm = &Rule{
		ID:       "cnn/no-batch-norm",
		Title:    "There is no batch norm to freeze",
		Doc:      "Vision transformers and ConvNeXt have layer norm, AlexNet and plain VGG no norm at all: freezeBatchNorm changes nothing.",
		Source:   "torchvision.models",
		Severity: Warning,
		Applies:  convolutional,
		Params:   []string{"freezeBatchNorm"},
		Bad:      with(convnext, `"freezeBatchNorm":true`),
		Good:     with(resnet, `"freezeBatchNorm":true`),
		Run: func(p *Pass) *Told {
			if !p.Conv.FreezeBatchNorm || p.normsBatches() {
				return nil
			}
			return &Told{
				Message: say.F("freezeBatchNorm has no effect: the model has no batch norm"),
				Fix:     say.F("Leave it out."),
				Change:  map[string]any{"freezeBatchNorm": nil},
			}
		},
	}
	attentionRate = &Rule{
		ID:       "cnn/attention-rate",
		Title:    "A vision transformer wants a transformer's rate",
		Doc:      "ViT, Swin and ConvNeXt are trained with AdamW at 1e-3 or less from scratch and 1e-5 to 1e-4 in fine-tuning. The rates of SGD on a ResNet make them diverge.",
		Source:   "Liu et al. 2021, Swin; Liu et al. 2022, ConvNeXt; Steiner et al. 2021",
		Severity: Suggestion,
		Applies:  convolutional,
		Params:   []string{"learningRate"},
		Bad:      with(instead(convnext, "learningRate", "8e-3"), ""),
		Good:     with(instead(convnext, "learningRate", "1e-3"), ""),
		Run: func(p *Pass) *Told {
			if !p.attends() || isSGD(p.Train.Optimizer) || p.Train.LearningRate <= attentionLimit {
				return nil
			}
			return &Told{
				Message: say.F("learningRate %g is too high for this architecture with %s", p.Train.LearningRate, p.Train.Optimizer),
				Fix:     say.F("Send learningRate 1e-3, or 1e-4 in fine-tuning."),
				Change:  map[string]any{"learningRate": attentionProposal},
			}
		},
	}
)

// Thresholds of this file.
const (
	totalStride       = 32
	fewImages         = 8
	volta             = 7.0  // compute capability of the first tensor cores
	attentionLimit    = 4e-3 // ConvNeXt from scratch
	attentionProposal = 1e-3
)
