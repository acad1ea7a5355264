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
	}
	for _, tt := range tests {
		if w, h := processed(tt.v, tt.width, tt.height); w != tt.wantWidth || h != tt.wantHeight {
			t.Errorf("%s: %dx%d becomes %dx%d, want %dx%d", tt.name, tt.width, tt.height, w, h, tt.wantWidth, tt.wantHeight)
		}
	}
}
