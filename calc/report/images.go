package report

import (
	"vramcalc/calc/say"
)

// MultimodalAnswer is what the tool for models that see or hear answers.
type MultimodalAnswer struct {
	Answer
	Images *ImageBudget `json:"imageTokens,omitempty" jsonschema_description:"What images cost in tokens."`
}

// BuildMultimodal makes the answer of one estimate, with what its images cost,
// nil where it shows none.
func BuildMultimodal(c Case, images *ImageBudget) MultimodalAnswer {
	a := MultimodalAnswer{Answer: BuildInference(c).Answer, Images: images} // a server's pool is told in the summary
	if images != nil {
		a.Summary = say.Join(" ", a.Summary, images.sentence())
	}
	return a
}

// ImageBudget explains what images cost in tokens of the sequence.
type ImageBudget struct {
	TokensPerImage int64      `json:"tokensPerImage" jsonschema_description:"Tokens that one image of this size takes in the sequence; 0 where the model sees images apart from it."`
	Images         int64      `json:"images" jsonschema_description:"Images of a sample."`
	TextTokens     int64      `json:"textTokens" jsonschema_description:"Text of a sample, generated tokens included."`
	TotalTokens    int64      `json:"totalTokens" jsonschema_description:"The whole sequence."`
	Context        int64      `json:"context,omitempty" jsonschema_description:"Tokens that the model was made for; absent where it has no limit."`
	FreeTokens     int64      `json:"freeTokens,omitempty" jsonschema_description:"Context less totalTokens; negative beyond it."`
	MostImages     int64      `json:"mostImages,omitempty" jsonschema_description:"Images of this size that fit in the context beside the text."`
	How            say.Text   `json:"how" jsonschema_description:"How the size becomes tokens."`
	Crosses        *ImageSize `json:"crosses,omitempty" jsonschema_description:"Smallest image of the same aspect with which the sample exceeds the context; absent where no size up to 8192 does."`
	Largest        *ImageSize `json:"largest,omitempty" jsonschema_description:"Largest image of the same aspect with which it does not."`
}

// ImageSize is a size of an image and what it costs.
type ImageSize struct {
	Width  int64 `json:"width" jsonschema_description:"Pixels."`
	Height int64 `json:"height" jsonschema_description:"Pixels."`
	Tokens int64 `json:"tokens" jsonschema_description:"Of one image."`
}

// sentence says what an image costs and when the context ends.
func (i ImageBudget) sentence() say.Text {
	if i.TokensPerImage == 0 {
		return i.How
	}
	var within, ends say.Text
	switch {
	case i.Context > 0 && i.FreeTokens < 0:
		within = say.F(", %d beyond the context of %d", -i.FreeTokens, i.Context)
	case i.Context > 0:
		within = say.F(" of a context of %d", i.Context)
	}
	switch {
	case i.Crosses != nil:
		ends = say.F("; images from %d×%d pixels exceed it", i.Crosses.Width, i.Crosses.Height)
	case i.Context > 0 && i.MostImages > 0:
		ends = say.F("; %d such images fit", i.MostImages)
	}
	return say.F("Each image takes %d tokens, the sample %d%s%s.", i.TokensPerImage, i.TotalTokens, within, ends)
}
