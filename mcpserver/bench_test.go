package mcpserver_test

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"vramcalc/schemas"
)

// BenchmarkCall is a whole call: decoding, the estimate, in standard detail the
// moves that are shown and the target's limits, the answer as JSON. Each asks for
// another learning rate, so that nothing of it is remembered from the one before.
func BenchmarkCall(b *testing.B) {
	const asTheProgram = 400 // percent, what cmd/vramcalc sets
	defer debug.SetGCPercent(debug.SetGCPercent(asTheProgram))
	n := 0
	for _, name := range []string{"llama-7b-lora.json", "mixtral-qlora.json", "resnet-50.json", "llava-7b.json", "bert-base.json"} {
		arguments, err := os.ReadFile(filepath.Join("..", "examples", "arguments", name))
		if err != nil {
			b.Fatal(err)
		}
		tool := tools()[0]
		for _, detail := range []string{"brief", "standard"} {
			b.Run(name+" "+detail, func(b *testing.B) {
				for b.Loop() {
					n++
					asked, err := schemas.Patch(arguments, map[string]any{"detail": detail, "learningRate": 1e-4 + 1e-9*float64(n)})
					if err != nil {
						b.Fatal(err)
					}
					if r, err := tool.Call(b.Context(), asked); err != nil || r.Refused {
						b.Fatal(err, r.Text)
					}
				}
			})
		}
	}
}
