package layers

import "errors"

var errNoRollout = errors.New("rollout transformers: generation with this model is not modelled yet; send rollout vllm-server")
