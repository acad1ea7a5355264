package catalog

import (
	"cmp"
	"slices"
	"strings"

	"vramcalc/calc/workload"
)

// bySize orders models by size, equal ones by id.
func bySize(a, b Model) int {
	return cmp.Or(cmp.Compare(a.magnitude(), b.magnitude()), cmp.Compare(a.ID, b.ID))
}

// magnitude is the published count or, where there is none, roughly what the
// matrices of the language model hold. It only orders.
func (m Model) magnitude() float64 {
	if m.Params > 0 {
		return float64(m.Params)
	}
	t, e := m.Text, m.Experts
	width, matrices := float64(t.Hidden), 2.0
	if t.Gated {
		matrices = 3
	}
	mlp := matrices * width * float64(t.Intermediate)
	if e.Count > 0 {
		mlp = matrices * width * float64(e.Intermediate) * float64(e.Count) / float64(max(1, e.LayerFrequency))
	}
	tower := float64(m.Vision.Layers) * 12 * float64(m.Vision.Hidden*m.Vision.Hidden)
	return float64(t.Layers+t.DecoderLayers)*(4*width*width+mlp) + float64(t.Vocab)*width + tower
}

// quotes gives the lowest, median and highest of the prices that are known,
// each provider counted once with its latest quote; 0 where there is none.
func quotes(prices []Price, of func(Price) float64) (low, median, high float64) {
	var values []float64
	for _, p := range latest(prices, of) {
		values = append(values, of(p))
	}
	if len(values) == 0 {
		return 0, 0, 0
	}
	slices.Sort(values)
	middle := len(values) / 2
	median = values[middle]
	if len(values)%2 == 0 {
		median = (values[middle-1] + values[middle]) / 2
	}
	return values[0], median, values[len(values)-1]
}

// latest keeps the newest quote of each provider that has the price.
func latest(prices []Price, of func(Price) float64) map[string]Price {
	out := map[string]Price{}
	for _, p := range prices {
		name, _, _ := strings.Cut(p.Provider, "(") // runpod (community)
		name = workload.Fold(name)
		if old, ok := out[name]; of(p) > 0 && (!ok || p.AsOf > old.AsOf) {
			out[name] = p
		}
	}
	return out
}
