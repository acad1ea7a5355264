package oom

import (
	"regexp"
	"strings"

	"vramcalc/calc/memory"
)

// wordings say since which version PyTorch words a message so, newest first.
var wordings = []struct {
	words   *regexp.Regexp
	version string
}{
	{regexp.MustCompile(`setting PYTORCH_ALLOC_CONF=`), "2.9"},
	{regexp.MustCompile(`\btorch\.OutOfMemoryError\b`), "2.5"},
	{regexp.MustCompile(`setting PYTORCH_(?:CUDA|HIP)_ALLOC_CONF=expandable_segments`), "2.2"},
	{regexp.MustCompile(`total capac\w* of `), "2.1"},
	{regexp.MustCompile(`\btorch\.cuda\.OutOfMemoryError\b`), "1.13"},
	{regexp.MustCompile(`If reserved memory is >> allocated memory`), "1.10"},
	{regexp.MustCompile(`reserved in total by PyTorch`), "1.4"},
}

func version(text string) string {
	for _, w := range wordings {
		if w.words.MatchString(text) {
			return w.version
		}
	}
	return ""
}

// places are lines of a traceback that say in which phase a program was.
var places = []struct {
	phase memory.Phase
	words *regexp.Regexp
}{
	{memory.Optimizer, regexp.MustCompile(`\boptim(?:izer)?\w*\.step\(|torch/optim/\w+\.py|bitsandbytes/optim/|\bin _(?:multi_tensor|fused|single_tensor)_\w+|\bclip_grad_norm_`)},
	{memory.Backward, regexp.MustCompile(`\.backward\(|torch/autograd/__init__\.py|\brun_backward\(|\bin backward\b`)},
	{memory.Decode, regexp.MustCompile(`\.generate\(|\bin (?:_sample|_greedy_search|generate)\b`)},
	{memory.Evaluation, regexp.MustCompile(`\.evaluate\(|\bin (?:evaluate|evaluation_loop|prediction_step)\b`)},
	{memory.Forward, regexp.MustCompile(`\bin forward\b|\bforward_call\(|\bin _call_impl\b|\bcross_entropy\(|\b(?:in )?compute_loss\b`)},
	{memory.Load, regexp.MustCompile(`\.from_pretrained\(|\bload_state_dict\(|\.(?:to|cuda)\((?:["'](?:cuda|mps)|device|self\.device|args\.device|["']?\))|\bin (?:_apply|_load_state_dict_into_(?:meta_)?model|_move_model_to_device)\b`)},
}

// phaseOf reads the phase from the frames before the message. A phase that the
// program enters from another (backward recomputes forward, evaluation
// generates) is above it in the list; moving a batch to the card looks like
// loading, which is last.
func (m *Message) phaseOf(text string) {
	for _, p := range places {
		for line := range strings.Lines(text) {
			if at := p.words.FindString(line); at != "" && !strings.Contains(line, "out of memory") {
				m.Phase, m.HasPhase, m.Frame = p.phase, true, strings.TrimSpace(strings.TrimRight(at, "("))
				return
			}
		}
	}
}
