package cnn_test

import (
	"strings"
	"testing"

	"vramcalc/calc/cnn"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// walked are the sides of images that every architecture is tried with: round
// ones, and odd ones where windows do not divide.
var walked = []int64{64, 65, 97, 112, 128, 224, 225, 299, 320, 384, 448, 640, 1023, 1024}

// A larger image never needs less memory, and an architecture that does not
// take a size says why and what to send.
func TestImages(t *testing.T) {
	sides := walked
	if testing.Short() {
		sides = []int64{112, 224, 299, 448}
	}
	for _, m := range classifiers(t) {
		t.Run(m.ID, func(t *testing.T) {
			last, taken := int64(0), 0
			for _, side := range sides {
				c := training(m.Conv, 2)
				c.Conv.Image = side
				b, err := cnn.Record(c, tape.OneStep)
				if err != nil {
					if !strings.Contains(err.Error(), "inputImageSize") {
						t.Errorf("images of %d are refused without a way out: %v", side, err)
					}
					continue
				}
				taken++
				now := largest(t, b.T)
				if now < last {
					t.Errorf("images of %d need %d bytes, smaller ones %d", side, now, last)
				}
				last = now
			}
			if taken < 2 {
				t.Errorf("only %d of the sizes are taken", taken)
			}
		})
	}
}

// What an architecture cannot be is refused by name.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, model string
		change      func(c *cnn.Config)
		want        string
	}{
		{"no room for a pool", "torchvision/vgg11", func(c *cnn.Config) { c.Conv.Image = 16 }, "send a larger inputImageSize"},
		{"no room for a kernel", "torchvision/inception_v3", func(c *cnn.Config) { c.Conv.Image = 224 }, "AuxLogits.conv1.conv"},
		{"one value a channel", "torchvision/resnet18", func(c *cnn.Config) { c.Conv.Image, c.Train.Batch = 32, 1 }, "has no variance"},
		{"patches that do not divide", "torchvision/vit_b_16", func(c *cnn.Config) { c.Conv.Image = 225 }, "patch of 16 pixels"},
		{"no blocks to run again", "torchvision/vgg16", func(c *cnn.Config) { c.Train.Checkpointing = true }, "send gradientCheckpointing false"},
		{"no blocks to run again in timm", "timm/vgg16", func(c *cnn.Config) { c.Train.Checkpointing = true }, "send gradientCheckpointing false"},
		{"no place for a kernel size", "torchvision/vit_b_16", func(c *cnn.Config) { c.Conv.Kernel = 5 }, "kernelSize has no place"},
		{"no pool", "torchvision/efficientnet_b0", func(c *cnn.Config) { c.Conv.Pooling = workload.MaxPool }, "poolingStrategy"},
		{"adapters", "torchvision/resnet50", func(c *cnn.Config) { c.Train.Method = workload.LoRA }, "lora"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := training(classifier(t, tt.model).Conv, 2)
			tt.change(c)
			_, err := cnn.Record(c, tape.OneStep)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want it to say %q", err, tt.want)
			}
		})
	}
}
