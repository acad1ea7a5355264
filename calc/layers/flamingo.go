package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Flamingo is OpenFlamingo: a CLIP tower that runs without gradients, a
// resampler, and a decoder with gated cross-attention before some of its
// layers. The package trains no tower, whatever is frozen.
type Flamingo struct {
	b         *Builder
	v         workload.Vision
	tower     *openCLIP
	perceiver *resampler
	lm        *MPT
	images    int64 // of a sample
}

// gatedLayersRecorded is how many layers are recorded: the last, the one before
// it, whose gradient of the latents is the first sum, three in the middle, and
// the first.
const gatedLayersRecorded = 6

// What a run cannot ask for.
var (
	errFlamingoTower     = say.Errorf("OpenFlamingo runs its vision tower without gradients: adapters there are never trained; send loraVisionEncoder false")
	errFlamingoReentrant = say.Errorf("OpenFlamingo's checkpoints are not reentrant: a reentrant one around the resampler would cut it off from training; send checkpointingImplementation non-reentrant")
	errFlamingoFrozen    = say.Errorf("frozenLayers together with freezeTextEncoder is not modelled for Flamingo; send one of them, or trainableModules")
	errFlamingoInt8      = say.Errorf("bitsandbytes' LLM.int8 takes matrices of two or three dimensions, and OpenFlamingo's resampler has four; send quantization nf4")
	errFlamingoTiles     = say.Errorf("OpenFlamingo takes whole images; send imageTiles 1, or imagesPerSample")
	errFlamingoSize      = say.Errorf("open_clip's tower has one position for each patch of its own image size and interpolates none; send the model's imageResolution")
)

// Flamingo declares the model.
func (b *Builder) Flamingo(m workload.Text, v workload.Vision, frozen int64, parts Parts) *Flamingo {
	g := &Flamingo{b: b, v: v, images: max(1, v.Images)}
	g.check(frozen)
	parts.Vision(func() {
		bare := b.NoAdapters
		b.NoAdapters = true
		defer func() { b.NoAdapters = bare }()
		defer b.In("vision_encoder")()
		g.tower = b.openCLIP(v)
	})
	parts.Join(func() {
		defer b.In("perceiver")()
		g.perceiver = b.resampler(v, g.tower.s)
	})
	frozenOutside, bareOutside := b.Frozen, b.NoAdapters
	b.T.RecordLayers(gatedLayersRecorded)
	parts.Text(func() {
		defer b.In("lang_encoder")()
		outside := b.outside(frozenOutside, bareOutside)
		join := func(declare func()) { outside(func() { parts.Join(declare) }) }
		g.lm = b.flamingoLM(m, v, frozen, g, join)
	})
	b.Biased = true
	if !v.FreezeVision && !b.Frozen {
		b.Notes = append(b.Notes, say.F("OpenFlamingo runs its vision tower without gradients: its parameters count as trainable here, but get neither gradients nor optimizer states"))
	}
	b.Notes = append(b.Notes, say.F("the language model is the library's MPT; OpenFlamingo loads MosaicML's own code, in which MPT-1B also norms queries and keys (2 · layers · hidden size more parameters)"))
	return g
}

// check notes what the run asks for that the package does not do.
func (g *Flamingo) check(frozen int64) {
	b, v := g.b, g.v
	if b.adapters() && b.Adapter.Vision {
		b.Fail(errFlamingoTower)
	}
	if b.Train.Checkpointing && b.Train.CheckpointingForm == workload.Reentrant {
		b.Fail(errFlamingoReentrant)
	}
	if v.FreezeText && frozen > 0 {
		b.Fail(errFlamingoFrozen)
	}
	if b.quantizes() && b.Adapter.Quantization == workload.Int8 {
		b.Fail(errFlamingoInt8)
	}
	if v.Tiles > 1 {
		b.Fail(errFlamingoTiles)
	}
	if v.Width != v.NativeSize || v.Height != v.NativeSize {
		b.Fail(errFlamingoSize)
	}
}

// outside gives a way to declare, within the part that is being declared, what
// does not belong to it: frozen and without adapters as outside the part, and
// where layers are cold.
func (b *Builder) outside(frozen, bare bool) func(func()) {
	partFrozen, partBare := b.Frozen, b.NoAdapters
	return func(declare func()) {
		oldFrozen, oldBare := b.Frozen, b.NoAdapters
		b.Frozen, b.NoAdapters = frozen || oldFrozen && !partFrozen, bare || oldBare && !partBare
		declare()
		b.Frozen, b.NoAdapters = oldFrozen, oldBare
	}
}

// flamingoLM declares the decoder with gated blocks before some layers.
func (b *Builder) flamingoLM(m workload.Text, v workload.Vision, frozen int64, g *Flamingo, join func(func())) *MPT {
	lm := b.mptBody(m)
	lm.unhooked = true
	every := max(1, v.CrossEvery)
	lm.declare("transformer", frozen, func() {
		lm.wte = b.Embedding("wte", lm.s.V, lm.s.H)
	}, func() {
		layer := func(kind int) Block {
			l := &flamingoLayer{b: b, g: g}
			if int64(kind) == v.CrossFirst%every {
				join(func() { l.gated = b.gatedBlock(v, lm.s.H, g.tower.s.H) })
			}
			defer b.In("decoder_layer")()
			l.layer = b.mptBlock(m, lm.s)
			return l
		}
		func() {
			defer b.In("blocks")()
			defer b.In("*")()
			lm.stack = b.Periodic("layers", lm.s.L, m.Layers, frozen, every, layer)
		}()
		lm.norm = b.Norm(workload.LayerNormNoBias, "norm_f", lm.s.H)
	})
	return lm
}

// Tokens is the length of the sequence: an image is one token of the text.
func (g *Flamingo) Tokens() tape.Dim { return g.b.S }

// Loss runs the model. The caller's frame holds the inputs.
func (g *Flamingo) Loss(ids, labels, pixels *tape.Tensor) *tape.Tensor {
	t := g.b.T
	f := t.Frame(ids, labels, pixels)
	media := f.V(g.see(pixels))
	locate := func() *tape.Tensor { return t.Make("is an image", tape.Bool, ids.Dims()) }
	locations := f.V(locate())
	locations = f.Re(locations, locate())
	g.lm.extra = []*tape.Tensor{media, locations}
	loss, logits := g.decode(ids, labels)
	f.V(logits)
	return f.Ret(loss)
}

// decode is the language model's forward, whose output holds the logits.
func (g *Flamingo) decode(ids, labels *tape.Tensor) (loss, logits *tape.Tensor) {
	b := g.b
	f := b.T.Frame(ids, labels)
	hidden := f.V(g.lm.hidden(ids))
	logits = f.V(b.logits(g.lm.lm, hidden))
	return f.Ret2(b.CausalLoss(logits, labels), logits)
}

// see is _encode_vision_x: the latents of all images [B, images, latents, h].
func (g *Flamingo) see(pixels *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels)
	var x *tape.Tensor
	t.NoGrad(func() { x = g.tower.Forward(pixels) })
	x = f.V(x)
	resample := func() *tape.Tensor { return g.perceiver.Forward(x) }
	var y *tape.Tensor
	if b.Train.Checkpointing {
		y = f.Re(x, t.Checkpoint(resample, x))
	} else {
		y = f.Re(x, resample())
	}
	return f.Ret(t.View(y, b.B, tape.N(g.images), g.perceiver.n, y.Last()))
}
