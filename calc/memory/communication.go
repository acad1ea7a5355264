package memory

import "vramcalc/calc/unit"

// What torch.distributed with NCCL takes on each GPU beside PyTorch's
// allocator: 1.45 GiB measured with two GPUs (Bekman, Machine Learning
// Engineering, training/performance); 1 to 2 GiB are usual.
const (
	NCCL      = unit.GiB * 145 / 100
	LeastNCCL = unit.GiB
	MostNCCL  = 2 * unit.GiB
)
