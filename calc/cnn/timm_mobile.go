package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// timmMobileV3s gives torchvision's names of timm's MobileNetV3s, whose blocks
// have the same shapes.
var timmMobileV3s = map[string]string{"mobilenetv3_large_100": "mobilenet_v3_large", "mobilenetv3_small_100": "mobilenet_v3_small"}

// newTimmMobileNetV2 is timm's MobileNetV2.
func newTimmMobileNetV2(n *net) layers.Module {
	c := &timmNet{n: n}
	in := n.wide(mobileV2Stem)
	n.stage(0, func() { c.stem = n.timmConv("conv_stem", "bn1", 3, in, same(3, 2), 1, layers.PointReLU6) })
	c.blocks = n.timmStages(len(mobileV2Stages), func(i int) (int64, func(j int64) layers.Module) {
		st := mobileV2Stages[i]
		return st.repeats, func(j int64) layers.Module {
			b := timmBlockShape{act: layers.PointReLU6}
			b.expand, b.kernel, b.in, b.out, b.stride = st.expand, 3, in, n.wide(st.out), st.stride
			if j > 0 {
				b.stride = 1
			}
			in = b.out
			return n.timmBlockOf(b)
		}
	})
	last := max(mobileV2Last, n.wide(mobileV2Last))
	c.head = n.timmConv("conv_head", "bn2", in, last, tape.Square(1, 1, 0), 1, layers.PointReLU6)
	c.drop = n.Dropout(n.dropRate(0))
	c.classify = n.FC("classifier", last, n.conv.Classes, true)
	return c
}

// newTimmMobileNetV3 is timm's MobileNetV3, whose last convolution comes after
// the pool.
func newTimmMobileNetV3(n *net, s mobileV3Shape) layers.Module {
	stages := s.stages() // by the unscaled widths
	for _, stage := range stages {
		copy(stage, mobileV3Shape{blocks: stage}.scaled(n).blocks)
	}
	s = s.scaled(n)
	c := &timmNet{n: n}
	in := n.wide(mobileV3Stem)
	n.stage(0, func() { c.stem = n.timmConv("conv_stem", "bn1", 3, in, same(3, 2), 1, layers.PointHardswish) })
	wide := mobileV3Widen * s.blocks[len(s.blocks)-1].out
	c.blocks = n.timmStages(len(stages)+1, func(i int) (int64, func(j int64) layers.Module) {
		if i == len(stages) {
			return 1, func(int64) layers.Module {
				return n.row(n.timmConv("conv", "bn1", in, wide, tape.Square(1, 1, 0), 1, layers.PointHardswish)...)
			}
		}
		return int64(len(stages[i])), func(j int64) layers.Module {
			b := stages[i][j].timm(in)
			in = b.out
			return n.timmBlockOf(b)
		}
	})
	c.top = []layers.Module{n.Conv2D("conv_head", wide, s.last, tape.Square(1, 1, 0), 1, true), n.Activation(layers.PointHardswish, true)}
	c.drop = n.Dropout(n.dropRate(0))
	c.classify = n.FC("classifier", s.last, n.conv.Classes, true)
	return c
}

// stages are runs of blocks of one width.
func (s mobileV3Shape) stages() [][]mobileV3Block {
	var out [][]mobileV3Block
	for _, b := range s.blocks {
		if n := len(out); n > 0 && out[n-1][0].out == b.out {
			out[n-1] = append(out[n-1], b)
		} else {
			out = append(out, []mobileV3Block{b})
		}
	}
	return out
}

// timm is a block as timm's EfficientNet class takes it.
func (b mobileV3Block) timm(in int64) timmBlockShape {
	s := timmBlockShape{act: layers.PointReLU, expanded: b.expanded}
	s.expand, s.kernel, s.in, s.out, s.stride = 1, b.kernel, in, b.out, b.stride
	if b.expanded != in {
		s.expand = 0 // by the table, not by a ratio
	}
	if b.swish {
		s.act = layers.PointHardswish
	}
	if b.squeeze {
		s.squeezed, s.gate = divisible(float64(b.expanded)/squeezeRatio), layers.PointHardsigmoid
	}
	return s
}
