package schemas

import (
	"fmt"

	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

const (
	// usualImage is the documented image side of a model without its own.
	usualImage = 336
	// whisperSeconds is what Whisper's feature extractor pads audio to.
	whisperSeconds = 30
)

// vision completes the tower of the shape with what a sample shows.
func (r *resolver) vision() workload.Vision {
	a, v := r.args, r.model.Vision
	images, audio := int64(1), 0.0
	if v.Family == workload.WhisperEncoder {
		images, audio = 0, whisperSeconds
	}
	v.Images = byDefault(r, "imagesPerSample", a.ImagesPerSample, images)
	v.Frames = byDefault(r, "videoFrames", a.VideoFrames, 0)
	v.AudioSeconds = byDefault(r, "audioSeconds", a.AudioSeconds, audio)
	v.FreezeVision = byDefault(r, "freezeVisionEncoder", a.FreezeVisionEncoder, false)
	v.FreezeText = byDefault(r, "freezeTextEncoder", a.FreezeTextEncoder, false)
	if rate, ok := a.DropoutRate.Get(); ok {
		for _, x := range []*float64{&v.QFormerDrop, &v.QFormerAttentionDrop} {
			if *x > 0 {
				*x = rate
			}
		}
	}
	width, height := r.image(&v)
	r.tiles(&v, width, height)
	r.fixedParts(&v)
	return v
}

// fixedParts warns of parts that the architecture does not have and keeps its
// own.
func (r *resolver) fixedParts(v *workload.Vision) {
	a := r.args
	if v.Encoder == 0 {
		v.Encoder = workload.ViT
	}
	if v.Fusion == 0 {
		v.Fusion = workload.Projector
	}
	if v.TextEncoder == 0 {
		v.TextEncoder = textEncoderOf(r.model.Text.Family)
	}
	fixed(r, check.EncoderFixed, "visionEncoderType", a.VisionEncoderType, v.Encoder)
	fixed(r, check.FusionFixed, "modalFusionStrategy", a.ModalFusionStrategy, v.Fusion)
	fixed(r, check.TextEncoderFixed, "textEncoderType", a.TextEncoderType, v.TextEncoder)
}

// fixed warns where a part was asked for that is not the architecture's.
func fixed[T interface {
	comparable
	fmt.Stringer
}](r *resolver, rule *check.Rule, argument string, given Opt[T], own T) {
	v, ok := given.Get()
	switch {
	case !ok:
		take(r, argument, given, own, r.origin, say.F("the architecture's"))
	case v != own:
		r.report(rule, []string{argument}, check.Told{
			Message: say.F("%s %s is not the architecture's, which is %s; the estimate keeps %s", argument, v, own, own),
			Fix:     say.F("Leave %s out.", argument),
			Change:  map[string]any{argument: nil},
		})
	}
}

// textEncoderOf is the kind of text side that a family is.
func textEncoderOf(f workload.Family) workload.TextEncoder {
	switch f {
	case workload.BERT, workload.BLIPText, workload.DistilBERT:
		return workload.BERTText
	case workload.RoBERTa:
		return workload.RoBERTaText
	case workload.T5, workload.MT5:
		return workload.T5Text
	}
	return workload.LLaMAText
}

// image settles the pixels that reach the tower, and gives those of the image
// as it was sent.
func (r *resolver) image(v *workload.Vision) (width, height int64) {
	a := r.args
	if v.Family == workload.WhisperEncoder {
		v.Width, v.Height = 0, 0
		return 0, 0
	}
	side, origin, why := v.NativeSize, r.origin, say.F("the model's")
	if side == 0 {
		side, origin, why = usualImage, report.Default, documented
	}
	if a.ImageWidth.IsSet() || a.ImageHeight.IsSet() {
		side = a.ImageResolution.Or(a.ImageWidth.Or(a.ImageHeight.Or(side)))
	} else {
		side = take(r, "imageResolution", a.ImageResolution, side, origin, why)
	}
	width, height = a.ImageWidth.Or(side), a.ImageHeight.Or(side)
	v.Width, v.Height = width, height
	if !r.named {
		if r.given("imageResolution") && v.NativeSize > 0 {
			v.NativeSize = side // a model of this shape is built for these images
		}
		if v.Family == workload.InternVision { // whose tiles are square
			v.Width, v.Height = processed(*v, width, height)
		}
		return width, height
	}
	v.Width, v.Height = processed(*v, width, height)
	if v.Width != width || v.Height != height {
		r.assume("imageResolution", fmt.Sprintf("%dx%d", v.Width, v.Height), report.FromModel,
			say.F("the model's processor makes this of %dx%d pixels", width, height))
	}
	return width, height
}
