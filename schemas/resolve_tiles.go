package schemas

import (
	"math"

	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// tiles settles the crops of one image of the given size.
func (r *resolver) tiles(v *workload.Vision, width, height int64) {
	a := r.args
	own, why := max(1, v.Tiles), say.F("the model's")
	switch {
	case len(v.Pinpoints) > 0:
		rows, columns := v.Grid()
		own = v.Crops()
		why = say.F("the model's processor cuts %dx%d pixels into %dx%d crops and adds the whole", width, height, columns, rows)
		if given := a.ImageTiles.Or(own); given != own {
			r.useless("imageTiles", why)
		}
		take(r, "imageTiles", a.ImageTiles, own, report.FromModel, why)
		v.Tiles = own
		return
	case v.Family == workload.InternVision && v.MaxTiles > 0 && v.NativeSize > 0:
		own = internTiles(*v, width, height)
		why = say.F("the model's processor makes this many of %dx%d pixels", width, height)
	}
	if split := v.Family == workload.Idefics3Vision && v.NativeSize > 0; split {
		why = say.F("without image splitting; the processor's splitting makes %d of %dx%d pixels", splitTiles(*v, width, height), width, height)
	}
	v.Tiles = take(r, "imageTiles", a.ImageTiles, own, report.FromModel, why)
	if v.MaxTiles == 0 && v.Family != workload.Idefics3Vision {
		v.Tiles = 1
	}
}

// splitSides is how many tiles the longer side of an image becomes in
// Idefics3's processor, to which it is resized first (size.longest_edge over
// max_image_size in preprocessor_config.json of Idefics3 and SmolVLM).
const splitSides = 4

// splitTiles is how many tiles Idefics3's processor makes of an image where it
// splits it, and the whole image beside them.
func splitTiles(v workload.Vision, width, height int64) int64 {
	short := float64(min(width, height)) / float64(max(width, height)) * splitSides
	return splitSides*int64(math.Ceil(short)) + 1
}

// internTiles is how many crops InternVL's processor makes of an image: the
// grid whose aspect ratio is nearest, of several such the largest that the
// image half fills (get_optimal_tiled_canvas), and the whole image beside
// several crops.
func internTiles(v workload.Vision, width, height int64) int64 {
	best, tiles := math.Inf(1), int64(1)
	aspect, area := float64(width)/float64(height), width*height
	for n := int64(1); n <= v.MaxTiles; n++ {
		for columns := int64(1); columns <= n; columns++ {
			if n%columns != 0 {
				continue
			}
			off := math.Abs(aspect - float64(columns)/float64(n/columns))
			if off < best || off == best && 2*area > v.NativeSize*v.NativeSize*n {
				best, tiles = off, n
			}
		}
	}
	if tiles > 1 {
		tiles++
	}
	return tiles
}
