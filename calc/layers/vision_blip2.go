package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// BLIP2 is Blip2ForConditionalGeneration: the queries of a Q-Former, projected,
// stand in the sequence of a language model, a decoder or a T5. It is
// InstructBlipForConditionalGeneration too, whose Q-Former reads an
// instruction.
type BLIP2 struct {
	b       *Builder
	v       workload.Vision
	queries *tape.Param
	tower   *Tower
	former  *qFormer
	project *Linear
	decoder spoken
	both    *Seq2Seq
}

// spoken is a decoder that answers embeddings and a mask of tokens with logits.
type spoken interface {
	Embedded(ids *tape.Tensor) *tape.Tensor
	Answer(x, tokens *tape.Tensor) *tape.Tensor
}

// BLIP2 declares the model.
func (b *Builder) BLIP2(m workload.Text, v workload.Vision, frozen int64, parts Parts) *BLIP2 {
	g := &BLIP2{b: b, v: v}
	b.InputsFirst = true
	g.checks()
	width := b.T.Symbol("hq", "hidden size of the Q-Former", v.QFormerHidden)
	parts.Join(func() { g.queries = b.Weight("query_tokens", tape.One, tape.N(v.Queries), width) })
	parts.Vision(func() {
		defer b.In("vision_model")()
		g.tower = b.Tower(v, v.Layers)
	})
	parts.Join(func() {
		kept := b.KeepPrecision
		b.KeepPrecision = v.Model == workload.ArchBLIP2 // the library leaves it out of quantization (_keep_in_fp32_modules)
		g.former = b.qFormer(v, g.tower.s.H)
		b.KeepPrecision = kept
		g.project = b.Linear("language_projection", width, b.T.Symbol("h", "hidden size", m.Hidden), true)
	})
	parts.Text(func() {
		defer b.In("language_model")()
		switch m.Family {
		case workload.T5:
			g.both = b.T5Of(g.Tokens(), m, frozen)
		case workload.OPT:
			g.decoder = b.OPT(m, frozen)
		default:
			g.decoder = b.Causal(m, frozen)
		}
	})
	return g
}

// checks notes what a run asks for that the library's model is not, and what the
// numbers rest on.
func (g *BLIP2) checks() {
	b, v := g.b, g.v
	if v.Model == workload.ArchInstructBLIP {
		b.Notes = append(b.Notes, say.F("the Q-Former reads an instruction as long as the text, at most its %d positions; a shorter one takes less", v.QFormerPositions))
	}
	if v.Model == workload.ArchInstructBLIP && v.Images > 1 {
		b.Fail(say.Errorf("imagesPerSample %d: InstructBLIP reads one instruction with one image; send 1", v.Images))
	}
	if v.Model == workload.ArchBLIP2 && v.QFormerVocab > 0 {
		b.Fail(say.Errorf("a Q-Former that reads text is of BLIP-2's retrieval models, which are not modelled yet; send use_qformer_text_input false"))
	}
	if v.Model == workload.ArchBLIP2 && b.Weights == tape.F16 {
		b.Notes = append(b.Notes, say.F("the Q-Former is in fp16 like the rest; from_pretrained keeps it and the query tokens in fp32, at twice their bytes"))
	}
	if v.Model == workload.ArchBLIP2 && b.Attention.Implementation == workload.FlashAttention2 {
		b.Fail(say.Errorf("attentionImplementation flash_attention_2 is not supported by the library's BLIP-2; send sdpa"))
	}
}

// Tokens is the length of the sequence: text and queries.
func (g *BLIP2) Tokens() tape.Dim {
	return g.b.T.Sum("T", "tokens of text and images", g.b.S, tape.N(g.v.Queries*max(1, g.v.Images)))
}

// Labels is the length of the labels: the sequence's, or the decoder's.
func (g *BLIP2) Labels() tape.Dim {
	if g.both != nil {
		return g.b.Target()
	}
	return g.Tokens()
}

// Instruction is the length of what an InstructBLIP's Q-Former reads: the
// text's, as far as it has positions.
func (g *BLIP2) Instruction() tape.Dim { return g.former.instruction() }

// Loss runs a BLIP-2. The caller's frame holds the inputs.
func (g *BLIP2) Loss(ids, labels, pixels *tape.Tensor) *tape.Tensor {
	return g.Instructed(ids, labels, pixels, nil)
}

// Instructed runs an InstructBLIP. The caller's frame holds the inputs.
func (g *BLIP2) Instructed(ids, labels, pixels, instruction *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(ids, labels, pixels, instruction)
	features := f.V(g.images(f, pixels, instruction))
	x := f.V(g.embedded(ids))
	tokens := f.V(t.Make("tokens", tape.I64, ids.Dims()))
	features = f.V(t.To(features, x.DType()))
	mask := f.V(t.Make("is an image", tape.Bool, ids.Dims()))
	x = f.Re(x, t.MaskedScatter(x, mask, features))
	if g.both != nil {
		return f.Ret(g.both.Answer(x, tokens, labels))
	}
	logits := f.V(g.decoder.Answer(x, tokens))
	if instruction == nil {
		logits = f.V(t.Slice(logits, logits.Dims()...)) // as many of the last as there are labels: all
	}
	return f.Ret(b.CausalLoss(logits, labels))
}

func (g *BLIP2) embedded(ids *tape.Tensor) *tape.Tensor {
	if g.both != nil {
		return g.both.Embedded(ids)
	}
	return g.decoder.Embedded(ids)
}

// images is get_image_features. What its output holds stays in the caller's
// frame.
func (g *BLIP2) images(outer *tape.Frame, pixels, instruction *tape.Tensor) *tape.Tensor {
	t := g.b.T
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels, instruction)
	seen := g.tower.Forward(pixels)
	image := outer.V(seen.Last)
	outer.V(seen.Pooled)
	s := g.tower.s
	f.V(t.Make("image tokens", tape.I64, []tape.Dim{s.Images, s.Tokens}))
	leave := t.As(memory.CrossModalAttention)
	queries := f.V(t.Expand(g.queries.T(), s.Images, g.former.queries, g.former.width))
	read := g.former.read(f, instruction, s.Images)
	last, pooled := g.former.Forward(queries, instruction, read, image)
	last = outer.V(last)
	outer.V(pooled)
	leave()
	if instruction != nil {
		return f.Ret(f.V(g.project.Slice(f.V(t.Slice(last, queries.Dims()...)))))
	}
	y := f.V(t.To(last, image.DType()))
	return f.Ret(f.V(g.project.Forward(y)))
}
