package cnn_test

import (
	"regexp"
	"strings"
	"testing"

	"vramcalc/calc/cnn"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// walked are the sides of images that every architecture is tried with: round
// ones, and odd ones where windows and strides do not divide.
var walked = []int64{64, 65, 97, 112, 128, 224, 225, 299, 384, 448, 640, 1023, 1024, 1280, 1537, 2047, 2048}

// whyNot are the reasons for which a size is refused.
var whyNot = regexp.MustCompile(`no multiple of the patch of \d+ pixels|do not hold the \d+×\d+ window of|has no variance|do not divide into windows of \d+`)

// A larger image never needs less memory, and never more than its area explains:
// what grows is rounded to the architecture's own stride or windows, to nothing
// else. An architecture that does not take a size says why and what to send.
func TestImages(t *testing.T) {
	sides := walked
	if testing.Short() {
		sides = []int64{112, 224, 299, 2048}
	}
	for _, m := range classifiers(t) {
		t.Run(m.ID, func(t *testing.T) {
			t.Parallel()
			least, most := roundings(m.Conv)
			var last seen
			taken := 0
			for _, side := range sides {
				c := training(m.Conv, 2)
				c.Conv.Image = side
				b, err := cnn.Record(c, tape.OneStep)
				if err != nil {
					if !strings.Contains(err.Error(), "inputImageSize") || !whyNot.MatchString(err.Error()) {
						t.Errorf("images of %d are refused without a reason or a way out: %v", side, err)
					}
					continue
				}
				taken++
				now := look(t, b.T, side)
				if now.peak < last.peak {
					t.Errorf("images of %d need %d bytes, smaller ones %d", side, now.peak, last.peak)
				}
				if last.side > 0 {
					ratio := float64(most(side)) / float64(least(last.side))
					if bound := ratio * ratio * float64(last.forward); float64(now.forward) > bound {
						t.Errorf("forward of images of %d takes %d bytes, more than the area beside images of %d explains: %.0f", side, now.forward, last.side, bound)
					}
				}
				last = now
			}
			if taken < 2 {
				t.Errorf("only %d of the sizes are taken", taken)
			}
		})
	}
}

// seen is what images of a side need.
type seen struct{ side, peak, forward int64 }

// look evaluates a recorded step: its peak, and what forward adds to what is
// there before.
func look(t *testing.T, r *tape.Tape, side int64) seen {
	t.Helper()
	p, err := r.Compile()
	if err != nil {
		t.Fatal(err)
	}
	v := p.Values()
	var e tape.Result
	p.Eval(&v, &e)
	return seen{side, int64(e.Peak[e.PeakPhase]), int64(e.Peak[memory.Forward] - e.Start[memory.Forward])}
}

// border is how many pixels windows without padding take from a side: of AlexNet,
// Inception v3 and SqueezeNet one less than the smallest image that they take, of timm's
// VGG six places of the map before the first linear layer, which is a window of
// seven.
var border = map[string]int64{"alexnet": 63 - 1, "inception_v3": 75 - 1, "squeezenet1_0": 29 - 1, "squeezenet1_1": 25 - 1, "timm vgg": 6 * 32}

// roundings are the least and the most side that an architecture may make of
// one: convolutions with strides round each map to the next or the last number
// of pixels, Swin fills its windows of 7 patches of 4 pixels, merged three times; in version
// 2 they are of 8.
func roundings(c workload.Conv) (least, most func(side int64) int64) {
	const stride, windows, windows2 = 32, 7 * 4 * 8, 8 * 4 * 8
	up := func(side, unit int64) int64 { return (side + unit - 1) / unit * unit }
	name := c.Name
	switch {
	case strings.HasPrefix(name, "swin_v2"):
		return func(side int64) int64 { return side / 4 * 4 }, func(side int64) int64 { return up(side, windows2) }
	case strings.HasPrefix(name, "swin"):
		return func(side int64) int64 { return side }, func(side int64) int64 { return up(side, windows) }
	case c.TIMM && strings.HasPrefix(name, "vgg"):
		name = "timm vgg"
	}
	return func(side int64) int64 { return max(1, side/stride*stride-border[name]) }, func(side int64) int64 { return up(side, stride) }
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
