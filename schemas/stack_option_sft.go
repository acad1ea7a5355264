package schemas

import (
	"vramcalc/calc/workload"
)

// sftOptions are settings of TRL's SFTConfig.
func sftOptions() []stackOption {
	return []stackOption{
		choiceOption("loss_type", []string{"nll", "dft"}, func(s *workload.Stack, v string) { s.SFT.WeighsTokens = v == "dft" }, workload.TRLSFT).
			says("dft weighs each token's loss by its probability"),
		choiceOption("packing_strategy", []string{"bfd", "wrapped"}, func(s *workload.Stack, v string) { s.SFT.FlattensPacked = v == "bfd" }, workload.TRLSFT).
			says("bfd makes one row of a batch's packed rows, with positions and a mask of samples; wrapped cuts samples at the rows' ends"),
		switchOption("padding_free", func(s *workload.Stack) *bool { return &s.SFT.PaddingFree }, workload.TRLSFT).
			says("a batch's samples are one row without padding, with positions and a mask of samples"),
	}
}
