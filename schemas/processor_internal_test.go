package schemas

import (
	"testing"

	"vramcalc/calc/workload"
)

// TestProcessed holds sizes against what transformers' processors gave.
func TestProcessed(t *testing.T) {
	qwen2 := workload.Vision{Family: workload.Qwen2VLVision, Patch: 14, Merge: 2}
	qwen3 := workload.Vision{Family: workload.Qwen3VLVision, Patch: 16, Merge: 2}
	clip := workload.Vision{Family: workload.CLIPVision, Patch: 14, NativeSize: 336}
	next := workload.Vision{Family: workload.CLIPVision, Patch: 14, NativeSize: 336, ImageNewline: true}
	pixtral := workload.Vision{Family: workload.PixtralVision, Patch: 16, NativeSize: 1024, Merge: 1}
	mistral3 := workload.Vision{Family: workload.PixtralVision, Patch: 14, NativeSize: 1540, Merge: 2}
	tests := []struct {
		name                  string
		v                     workload.Vision
		width, height         int64
		wantWidth, wantHeight int64
	}{
		{"a multiple stays", qwen2, 448, 224, 448, 224},
		{"the nearest multiple", qwen2, 1000, 1000, 1008, 1008},
		{"half rounds to even", qwen2, 70, 98, 56, 112},
		{"below the least", qwen2, 28, 28, 56, 56},
		{"above the most", qwen2, 8192, 8192, 3584, 3584},
		{"a factor of 32", qwen3, 1000, 500, 992, 512},
		{"one size", clip, 1024, 768, 336, 336},
		{"cut later", next, 1024, 768, 1024, 768},
		{"the longer side is cut down", pixtral, 2048, 1000, 1024, 512},
		{"sides grow to a multiple", mistral3, 100, 50, 112, 56},
		{"both", mistral3, 3000, 2001, 1540, 1036},
	}
	for _, tt := range tests {
		if w, h := processed(tt.v, tt.width, tt.height); w != tt.wantWidth || h != tt.wantHeight {
			t.Errorf("%s: %dx%d becomes %dx%d, want %dx%d", tt.name, tt.width, tt.height, w, h, tt.wantWidth, tt.wantHeight)
		}
	}
}

// TestInternTiles holds numbers of tiles against get_optimal_tiled_canvas of
// transformers 5.24.
func TestInternTiles(t *testing.T) {
	v := workload.Vision{Family: workload.InternVision, NativeSize: 448, MaxTiles: 12}
	for _, tt := range []struct{ width, height, want int64 }{
		{448, 448, 1}, {800, 600, 13}, {1344, 896, 7}, {300, 900, 4}, {1920, 1080, 9},
		{2000, 2000, 10}, {640, 480, 13}, {500, 500, 1}, {5000, 100, 13},
	} {
		if got := internTiles(v, tt.width, tt.height); got != tt.want {
			t.Errorf("%dx%d: %d tiles, want %d", tt.width, tt.height, got, tt.want)
		}
	}
}
