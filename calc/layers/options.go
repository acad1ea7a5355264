package layers

import (
	"errors"
	"fmt"

	"vramcalc/calc/workload"
)

// checkOptions notes what a run asks for that the layers do not know.
func (b *Builder) checkOptions() {
	b.checkNames()
	if b.Train.Method == workload.Prefix {
		if b.Train.Checkpointing {
			b.Fail(errPrefixCheckpointing)
		}
		if !b.prefixed {
			b.Fail(errors.New("prefix tuning of this architecture is not written yet"))
		}
	}
	switch b.Train.Optimizer {
	case workload.SGD, workload.SGDMomentum, workload.Adam, workload.AdamW, workload.AdamW8bit, workload.PagedAdamW8bit,
		workload.PagedAdamW32bit, workload.Adafactor, workload.Lion, workload.Lion8bit, workload.Muon, workload.GaLoreAdamW,
		workload.RMSProp, workload.LAMB:
	default:
		b.Fail(fmt.Errorf("optimizer %v is not written yet", b.Train.Optimizer))
	}
}
