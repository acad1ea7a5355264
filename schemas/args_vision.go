package schemas

import (
	"vramcalc/calc/workload"
)

// Arguments of multimodal models.

// ImageArgs say what a sample shows.
type ImageArgs struct {
	ImageResolution Opt[int64]   `json:"imageResolution,omitzero" jsonschema:"minimum=14,maximum=8192" jsonschema_description:"Side of the square image before the model's processor." applies:"multimodal" unit:"pixels" default:"the model's, else 336" panel:"basic" usual:"224..1024"`
	ImageWidth      Opt[int64]   `json:"imageWidth,omitzero" jsonschema:"minimum=14,maximum=8192" jsonschema_description:"Width where the image is not square." applies:"multimodal" unit:"pixels" default:"imageResolution" panel:"basic" usual:"224..1024"`
	ImageHeight     Opt[int64]   `json:"imageHeight,omitzero" jsonschema:"minimum=14,maximum=8192" jsonschema_description:"Height where the image is not square." applies:"multimodal" unit:"pixels" default:"imageResolution" panel:"basic" usual:"224..1024"`
	ImageTiles      Opt[int64]   `json:"imageTiles,omitzero" jsonschema:"minimum=1,maximum=1024" jsonschema_description:"Crops of one image, where the model takes a number." applies:"multimodal" default:"the model's rule" panel:"advanced"`
	PatchSize       Opt[int64]   `json:"patchSize,omitzero" jsonschema:"minimum=1,maximum=128" jsonschema_description:"Side of a patch; divides the image." applies:"multimodal" unit:"pixels" default:"the model's, else 14" panel:"advanced" usual:"14..32"`
	ImagesPerSample Opt[int64]   `json:"imagesPerSample,omitzero" jsonschema:"minimum=0,maximum=65536" jsonschema_description:"Images of a sample." applies:"multimodal" default:"1" panel:"basic"`
	VideoFrames     Opt[int64]   `json:"videoFrames,omitzero" jsonschema:"minimum=0,maximum=65536" jsonschema_description:"Video frames of a sample." applies:"multimodal" default:"0" panel:"basic"`
	AudioSeconds    Opt[float64] `json:"audioSeconds,omitzero" jsonschema:"minimum=0,maximum=86400" jsonschema_description:"Seconds of audio of a sample." applies:"multimodal" unit:"seconds" default:"0" panel:"basic"`
}

// TowerArgs say how image and text are encoded and joined.
type TowerArgs struct {
	VisionEncoderType         Opt[workload.VisionEncoder] `json:"visionEncoderType,omitzero" jsonschema_description:"Vision tower." applies:"multimodal" default:"the model's, else ViT" panel:"advanced"`
	TextEncoderType           Opt[workload.TextEncoder]   `json:"textEncoderType,omitzero" jsonschema_description:"Text side; one that the architecture does not have is ignored with a warning." applies:"multimodal" default:"the architecture's" panel:"advanced"`
	ModalFusionStrategy       Opt[workload.Fusion]        `json:"modalFusionStrategy,omitzero" jsonschema_description:"How image features meet text." applies:"multimodal" default:"the architecture's" panel:"advanced"`
	VisionFeatureDim          Opt[int64]                  `json:"visionFeatureDim,omitzero" jsonschema:"minimum=1,maximum=1048576" jsonschema_description:"Width of the vision tower; a multiple of its heads." applies:"multimodal" default:"the model's, else 1024" panel:"advanced" usual:"768..1536"`
	FreezeVisionEncoder       Opt[bool]                   `json:"freezeVisionEncoder,omitzero" jsonschema_description:"Vision tower not trained." applies:"multimodal" default:"false" panel:"basic"`
	FreezeTextEncoder         Opt[bool]                   `json:"freezeTextEncoder,omitzero" jsonschema_description:"Text side not trained." applies:"multimodal" default:"false" panel:"basic"`
	LoRAVisionEncoder         Opt[bool]                   `json:"loraVisionEncoder,omitzero" jsonschema_description:"LoRA on the vision tower." applies:"multimodal" methods:"lora, qlora" default:"false" panel:"advanced"`
	LoRATextEncoder           Opt[bool]                   `json:"loraTextEncoder,omitzero" jsonschema_description:"LoRA on the text side." applies:"multimodal" methods:"lora, qlora" default:"true" panel:"advanced"`
	LoRAFusionLayer           Opt[bool]                   `json:"loraFusionLayer,omitzero" jsonschema_description:"LoRA on what joins image and text." applies:"multimodal" methods:"lora, qlora" default:"false" panel:"advanced"`
	CrossModalAlignmentWeight Opt[float64]                `json:"crossModalAlignmentWeight,omitzero" jsonschema:"minimum=0" jsonschema_description:"Weight of the alignment loss; no effect on memory." applies:"multimodal" default:"0.5" panel:"optimization" usual:"0.1..1"`
	ImageTextContrastWeight   Opt[float64]                `json:"imageTextContrastWeight,omitzero" jsonschema:"minimum=0" jsonschema_description:"Weight of the contrastive loss; no effect on memory beyond its matrix." applies:"multimodal" default:"0.3" panel:"optimization" usual:"0.1..1"`
}
