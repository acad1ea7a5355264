package cnn_test

import (
	"math"
	"testing"
)

// A sample more of 224² costs a ResNet-50 in fp32 82 MiB of activations: every
// convolution's output, every ReLU's and the pool's with its indices.
func TestSampleCost(t *testing.T) {
	const mib = 1 << 20
	conv := classifier(t, "torchvision/resnet50").Conv
	at := func(batch int64) float64 { return float64(peak(t, training(conv, batch))) }
	for _, from := range []int64{32, 64, 128} {
		got := (at(2*from) - at(from)) / float64(from) / mib
		if math.Abs(got-82) > 1 {
			t.Errorf("from a batch of %d a sample costs %.2f MiB, want 82 ± 1", from, got)
		}
	}
}

// Settings change memory in the direction that they are used for.
func TestSettings(t *testing.T) {
	for _, name := range []string{"torchvision/resnet50", "torchvision/swin_t", "torchvision/vit_b_16", "timm/efficientnet_b0", "timm/convnext_tiny", "timm/vit_base_patch16_224", "timm/regnety_032"} {
		conv := classifier(t, name).Conv
		plain := training(conv, 32)
		base := peak(t, plain)
		less := func(what string, got int64) {
			if got >= base {
				t.Errorf("%s: %s needs %d bytes, without %d", name, what, got, base)
			}
		}
		c := *plain
		c.Train.Checkpointing = true
		less("gradient checkpointing", peak(t, &c))
		c = *plain
		c.Train.FrozenLayers = 2
		less("freezing two stages", peak(t, &c))
		c = *plain
		c.Train.Precision = c.Train.Half
		less("16-bit weights", peak(t, &c))
	}
}
