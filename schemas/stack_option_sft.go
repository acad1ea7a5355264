package schemas

import (
	"vramcalc/calc/workload"
)

// sftOptions are settings of TRL's SFTConfig.
func sftOptions() []stackOption {
	return []stackOption{
		choiceOption("loss_type", []string{"nll", "dft"}, func(s *workload.Stack, v string) { s.SFT.WeighsTokens = v == "dft" }, workload.TRLSFT).
			says("dft weighs each token's loss by its probability"),
	}
}
