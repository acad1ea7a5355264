package mcpserver

import (
	"vramcalc/calc/catalog"
	"vramcalc/schemas"
)

const grpoDoc = `GPU memory of aligning a language or MoE model with TRL: GRPO on its own completions, DPO and ORPO on pairs, reward models.
Counts policy, reference (a copy, or adapters off), scoring in tiles, and the rollout with its KV cache, in transformers or a vLLM engine on the card. Phases rollout, forward, backward, optimizer. Bytes per GPU.
Not covered: PPO, images, several GPUs, the time of the rollout.`

// grpo is training on preferences, rewards or a model's own completions.
func grpo(models *catalog.Catalog) Tool {
	return calculator[schemas.GRPOArgs](models, "calculate_grpo_vram", "Alignment memory (GRPO, DPO, ORPO, reward)", grpoDoc)
}
