package multimodal_test

import (
	"strings"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/memory"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// sides are sides of images as a processor might give them to a tower: round
// ones and ones that no patch divides.
var sides = []int64{64, 98, 112, 196, 224, 225, 336, 448, 672, 980, 1344, 2048}

// A larger image of a tower that takes any size never needs fewer tensor bytes,
// and one that it does not take is refused with what to send.
func TestImages(t *testing.T) {
	seen := map[workload.VisionFamily]bool{}
	for _, m := range catalog.Load().Models() {
		if m.Kind != workload.Multimodal || seen[m.Vision.Family] || !m.Disclosed || m.Vision.Family == workload.WhisperEncoder {
			continue
		}
		seen[m.Vision.Family] = true
		t.Run(m.ID, func(t *testing.T) {
			var last unit.Bytes
			for _, side := range sides {
				c := minimal(m)
				c.Vision.Width, c.Vision.Height = side, side
				b, err := multimodal.Record(c, tape.OneStep)
				if err != nil {
					if !strings.Contains(err.Error(), "send") && !strings.Contains(err.Error(), "is not written yet") {
						t.Errorf("images of %d are refused without a way out: %v", side, err)
					}
					continue
				}
				p, err := b.T.Compile()
				if err != nil {
					t.Fatalf("images of %d: %v", side, err)
				}
				v := p.Values()
				var r tape.Result
				p.Eval(&v, &r)
				now := r.Peak[memory.Forward]
				if now < last {
					t.Errorf("images of %d need %d bytes in forward, smaller ones %d", side, now, last)
				}
				last = now
			}
		})
	}
}
