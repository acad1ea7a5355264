package schemas

import (
	"math"
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// shapeBySize lays the given dimensions over the reference model and scales it
// where its size is not the one asked for.
func (r *resolver) shapeBySize() {
	ref, size := r.model, r.args.ModelSize.Or(0)
	r.model = r.overlay(ref)
	own, err := count(ref)
	if err != nil || size <= 0 {
		return // refused when the shape is counted
	}
	why := say.F("the published model nearest to %s billion parameters", billion(size))
	if math.Abs(own.Billion()-size) > sizeTolerance*size {
		m, err := r.scale(ref, size)
		if err != nil {
			return
		}
		r.model = m
		how := say.F("in width and depth alike")
		if ref.Kind == workload.CNN {
			how = say.F("in width")
		}
		why = say.F("the published model nearest to %s billion parameters (it has %s), scaled %s", billion(size), billion(own.Billion()), how)
	}
	r.assume("modelId", ref.ID, report.Derived, why)
}

// scale changes a model to a size in billions of parameters, width and depth
// in the same ratio, in whole heads and layers.
func (r *resolver) scale(ref catalog.Model, size float64) (catalog.Model, error) {
	if ref.Kind == workload.CNN {
		return r.scaleWidth(ref, size)
	}
	own, err := r.countOf(ref)
	if err != nil {
		return ref, err
	}
	heads := ref.Text.Heads
	group := max(1, heads/max(1, ref.Text.KVHeads))
	if ref.Text.KVHeads <= 1 {
		group = 1
	}
	best, score := ref, math.Inf(1)
	for _, n := range headCounts(heads, group, r.widthRatio(ref, size/own)) {
		m, s, err := r.atWidth(ref, float64(n)/float64(heads), size)
		if err != nil {
			return ref, err
		}
		if s < score {
			best, score = m, s
		}
	}
	return best, nil
}

// widthRatio estimates by how much the width grows: parameters go with depth
// times the square of width, so with its cube where the depth is free to follow.
func (r *resolver) widthRatio(ref catalog.Model, growth float64) float64 {
	if layers, given := r.args.NumLayers.Get(); given && ref.Text.Layers > 0 {
		return math.Sqrt(growth * float64(ref.Text.Layers) / float64(layers))
	}
	return math.Cbrt(growth)
}

// How shapes are tried and compared.
const (
	widthSlack   = 1.3 // widths are tried this far around the estimate
	widthsTried  = 8
	depthSlack   = 2.0 // how far depth may leave the proportion of width to depth
	errorPenalty = 10  // a percent off the size weighs as a tenth of proportion
)

// manyHeads is from where on only multiples of evenHeads are tried, as makers
// do, so that a model can be split over GPUs.
const (
	manyHeads = 16
	evenHeads = 4
)

// headCounts lists the numbers of heads to try, in whole groups.
func headCounts(heads, group int64, ratio float64) []int64 {
	low := max(1, int64(float64(heads)*ratio/widthSlack/float64(group)))
	high := max(low, int64(math.Ceil(float64(heads)*ratio*widthSlack/float64(group))))
	step := max(1, (high-low)/widthsTried)
	var out []int64
	for n := low; n <= high; n += step {
		even := n
		for even*group > manyHeads && even*group%evenHeads != 0 {
			even++
		}
		if !slices.Contains(out, even*group) {
			out = append(out, even*group)
		}
	}
	return out
}

// atWidth scales a model's width by a ratio, finds the depth that comes closest
// to the size, and scores the result: lower is closer in size and proportion.
func (r *resolver) atWidth(ref catalog.Model, ratio, size float64) (catalog.Model, float64, error) {
	ideal := max(1, math.Round(float64(ref.Text.Layers)*ratio))
	at := func(layers float64) (catalog.Model, float64, error) {
		m := r.overlay(resized(ref, ratio, int64(layers)))
		n, err := r.countOf(m)
		return m, n, err
	}
	m, first, err := at(ideal)
	if err != nil {
		return m, 0, err
	}
	_, second, err := at(2 * ideal)
	if err != nil {
		return m, 0, err
	}
	layers, n := ideal, first
	if perLayer := (second - first) / ideal; perLayer > 0 {
		layers = math.Round(ideal + (size-first)/perLayer)
		layers = min(max(layers, 1, math.Ceil(ideal/depthSlack)), ideal*depthSlack)
		if m, n, err = at(layers); err != nil {
			return m, 0, err
		}
	}
	return m, math.Abs(math.Log(layers/ideal)) + errorPenalty*math.Abs(math.Log(n/size)), nil
}

func (r *resolver) countOf(m catalog.Model) (float64, error) {
	n, err := count(m)
	return n.Billion(), err
}

// resized is a model of another width and depth. Heads keep their width.
func resized(ref catalog.Model, ratio float64, layers int64) catalog.Model {
	m, old := ref, ref.Text
	t := &m.Text
	t.Layers = layers
	t.DecoderLayers = scaled(old.DecoderLayers, layers, old.Layers, 1)
	t.Heads = max(1, int64(math.Round(float64(old.Heads)*ratio)))
	t.KVHeads = keyValueHeads(t.Heads, old)
	t.Hidden = scaled(old.Hidden, t.Heads, old.Heads, max(1, min(old.HeadDim, 64)))
	if old.Heads*old.HeadDim == old.Hidden {
		t.Hidden = t.Heads * old.HeadDim
	}
	t.Intermediate = scaled(old.Intermediate, t.Hidden, old.Hidden, granule(old.Intermediate))
	t.EmbeddingDim = scaled(old.EmbeddingDim, t.Hidden, old.Hidden, 1)
	t.QLoRARank = scaled(old.QLoRARank, t.Hidden, old.Hidden, 64)
	t.KVLoRARank = scaled(old.KVLoRARank, t.Hidden, old.Hidden, 64)
	m.Experts = resizedExperts(ref.Experts, t.Hidden, old.Hidden, layers)
	m.Vision = resizedVision(ref, t.Hidden, old.Hidden, layers, old.Layers)
	return m
}

func resizedExperts(e workload.Experts, now, before, layers int64) workload.Experts {
	e.Intermediate = scaled(e.Intermediate, now, before, granule(e.Intermediate))
	e.SharedIntermediate = scaled(e.SharedIntermediate, now, before, granule(e.SharedIntermediate))
	e.FirstDense = min(e.FirstDense, max(0, layers-1))
	return e
}

// resizedVision scales the tower of a dual encoder with its text side. The
// tower of a language model that sees stays as published: makers put the same
// one on models of every size.
func resizedVision(ref catalog.Model, now, before, layers, layersBefore int64) workload.Vision {
	v := ref.Vision
	if v.Projection == before {
		v.Projection = now
	}
	switch ref.Architecture {
	case workload.ArchCLIP, workload.ArchSigLIP, workload.ArchBLIP:
	default:
		return v
	}
	if v.Heads <= 0 {
		return v
	}
	width := v.Hidden / v.Heads
	v.Heads = scaled(v.Heads, now, before, 1)
	was := v.Hidden
	v.Hidden = v.Heads * width
	v.Intermediate = scaled(v.Intermediate, v.Hidden, was, granule(v.Intermediate))
	v.Layers = scaled(v.Layers, layers, layersBefore, 1)
	if v.Projection != now {
		v.Projection = scaled(v.Projection, now, before, 64)
	}
	return v
}

// scaleWidth finds the width multiplier at which a classifier has the size.
// Parameters grow with its square, so the search starts at the root.
func (r *resolver) scaleWidth(ref catalog.Model, size float64) (catalog.Model, error) {
	m := r.overlay(ref)
	own, err := r.countOf(m)
	if err != nil {
		return ref, err
	}
	const (
		rounds  = 24
		bracket = 4
	)
	start := math.Sqrt(size / own)
	low, high := start/bracket, start*bracket
	best, closest := m, math.Abs(math.Log(own/size))
	for range rounds {
		m.Conv.WidthMultiplier = math.Sqrt(low * high)
		n, err := r.countOf(m)
		if err != nil {
			return ref, err
		}
		if d := math.Abs(math.Log(n / size)); d < closest {
			best, closest = m, d
		}
		if n < size {
			low = m.Conv.WidthMultiplier
		} else {
			high = m.Conv.WidthMultiplier
		}
	}
	return best, nil
}
