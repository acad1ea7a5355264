package schemas

import (
	"sort"

	"vramcalc/calc/catalog"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// largestSide is the longest side of an image that is asked for, in pixels.
const largestSide = 8192

// Budget explains what the images of a workload cost in tokens; nil where it
// shows none.
func (a *MultimodalArgs) Budget(w workload.Workload) *report.ImageBudget {
	c, ok := w.(*multimodal.Config)
	if !ok || c.Vision.Images == 0 {
		return nil
	}
	v := c.Vision
	b := &report.ImageBudget{Images: v.Images, TextTokens: c.Train.Sequence + c.Inference.NewTokens, Context: c.Text.Context}
	width, height := a.sides(v)
	n, inSequence := multimodal.ImageTokens(c)
	b.TotalTokens = b.TextTokens + n
	if b.Context > 0 {
		b.FreeTokens = b.Context - b.TotalTokens
	}
	if !inSequence {
		b.How = say.F("Images take no tokens of the sequence: the model sees them by cross-attention, or encodes them apart from the text.")
		return b
	}
	b.TokensPerImage = n / v.Images
	b.How = how(v, width, height, b.TokensPerImage)
	if b.Context == 0 {
		return b
	}
	b.MostImages = max(0, (b.Context-b.TextTokens)/b.TokensPerImage)
	a.limits(c, b, width, height)
	return b
}

// sides is the image as it was sent.
func (a *MultimodalArgs) sides(v workload.Vision) (width, height int64) {
	side := a.ImageResolution.Or(v.NativeSize)
	if side == 0 {
		side = usualImage
	}
	return a.ImageWidth.Or(side), a.ImageHeight.Or(side)
}

// how says how pixels become tokens.
func how(v workload.Vision, width, height, tokens int64) say.Text {
	steps := []say.Text{say.F("%d×%d pixels", width, height)}
	if v.Tiles > 1 {
		steps[0] = say.F("%d×%d pixels become %d tiles of %d×%d in the model's processor", width, height, v.Tiles, v.NativeSize, v.NativeSize)
	} else if v.Width != width || v.Height != height {
		steps[0] = say.F("%d×%d pixels become %d×%d in the model's processor", width, height, v.Width, v.Height)
	}
	if v.Patch > 0 {
		steps = append(steps, say.F("cut into patches of %d", v.Patch))
	}
	if v.Merge > 1 {
		steps = append(steps, say.F("of which %d×%d give one token", v.Merge, v.Merge))
	}
	if patches := v.Width / max(1, v.Patch) * (v.Height / max(1, v.Patch)); v.ImageTokens > 0 && v.Tiles <= 1 && patches > tokens {
		steps = append(steps, say.F("and %d patches pooled", patches))
	}
	return say.F("%s: %d tokens.", say.Join(", ", steps...), tokens)
}

// limits finds the image of the same aspect with which the sample first exceeds
// the context.
func (a *MultimodalArgs) limits(c *multimodal.Config, b *report.ImageBudget, width, height int64) {
	long := max(width, height)
	at := func(side int64) report.ImageSize {
		w, h := max(1, width*side/long), max(1, height*side/long)
		d := *c
		d.Vision = a.resized(c, w, h)
		n, _ := multimodal.ImageTokens(&d)
		return report.ImageSize{Width: w, Height: h, Tokens: n / max(1, c.Vision.Images)}
	}
	room := (b.Context - b.TextTokens) / c.Vision.Images
	least := c.Vision.Patch * max(1, c.Vision.Merge) * max(1, long/max(1, min(width, height)))
	i := sort.Search(int(largestSide-least), func(i int) bool { return at(least+int64(i)).Tokens > room })
	if side := least + int64(i); side < largestSide {
		over := at(side)
		b.Crosses = &over
		if i > 0 {
			under := at(side - 1)
			b.Largest = &under
		}
	}
}

// resized is the vision of a workload for an image of another size.
func (a *MultimodalArgs) resized(c *multimodal.Config, width, height int64) workload.Vision {
	args := a.EstimateArgs // a copy
	args.ImageWidth, args.ImageHeight = Some(width), Some(height)
	r := &resolver{args: &args, kind: workload.Multimodal, named: a.ModelID.IsSet() || a.ModelConfig.IsSet(), model: catalog.Model{Vision: c.Vision}}
	v := c.Vision
	r.image(&v)
	if !a.ImageTiles.IsSet() {
		v.Tiles = 1
	}
	r.tiles(&v, width, height)
	return v
}
