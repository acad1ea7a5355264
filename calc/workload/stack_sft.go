package workload

// SFT is what TRL's trainers do otherwise than transformers' Trainer.
type SFT struct {
	Measures       bool `json:"measures,omitempty"`       // the loss gives entropies and the likeliest tokens beside, for metrics
	WeighsTokens   bool `json:"weighsTokens,omitempty"`   // loss_type dft
	SixteenBitLoRA bool `json:"sixteenBitLoRA,omitempty"` // adapters over quantized weights are cast to bf16
	FlattensPacked bool `json:"flattensPacked,omitempty"` // packed rows become one, with positions that tell samples apart
	PaddingFree    bool `json:"paddingFree,omitempty"`    // a batch's samples become one row without padding
}
