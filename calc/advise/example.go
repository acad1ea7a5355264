package advise

import "strings"

// The calls that examples of moves build on, member by member.
var (
	llama7B     = call(`"modelType":"nlp"`, `"modelId":"llama-7b"`)
	llama       = call(`"modelType":"nlp"`, `"modelConfig":{"model_type":"llama","hidden_size":1024,"intermediate_size":2816,"num_hidden_layers":4,"num_attention_heads":8,"vocab_size":8000}`)
	qwen2       = call(`"modelType":"nlp"`, `"modelId":"qwen2-0.5b"`)
	gpt2        = call(`"modelType":"nlp"`, `"modelId":"gpt2"`)
	bert        = call(`"modelType":"nlp"`, `"modelId":"bert-base-uncased"`)
	llava       = call(`"modelType":"multimodal"`, `"modelId":"llava-1.5-7b"`)
	qwenVL      = call(`"modelType":"multimodal"`, `"modelId":"qwen2-vl-2b"`)
	resnet      = call(`"modelType":"cnn"`, `"modelId":"resnet50"`)
	tinyMixtral = call(`"modelType":"moe"`, `"modelConfig":{"model_type":"mixtral","hidden_size":256,"intermediate_size":512,"num_hidden_layers":4,"num_attention_heads":8,"num_key_value_heads":2,"vocab_size":32000,"num_local_experts":8,"num_experts_per_tok":2,"sliding_window":null}`)
	switchBase  = call(`"modelType":"moe"`, `"modelId":"switch-base-8"`)
)

// call completes a model to a request.
func call(model ...string) []string {
	return append(model, `"precision":"bf16"`, `"batchSize":4`, `"learningRate":1e-5`, `"optimizer":"adamw"`, `"trainingEpochs":3`)
}

// with is one of the calls above with arguments added or put in the place of
// its own.
func with(call []string, arguments string) string {
	var members []string
	for _, m := range call {
		name, _, _ := strings.Cut(m, ":")
		if !strings.Contains(arguments, name+":") {
			members = append(members, m)
		}
	}
	if arguments != "" {
		members = append(members, arguments)
	}
	return "{" + strings.Join(members, ",") + "}"
}
