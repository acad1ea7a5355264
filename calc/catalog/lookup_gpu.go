package catalog

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// cardName is a card's name taken apart: what is left when maker, brand, form
// factor and memory are taken away.
type cardName struct {
	bare   string // 4090, a100, mi300x, 6000ada
	form   string // sxm, pcie, nvl, "" = not said
	memory int    // GB, 0 = not said
}

var (
	notePattern   = regexp.MustCompile(`\([^)]*\)`)
	memoryPattern = regexp.MustCompile(`(^|[^0-9a-z])([0-9]{1,3})\s*(gib|gb|g)\b`)
	formPattern   = regexp.MustCompile(`[\s_-]*(sxm[0-9]?|pcie|nvl)\b`)
	signPattern   = regexp.MustCompile(`[^a-z0-9]+`)
	brandWords    = []string{
		"nvidia", "amd", "intel", "apple", "google", "cloud", "geforce", "tesla", "quadro", "instinct", "radeon",
		"datacenter", "data", "center", "gpu", "rtx", "gtx", "rx", "arc", "hbm2e", "hbm2", "hbm3e", "hbm3", "unified",
		"laptop", "edition",
	}
)

// takeApart reads a card's name as people, drivers and shops write it: "NVIDIA
// A100-SXM4-80GB", "rtx4090", "A100 80 GB".
func takeApart(name string) cardName {
	var c cardName
	text := strings.ToLower(notePattern.ReplaceAllString(clip(name), " "))
	if m := memoryPattern.FindStringSubmatch(text); m != nil {
		c.memory, _ = strconv.Atoi(m[2])
		text = memoryPattern.ReplaceAllString(text, "$1 ")
	}
	if m := formPattern.FindStringSubmatch(text); m != nil {
		c.form = strings.TrimRight(m[1], "0123456789")
		text = formPattern.ReplaceAllString(text, " ")
	}
	for _, word := range signPattern.Split(text, -1) {
		if slices.Contains(brandWords, word) {
			continue
		}
		for _, glued := range []string{"rtx", "gtx", "rx"} { // rtx4090
			if rest, ok := strings.CutPrefix(word, glued); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
				word = rest
			}
		}
		c.bare += word
	}
	return c
}

// gpuIndex maps ids, names and aliases, folded, to positions.
func gpuIndex(gpus []GPU) map[string]int {
	index := map[string]int{}
	for i, g := range gpus {
		index[workload.Fold(g.ID)] = i
	}
	for i, g := range gpus {
		for _, name := range append([]string{g.Name}, g.Aliases...) {
			if key := workload.Fold(name); key != "" {
				if _, taken := index[key]; !taken {
					index[key] = i
				}
			}
		}
	}
	return index
}

// GPU finds a card by id, name or usual spelling. Where a name fits several
// cards the SXM form and the larger memory are preferred and the note says so;
// a name never finds a card whose model differs ("4090" is not the 4090 D).
func (c *Catalog) GPU(name string) (g GPU, note say.Text, ok bool) {
	if i, found := c.gpuNames[workload.Fold(name)]; found {
		return c.gpus[i], say.Text{}, true
	}
	want := takeApart(name)
	if want.bare == "" {
		return GPU{}, say.Text{}, false
	}
	var fitting []GPU
	for _, card := range c.gpus {
		if card.fits(want) {
			fitting = append(fitting, card)
		}
	}
	if len(fitting) == 0 {
		return GPU{}, say.Text{}, false
	}
	slices.SortStableFunc(fitting, preferred)
	g = fitting[0]
	if len(fitting) > 1 {
		others := make([]string, 0, len(fitting)-1)
		for _, card := range fitting[1:] {
			others = append(others, card.ID)
		}
		note = say.F("%q is taken as %s (%s); also catalogued: %s",
			clip(name), g.Name, g.ID, strings.Join(others, ", "))
	}
	return g, note, true
}

// fits says whether a name taken apart can mean this card.
func (g GPU) fits(want cardName) bool {
	for _, spelling := range append([]string{g.Name, g.ID}, g.Aliases...) {
		own := takeApart(spelling)
		if own.bare != want.bare || want.form != "" && own.form != want.form {
			continue
		}
		if want.memory == 0 || int(g.VRAMGiB) == want.memory || own.memory == want.memory {
			return true
		}
	}
	return false
}

// preferred puts the SXM form first, then the card whose id is the plain name,
// then the larger memory.
func preferred(a, b GPU) int {
	return cmp.Or(
		cmp.Compare(rank(takeApart(a.Name).form == "sxm"), rank(takeApart(b.Name).form == "sxm")),
		cmp.Compare(rank(takeApart(a.ID).memory == 0), rank(takeApart(b.ID).memory == 0)),
		cmp.Compare(b.VRAMGiB, a.VRAMGiB),
		cmp.Compare(a.ID, b.ID),
	)
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// NearestGPUs lists the ids of the n cards whose names are closest to the one
// given, best first.
func (c *Catalog) NearestGPUs(name string, n int) []string {
	want := takeApart(name).bare
	keys := make([][]string, len(c.gpus))
	for i, g := range c.gpus {
		for _, spelling := range append([]string{g.Name, g.ID}, g.Aliases...) {
			keys[i] = append(keys[i], takeApart(spelling).bare)
		}
	}
	return nearest(want, n, keys, func(i int) string { return c.gpus[i].ID })
}
