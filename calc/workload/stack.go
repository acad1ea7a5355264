package workload

// Stack is the training software and its switches: what it does otherwise than
// a plain PyTorch loop. Layers and steps ask for a switch, never for a stack by
// name. The keys are those of the catalogue of stacks.
type Stack struct {
	Name    StackName    `json:"-"`
	Compile bool         `json:"compile,omitempty"` // torch.compile with inductor
	Liger   LigerKernels `json:"liger,omitzero"`    // kernels of Liger in the model's place
	Library Library      `json:"library,omitzero"`  // an older release of transformers
	SFT     SFT          `json:"sft,omitzero"`      // what TRL's SFTTrainer does
	Trainer bool         `json:"trainer,omitempty"` // transformers' Trainer runs the step, or a trainer built on it

	DDP      DDPOptions     `json:"ddp,omitzero"`
	FSDP     FSDPOptions    `json:"fsdp,omitzero"`
	ZeRO     ZeRO           `json:"zero,omitzero"`
	Pipeline Pipeline       `json:"pipeline,omitzero"`
	Tensor   TensorParallel `json:"tensor,omitzero"`
}
