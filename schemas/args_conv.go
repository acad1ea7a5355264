package schemas

import (
	"vramcalc/calc/workload"
)

// Arguments of image classifiers.

// ConvArgs describe an image classifier and its input.
type ConvArgs struct {
	InputImageSize           Opt[int64]                   `json:"inputImageSize,omitzero" jsonschema:"minimum=8,maximum=8192" jsonschema_description:"Side of the square input." applies:"cnn" unit:"pixels" default:"224" panel:"basic" usual:"224..512"`
	KernelSize               Opt[int64]                   `json:"kernelSize,omitzero" jsonschema:"minimum=1,maximum=31" jsonschema_description:"Side of the convolution kernels; odd." applies:"cnn" default:"the architecture's" panel:"advanced" usual:"3..7"`
	PoolingStrategy          Opt[workload.Pooling]        `json:"poolingStrategy,omitzero" jsonschema_description:"Pooling layer." applies:"cnn" default:"the architecture's" panel:"advanced"`
	ClassificationHeadDim    Opt[int64]                   `json:"classificationHeadDim,omitzero" jsonschema:"minimum=1,maximum=16777216" jsonschema_description:"Classes; of a language model with head classification too (default 2)." applies:"cnn, nlp" default:"1000" panel:"basic" usual:"2..22000" scale:"log"`
	DataAugmentationStrategy Opt[[]workload.Augmentation] `json:"dataAugmentationStrategy,omitzero" jsonschema:"maxItems=64" jsonschema_description:"Augmentations; without effect on GPU memory unless augmentOnGpu." applies:"cnn" default:"RandomCrop, RandomFlip" panel:"optimization"`
	AugmentOnGPU             Opt[bool]                    `json:"augmentOnGpu,omitzero" jsonschema_description:"Augment on the GPU." applies:"cnn" default:"false" panel:"optimization"`
	ChannelsLast             Opt[bool]                    `json:"channelsLast,omitzero" jsonschema_description:"Channels-last layout." applies:"cnn" default:"false" panel:"optimization"`
	FreezeBatchNorm          Opt[bool]                    `json:"freezeBatchNorm,omitzero" jsonschema_description:"Batch norm in evaluation mode, not trained." applies:"cnn" default:"false" panel:"optimization"`
	MixedPrecisionTraining   Opt[bool]                    `json:"mixedPrecisionTraining,omitzero" jsonschema_description:"Autocast with fp32 weights: precisionMode autocast." applies:"cnn" default:"true unless precision is fp32" panel:"optimization"`
}
