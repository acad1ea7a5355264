package layers

import (
	"vramcalc/calc/say"
)

var errNoRollout = say.Errorf("rollout transformers: generation with this model is not modelled yet; send rollout vllm-server")
