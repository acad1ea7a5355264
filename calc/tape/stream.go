package tape

// A Stream is a CUDA stream on which memory is taken: the caching allocator
// gives what one stream has let go only to the same stream.
type Stream uint8

// The streams of a step.
const (
	MainStream   Stream = iota
	GatherStream        // of parameters that are gathered ahead
	CastStream          // of their casts before
	ReduceStream        // of gradients
	streams      = iota
)

// On has memory taken on a stream until the returned function is called.
func (t *Tape) On(s Stream) func() {
	old := t.stream
	t.stream = s
	return func() { t.stream = old }
}
