package workload

// decoderShare: where the decoder's length is not given, it has a quarter of
// the encoder's tokens.
const decoderShare = 4

// UsualDecoderSequence is the documented default of the decoder's length beside
// an encoder's.
func UsualDecoderSequence(encoder int64) int64 { return max(1, encoder/decoderShare) }
