package check

import "strings"

// The calls that examples of rules build on: complete requests, to which an
// example adds what it is about.
const (
	llama7B     = `{"modelType":"nlp","modelId":"llama-7b","precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3`
	sized       = `{"modelType":"nlp","modelSize":7,"architectureType":"LLaMA","precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3`
	gpt2        = `{"modelType":"nlp","modelId":"gpt2","precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3`
	mixtral     = `{"modelType":"moe","modelId":"mixtral-8x7b","precision":"bf16","batchSize":1,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":1`
	clip        = `{"modelType":"multimodal","modelSize":0.43,"architectureType":"CLIP","precision":"bf16","batchSize":8,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":3`
	llava       = `{"modelType":"multimodal","modelId":"llava-1.5-7b","precision":"bf16","batchSize":1,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":1`
	sizedResNet = `{"modelType":"cnn","modelSize":0.0256,"architectureType":"ResNet","precision":"fp32","batchSize":32,"learningRate":1e-3,"optimizer":"adamw","trainingEpochs":90`
	llama31     = `{"modelType":"nlp","modelId":"llama-3.1-8b","precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3`
	convnext    = `{"modelType":"cnn","modelId":"convnext_tiny","precision":"bf16","batchSize":32,"learningRate":1e-3,"optimizer":"adamw","trainingEpochs":90`
	resnet      = `{"modelType":"cnn","modelId":"resnet50","precision":"fp32","batchSize":32,"learningRate":1e-3,"optimizer":"adamw","trainingEpochs":90`
)

// with adds arguments to one of the calls above.
func with(call, arguments string) string {
	if arguments == "" {
		return call + "}"
	}
	return call + "," + arguments + "}"
}

// instead is a call with another value of an argument; with closes it.
func instead(call, argument, value string) string {
	name := `"` + argument + `":`
	before, rest, found := strings.Cut(call, name)
	if !found {
		return call + "," + name + value
	}
	_, after, _ := strings.Cut(rest, ",")
	if after != "" {
		after = "," + after
	}
	return before + name + value + after
}
