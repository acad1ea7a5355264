package workload

import "math"

// This file holds how LLaVA-NeXT and LLaVA-OneVision cut an image of any size
// into tiles: transformers' select_best_resolution, unpad_image and
// pack_image_features.

// Canvas is the size, among the model's arrangements of tiles, that an image is
// fitted into: where most of its pixels are left and the least is wasted.
func (v Vision) Canvas() (height, width int64) {
	most, least := int64(0), int64(math.MaxInt64)
	w, h := float64(v.Width), float64(v.Height)
	for _, p := range v.Pinpoints {
		scale := min(float64(p[1])/w, float64(p[0])/h)
		effective := min(int64(w*scale)*int64(h*scale), v.Width*v.Height)
		wasted := p[0]*p[1] - effective
		if effective > most || effective == most && wasted < least {
			most, least, height, width = effective, wasted, p[0], p[1]
		}
	}
	return height, width
}

// Grid is the canvas in tiles.
func (v Vision) Grid() (rows, columns int64) {
	h, w := v.Canvas()
	side := max(1, v.NativeSize)
	return max(1, h/side), max(1, w/side)
}

// Crops is the number of tiles of an image: those of the canvas, and the whole
// image made small. LLaVA-OneVision leaves the images of a sample with several
// whole.
func (v Vision) Crops() int64 {
	if v.AnyResMax > 0 && v.Images > 1 {
		return 1
	}
	rows, columns := v.Grid()
	return rows*columns + 1
}

// Unpadded is what is left of a grid of features once those of the padding are
// cut off, which the image's aspect ratio needed on the canvas.
func (v Vision) Unpadded(rows, columns int64) (int64, int64) {
	w, h := float64(v.Width), float64(v.Height)
	if w/h > float64(columns)/float64(rows) {
		left := decimals(h * (float64(columns) / w))
		return rows - 2*((rows-left)/2), columns
	}
	left := decimals(w * (float64(rows) / h))
	return rows, columns - 2*((columns-left)/2)
}

// anyResSlack is how far the features' side may exceed the limit (the constant
// of LlavaOnevisionModel.pack_image_features).
const anyResSlack = 1.1

// Fewer is what a grid of features is made of where it exceeds the limit.
// side is the side of one tile.
func (v Vision) Fewer(rows, columns, side int64) (int64, int64) {
	if v.AnyResMax <= 0 {
		return rows, columns
	}
	ratio := math.Sqrt(float64(rows*columns) / float64(v.AnyResMax*side*side))
	if ratio <= anyResSlack {
		return rows, columns
	}
	return int64(math.Floor(float64(rows) / ratio)), int64(math.Floor(float64(columns) / ratio))
}

// decimals is int(round(x, 7)).
func decimals(x float64) int64 {
	const digits = 1e7
	return int64(math.Round(x*digits) / digits)
}

// Tile is what the tower sees of an image that is cut into tiles.
func (v Vision) Tile() Vision {
	v.Tiles = v.Crops()
	v.Width, v.Height = v.NativeSize, v.NativeSize
	return v
}
