package mcpserver_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
)

// BenchmarkCall is a whole call of standard detail: decoding, the estimate, the
// moves that are shown, the target's limits, the answer as JSON.
func BenchmarkCall(b *testing.B) {
	const asTheProgram = 400 // percent, what cmd/vramcalc sets
	defer debug.SetGCPercent(debug.SetGCPercent(asTheProgram))
	for _, name := range []string{"llama-7b-lora.json", "mixtral-qlora.json", "resnet-50.json", "llava-7b.json", "bert-base.json"} {
		arguments, err := os.ReadFile(filepath.Join("..", "examples", "arguments", name))
		if err != nil {
			b.Fatal(err)
		}
		tool := tools()[0]
		for _, detail := range []string{"brief", "standard"} {
			b.Run(name+" "+detail, func(b *testing.B) {
				asked := json.RawMessage(string(arguments[:lastBrace(arguments)]) + `,"detail":"` + detail + `"}`)
				for b.Loop() {
					if r, err := tool.Call(b.Context(), asked); err != nil || r.Refused {
						b.Fatal(err, r.Text)
					}
				}
			})
		}
	}
}

func lastBrace(arguments []byte) int {
	i := len(arguments) - 1
	for arguments[i] != '}' {
		i--
	}
	return i
}
