package mcpserver

import (
	"vramcalc/calc/catalog"
	"vramcalc/calc/unit"
)

// gpuRow is a GPU in a list. What is not known is null.
type gpuRow struct {
	ID            string     `json:"id"`
	Name          string     `json:"name"`
	Vendor        string     `json:"vendor"`
	Segment       string     `json:"segment"`
	Architecture  string     `json:"architecture"`
	Year          int64      `json:"year"`
	VRAMBytes     unit.Bytes `json:"vramBytes"`
	UsableBytes   unit.Bytes `json:"usableBytes"`
	UsableDerived bool       `json:"usableDerived,omitempty"` // not measured: a share of the nominal size
	BandwidthGBs  *float64   `json:"bandwidthGBs"`
	FP16TFLOPS    *float64   `json:"fp16TFLOPS"` // fp16 and bf16, dense
	Precisions    []string   `json:"precisions"`
	HourlyUSD     *float64   `json:"hourlyUsd"` // median on-demand price
	SpotUSD       *float64   `json:"spotUsd"`
	PurchaseUSD   *float64   `json:"purchaseUsd"`
	Availability  string     `json:"availability"`
}

// gpuDetail is all that is known of a GPU.
type gpuDetail struct {
	gpuRow
	Aliases           []string   `json:"aliases,omitempty"`
	Note              string     `json:"note,omitempty"` // which card a spelling was taken for
	Memory            string     `json:"memory,omitempty"`
	FP32TFLOPS        *float64   `json:"fp32TFLOPS"`
	FP8TFLOPS         *float64   `json:"fp8TFLOPS"`
	FP4TFLOPS         *float64   `json:"fp4TFLOPS"`
	INT8TOPS          *float64   `json:"int8TOPS"`
	Derived           []string   `json:"derived,omitempty"` // rates by the family's ratios
	ComputeCapability string     `json:"computeCapability,omitempty"`
	SMs               *int64     `json:"streamingMultiprocessors"`
	NVLinkGBs         *float64   `json:"nvlinkGBs"`
	OtherLink         string     `json:"otherLink,omitempty"`
	PCIe              string     `json:"pcie,omitempty"`
	MaxPerNode        *int64     `json:"maxPerNode"`
	TDPWatts          *float64   `json:"tdpWatts"`
	MSRPUSD           *float64   `json:"msrpUsd"`
	Street            *streetRow `json:"street"`
	Prices            []priceRow `json:"prices"`
	Notes             string     `json:"notes,omitempty"`
	Sources           []string   `json:"sources"`
	Checked           string     `json:"checked"`
}

// streetRow is what the card costs to buy.
type streetRow struct {
	TypicalUSD float64 `json:"typicalUsd"`
	LowUSD     float64 `json:"lowUsd"`
	HighUSD    float64 `json:"highUsd"`
	AsOf       string  `json:"asOf"`
	Kind       string  `json:"kind"`
	Source     string  `json:"source"`
}

// priceRow is one provider's quote for an hour.
type priceRow struct {
	Provider    string   `json:"provider"`
	OnDemandUSD *float64 `json:"onDemandUsd"`
	SpotUSD     *float64 `json:"spotUsd"`
	AsOf        string   `json:"asOf"`
	Source      string   `json:"source"`
}

// known is a number, nil where it is 0: not known.
func known[N int64 | float64](x N) *N {
	if x == 0 {
		return nil
	}
	return &x
}

func rowOf(g catalog.GPU) gpuRow {
	usable, derived := g.Usable()
	_, hourly, _ := g.OnDemandUSD()
	_, spot, _ := g.SpotUSD()
	r := gpuRow{
		ID: g.ID, Name: g.Name, Vendor: g.Vendor.String(), Segment: g.Segment.String(), Architecture: g.Architecture, Year: g.Year,
		VRAMBytes: g.VRAM(), UsableBytes: usable, UsableDerived: derived,
		BandwidthGBs: known(g.BandwidthGBs), FP16TFLOPS: known(g.FP16TFLOPS), Precisions: []string{"fp32"},
		HourlyUSD: known(hourly), SpotUSD: known(spot), PurchaseUSD: known(g.Street.TypicalUSD), Availability: g.Availability.String(),
	}
	for _, s := range []struct {
		name string
		has  bool
	}{
		{"tf32", g.Supports.TF32}, {"fp16", g.Supports.FP16}, {"bf16", g.Supports.BF16}, {"fp8", g.Supports.FP8},
		{"fp4", g.Supports.FP4}, {"int8", g.Supports.INT8}, {"int4", g.Supports.INT4},
	} {
		if s.has {
			r.Precisions = append(r.Precisions, s.name)
		}
	}
	return r
}

func readGPUs(c *catalog.Catalog, _ []string) (any, []string, bool) {
	list := make([]gpuRow, 0, len(c.GPUs()))
	for _, g := range c.GPUs() {
		list = append(list, rowOf(g))
	}
	return map[string]any{"gpus": list}, nil, true
}

func readGPU(c *catalog.Catalog, values []string) (any, []string, bool) {
	g, note, ok := c.GPU(values[0])
	if !ok {
		return nil, c.NearestGPUs(values[0], nearNames), false
	}
	d := gpuDetail{
		gpuRow: rowOf(g), Aliases: g.Aliases, Note: note.String(), Memory: g.Memory,
		FP32TFLOPS: known(g.FP32TFLOPS), FP8TFLOPS: known(g.FP8TFLOPS), FP4TFLOPS: known(g.FP4TFLOPS), INT8TOPS: known(g.INT8TOPS),
		Derived: g.Derived, ComputeCapability: g.ComputeCapability, SMs: known(g.SMs), NVLinkGBs: known(g.NVLinkGBs), OtherLink: g.OtherLink,
		PCIe: g.PCIe, MaxPerNode: known(g.MaxPerNode), TDPWatts: known(g.TDPWatts), MSRPUSD: known(g.MSRPUSD),
		Prices: []priceRow{}, Notes: g.Notes, Sources: g.Sources, Checked: g.Checked,
	}
	if s := g.Street; s.TypicalUSD > 0 {
		row := streetRow(s)
		d.Street = &row
	}
	for _, p := range g.Prices {
		d.Prices = append(d.Prices, priceRow{p.Provider, known(p.OnDemandUSD), known(p.SpotUSD), p.AsOf, p.Source})
	}
	return d, nil, true
}
