package check

// GPUWithoutPrecision fires where the card lacks the arithmetic or the kernels
// of a precision other than bf16.
var GPUWithoutPrecision = &Rule{
	ID:       "gpu/no-precision",
	Title:    "The GPU does not run the precision",
	Doc:      "LLM.int8 needs compute capability 7.5, fp8 needs Ada or Hopper, fp4 Blackwell, tf32 Ampere; TPUs have no fp16. The memory may be there, but the run is refused or falls back to something slow. 4-bit weights are no such case: every CUDA card unpacks them to 16 bits.",
	Source:   "bitsandbytes 0.50, installation guide; NVIDIA data sheets",
	Severity: Warning,
	Params:   []string{"targetGpu", "precision"},
	Bad:      `{"modelType":"nlp","modelId":"llama-7b","precision":"int8","batchSize":1,"learningRate":1e-4,"optimizer":"adamw","trainingEpochs":3,"targetGpu":"V100 32GB"}`,
	Good:     `{"modelType":"nlp","modelId":"llama-7b","precision":"int8","batchSize":1,"learningRate":1e-4,"optimizer":"adamw","trainingEpochs":3,"targetGpu":"T4"}`,
}
