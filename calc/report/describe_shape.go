package report

import (
	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
)

// shapeOf writes a model's dimensions out.
func shapeOf(m catalog.Model) *Shape {
	s := &Shape{}
	if m.Kind == workload.CNN {
		s.ofConv(m.Conv)
		return s
	}
	s.ofText(m.Text)
	if m.Experts.Count > 0 {
		s.ofExperts(m.Experts)
	}
	if m.Vision.Family != 0 {
		s.ofVision(m.Vision)
	}
	return s
}

func (s *Shape) ofText(t workload.Text) {
	s.HiddenSize, s.Layers, s.DecoderLayers = t.Hidden, t.Layers, t.DecoderLayers
	s.Heads, s.KVHeads, s.HeadDim = t.Heads, t.KVHeads, t.HeadDim
	s.IntermediateSize, s.VocabSize = t.Intermediate, t.Vocab
	s.TieWordEmbeddings = &t.TiedEmbeddings
	s.PositionEncoding, s.Norm, s.Activation = t.Position.String(), t.Norm.String(), t.Activation.String()
	s.SlidingWindow, s.WindowPattern = t.Window, t.WindowPattern
	s.QueryLatentRank, s.KeyValueLatentRank = t.QLoRARank, t.KVLoRARank
}

func (s *Shape) ofExperts(e workload.Experts) {
	s.Experts, s.ActiveExperts, s.SharedExperts = e.Count, e.Active, e.Shared
	s.ExpertSize, s.FirstDenseLayers, s.MoELayerFrequency = e.Intermediate, e.FirstDense, e.LayerFrequency
}

func (s *Shape) ofVision(v workload.Vision) {
	s.VisionEncoderType, s.Fusion = v.Encoder.String(), v.Fusion.String()
	s.VisionFeatureDim, s.VisionLayers, s.VisionHeads, s.VisionIntermediate = v.Hidden, v.Layers, v.Heads, v.Intermediate
	s.PatchSize, s.ImageResolution, s.ImageTokens = v.Patch, v.NativeSize, v.ImageTokens
	s.CrossAttentionCount = v.CrossLayers
}

func (s *Shape) ofConv(c workload.Conv) {
	s.Library, s.Network = "torchvision", c.Name
	if c.TIMM {
		s.Library = "timm"
	}
	s.InputImageSize, s.ClassificationHead = c.Image, c.Classes
}
