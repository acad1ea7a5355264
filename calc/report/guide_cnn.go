package report

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
)

// imageChannels are the colours of an input image.
const imageChannels = 3

func (g guide) cnn(m modelCounts) []line {
	b := g.width()
	batch, side := float64(g.Train.Batch), float64(g.Conv.Image)
	conv, linear := m.weights[memory.ConvolutionLayers], m.weights[memory.FullyConnected]
	convolutions := form(memory.ConvolutionLayers, conv*b, "P_conv·b", values{"P_conv": conv, "b": b})
	convolutions.notes = []say.Text{say.F("P_conv = Σ K²·C_in·C_out + C_out over the convolutions, without the biases that they do not have.")}
	maps := form(memory.FeatureMaps, batch*m.maps*b, "B·M_conv·b", values{"B": batch, "M_conv": m.maps, "b": b})
	maps.notes = []say.Text{say.F("M_conv = Σ H·W·C over the convolutions' outputs for one image.")}
	classifier := form(memory.FullyConnected, linear*b, "P_fc·b", values{"P_fc": linear, "b": b})
	classifier.notes = []say.Text{say.F("P_fc = D_in·D_out + D_out.")}
	return []line{
		convolutions,
		maps,
		classifier,
		form(memory.BatchNorm, 4*m.norms*b, "4·C·b", values{"C": m.norms, "b": b}),
		form(memory.DataAugmentation, batch*side*side*imageChannels*b*2, "B·H·W·C·b·2",
			values{"B": batch, "H": side, "W": side, "C": imageChannels, "b": b}),
	}
}
