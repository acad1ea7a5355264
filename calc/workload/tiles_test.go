package workload_test

import (
	"testing"

	"vramcalc/calc/workload"
)

// TestTiles holds grids and features against select_best_resolution and
// unpad_image of transformers 5.24.
func TestTiles(t *testing.T) {
	const patches = 24 // of a tile's side
	v := workload.Vision{NativeSize: 336, Pinpoints: [][2]int64{{336, 672}, {672, 336}, {672, 672}, {1008, 336}, {336, 1008}}}
	for _, tt := range []struct{ width, height, crops, rows, columns, left, across int64 }{
		{336, 336, 3, 1, 2, 24, 24},
		{640, 480, 5, 2, 2, 36, 48},
		{672, 672, 5, 2, 2, 48, 48},
		{1000, 300, 4, 1, 3, 22, 72},
		{200, 900, 4, 3, 1, 72, 16},
		{1920, 1080, 5, 2, 2, 28, 48},
		{333, 1000, 4, 3, 1, 72, 24},
		{672, 336, 3, 1, 2, 24, 48},
		{37, 41, 3, 1, 2, 24, 22},
	} {
		v.Width, v.Height = tt.width, tt.height
		rows, columns := v.Grid()
		left, across := v.Unpadded(rows*patches, columns*patches)
		if v.Crops() != tt.crops || rows != tt.rows || columns != tt.columns || left != tt.left || across != tt.across {
			t.Errorf("%dx%d: %d crops, %dx%d tiles, %dx%d features, want %d, %dx%d, %dx%d", tt.width, tt.height,
				v.Crops(), rows, columns, left, across, tt.crops, tt.rows, tt.columns, tt.left, tt.across)
		}
	}
}

// TestFewer holds LLaVA-OneVision's limit against pack_image_features of
// transformers 5.24.
func TestFewer(t *testing.T) {
	v := workload.Vision{AnyResMax: 4}
	for _, tt := range []struct{ rows, columns, wantRows, wantColumns int64 }{
		{12, 16, 6, 9},
		{16, 16, 8, 8},
		{8, 8, 8, 8},
		{9, 8, 9, 8}, // within the slack
	} {
		if r, c := v.Fewer(tt.rows, tt.columns, 4); r != tt.wantRows || c != tt.wantColumns {
			t.Errorf("%dx%d becomes %dx%d, want %dx%d", tt.rows, tt.columns, r, c, tt.wantRows, tt.wantColumns)
		}
	}
}
