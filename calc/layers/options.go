package layers

import (
	"fmt"

	"vramcalc/calc/workload"
)

// checkOptions notes what a run asks for that the layers do not know.
func (b *Builder) checkOptions() {
	switch b.Train.Optimizer {
	case workload.SGD, workload.SGDMomentum, workload.Adam, workload.AdamW, workload.AdamW8bit, workload.PagedAdamW8bit,
		workload.PagedAdamW32bit, workload.Adafactor, workload.Lion, workload.Lion8bit, workload.Muon, workload.GaLoreAdamW,
		workload.RMSProp, workload.LAMB:
	default:
		b.Fail(fmt.Errorf("optimizer %v is not written yet", b.Train.Optimizer))
	}
}
