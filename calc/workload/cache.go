package workload

// CacheElements is the number of keys and values that transformers' cache gains
// with each token, 0 for a model that generates nothing. Layers with a sliding
// window stop gaining at its length.
func (t Text) CacheElements() int64 {
	if t.Family.IsEncoder() {
		return 0
	}
	layers := t.Layers
	if t.DecoderLayers > 0 {
		layers = t.DecoderLayers
	}
	if t.KVLoRARank > 0 { // multi-head latent attention keeps the latents
		return layers * (t.KVLoRARank + t.QKRopeDim)
	}
	heads := t.KVHeads
	if t.Family == Falcon && heads > 1 { // its new architecture repeats them for every query head first
		heads = t.Heads
	}
	return layers * 2 * heads * t.HeadDim
}
