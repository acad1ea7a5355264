package multimodal

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// ImageTokens is how many tokens a sample's images take in the sequence beside
// its text; false where the model puts none there: its images are seen by
// cross-attention or apart.
func ImageTokens(c *Config) (int64, bool) {
	b := layers.New(tape.New(tape.OneStep), c.Hardware, c.Train, c.Adapter, c.Attention, c.Stack, c.Inference)
	m, err := model(b, c)
	if err != nil {
		return 0, false
	}
	var inner any = m
	switch x := m.(type) {
	case visual:
		inner = x.m
	case typed:
		inner = x.m
	case masked:
		inner = x.m
	}
	s, ok := inner.(interface{ Tokens() tape.Dim })
	if !ok {
		return 0, false
	}
	n := b.T.Present(s.Tokens()) - c.Train.Sequence
	return n, n > 0
}
