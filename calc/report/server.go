package report

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Server is what a server with a paged cache takes and holds.
type Server struct {
	ReserveBytes  unit.Bytes `json:"reserveBytes,omitempty" jsonschema_description:"Share of the card that it takes, whatever it needs; absent where no card is named."`
	NeededBytes   unit.Bytes `json:"neededBytes" jsonschema_description:"What the requests need, context and libraries included."`
	CacheBytes    unit.Bytes `json:"cacheBytes" jsonschema_description:"Blocks for keys and values."`
	CacheTokens   int64      `json:"cacheTokens" jsonschema_description:"Tokens that the blocks hold."`
	CacheRequests int64      `json:"cacheRequests" jsonschema_description:"Requests of promptLength and newTokens that the blocks hold at once."`
	Fits          bool       `json:"fits" jsonschema_description:"The requests fit in the reserve."`
}

// InferenceAnswer is what the tool for inference answers.
type InferenceAnswer struct {
	Answer
	Server *Server `json:"server,omitempty" jsonschema_description:"With cacheImplementation paged: what the server's pool holds."`
}

// BuildInference makes the answer of one estimate of inference.
func BuildInference(c Case) InferenceAnswer {
	a := InferenceAnswer{Answer: Build(c), Server: server(c.Breakdown)}
	if a.Server != nil {
		a.Summary = say.Join(" ", a.Summary, holds(*a.Server))
	}
	return a
}

// server is the part of an answer about a server, nil for any other run.
func server(b memory.Breakdown) *Server {
	s := b.Server
	if s == nil {
		return nil
	}
	return &Server{
		ReserveBytes: s.Reserve, NeededBytes: s.Need, CacheBytes: s.Pool,
		CacheTokens: s.Tokens, CacheRequests: s.Requests,
		Fits: s.Reserve == 0 || s.Need <= s.Reserve,
	}
}

// holds says what a server's cache holds.
func holds(s Server) say.Text {
	cache := say.F("its cache of %s holds %d tokens, %d requests of this length", gib(s.CacheBytes), s.CacheTokens, s.CacheRequests)
	switch {
	case s.ReserveBytes == 0:
		return say.F("A server needs this much: %s.", cache)
	case s.Fits:
		return say.F("The server takes its share of the card, %s, and needs %s: %s.", gib(s.ReserveBytes), gib(s.NeededBytes), cache)
	}
	return say.F("The server's share of the card, %s, is less than the %s that the requests need: raise gpuMemoryUtilization, or lower concurrentRequests.", gib(s.ReserveBytes), gib(s.NeededBytes))
}

// named gives components the names that they have in inference, where nothing
// is kept for a backward pass.
func named(w workload.Workload, cs []Component) []Component {
	if i := sectionsOf(w).Inference; i == nil || !i.On {
		return cs
	}
	for k := range cs {
		if cs[k].ID == memory.ActivationStorage.ID() {
			cs[k].Label = say.F("Activations of the forward pass")
		}
	}
	return cs
}
