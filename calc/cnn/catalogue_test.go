package cnn_test

import (
	"testing"

	"vramcalc/calc/cnn"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Every classifier of the catalogue is written: it has as many parameters as
// were published, and its training is recorded and compiles.
func TestCatalogue(t *testing.T) {
	for _, m := range classifiers(t) {
		t.Run(m.ID, func(t *testing.T) {
			b, err := cnn.Record(training(m.Conv, 2), tape.OneStep)
			if err != nil {
				t.Fatal(err)
			}
			if got := b.Counts().Total; m.Params > 0 && got != m.Params {
				t.Errorf("%d parameters, published %d (difference %d)", got, m.Params, int64(got)-int64(m.Params))
			}
			if got, weights := largest(t, b.T), 4*int64(b.Counts().Total); got < 2*weights {
				t.Errorf("a peak of %d bytes is less than weights and gradients, %d", got, 2*weights)
			}
		})
	}
}

// Every setting of precision and layout is recorded for every classifier.
func TestPrecisions(t *testing.T) {
	for _, m := range classifiers(t) {
		t.Run(m.ID, func(t *testing.T) {
			c := training(m.Conv, 3)
			full := peak(t, c)
			c.Conv.ChannelsLast, c.Train.Precision = true, workload.BF16
			if half := peak(t, c); half >= full {
				t.Errorf("bf16 needs %d bytes, fp32 %d", half, full)
			}
			c.Train.Mode = workload.Autocast
			c.Conv.FreezeBatchNorm = true
			peak(t, c)
			c.Conv.ChannelsLast, c.Train.Precision = false, workload.FP16
			peak(t, c)
		})
	}
}
