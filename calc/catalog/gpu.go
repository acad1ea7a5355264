package catalog

import "vramcalc/calc/unit"

// Shares of the memory that a process can use, where nobody has measured it.
const (
	usableOfReported = 0.985 // of what the driver reports: GeForce and HBM cards lose 0.4 to 3 %
	usableOfNominal  = 0.97  // of the size on the box
)

// GPU is one card (or one device of a board that carries several). Rates are
// dense, without sparsity; 0 means not known.
type GPU struct {
	ID           string
	Name         string
	Aliases      []string
	Vendor       Vendor
	Segment      Segment
	Architecture string
	Year         int64

	VRAMGiB      float64 // nominal size
	ReportedMiB  int64   // what the driver's tool shows as total
	TorchLowMiB  int64   // torch's total memory, smallest and largest measured
	TorchHighMiB int64
	Memory       string
	BandwidthGBs float64

	FP32TFLOPS float64
	FP16TFLOPS float64 // fp16 and bf16 with fp32 accumulation
	FP8TFLOPS  float64
	FP4TFLOPS  float64
	INT8TOPS   float64
	INT4TOPS   float64
	Derived    []string // rates that follow from the family's ratios, not from a data sheet
	Supports   Supports

	ComputeCapability string // 8.9, gfx942; "" = neither CUDA nor ROCm
	SMs               int64  // streaming multiprocessors, 0 = not known
	ThreadsPerSM      int64

	NVLinkGBs    float64 // total of both directions
	OtherLink    string
	PCIe         string
	MaxPerNode   int64 // usual chassis
	MIGInstances int64
	TDPWatts     float64

	MSRPUSD      float64
	MSRPRounded  bool
	Street       Street
	Cloud        Medians
	Prices       []Price
	Availability Availability
	Notes        string
	Sources      []string
	Checked      string
}

// Supports says which number formats the card's matrix units run.
type Supports struct {
	FP16, BF16, TF32, FP8, INT8, INT4, FP4 bool
}

// Street is what the card costs to buy.
type Street struct {
	TypicalUSD float64
	LowUSD     float64
	HighUSD    float64
	AsOf       string
	Kind       string // new, used, refurbished
	Source     string
}

// Medians are prices of one GPU for one hour, the median over providers with
// the latest quote of each.
type Medians struct {
	NeocloudUSD    float64
	HyperscalerUSD float64
	SpotUSD        float64
	Neoclouds      int64 // providers behind each median
	Hyperscalers   int64
	Spots          int64
}

// Price is one provider's quote for one GPU and hour.
type Price struct {
	Provider    string
	OnDemandUSD float64
	SpotUSD     float64
	AsOf        string
	Source      string
}

// VRAM is the nominal memory.
func (g GPU) VRAM() unit.Bytes { return unit.BytesOf(g.VRAMGiB * float64(unit.GiB)) }

// Usable is the memory that one process can have on the card, before its
// context: the lowest total that torch was seen to report, else a share of what
// the driver or the box says, marked derived.
func (g GPU) Usable() (usable unit.Bytes, derived bool) {
	switch {
	case g.TorchLowMiB > 0:
		return unit.Bytes(g.TorchLowMiB) * unit.MiB, false
	case g.ReportedMiB > 0:
		return unit.Bytes(float64(g.ReportedMiB) * usableOfReported * float64(unit.MiB)), true
	}
	return unit.Bytes(g.VRAMGiB * usableOfNominal * float64(unit.GiB)), true
}

// OnDemandUSD is the median on-demand price of an hour over all providers with
// a quote, 0 = not known.
func (g GPU) OnDemandUSD() (low, median, high float64) {
	return quotes(g.Prices, func(p Price) float64 { return p.OnDemandUSD })
}

// SpotUSD is the same for interruptible capacity.
func (g GPU) SpotUSD() (low, median, high float64) {
	return quotes(g.Prices, func(p Price) float64 { return p.SpotUSD })
}

// Renters is how many providers have an on-demand price, and the date of the
// newest of their quotes, "" where there is none.
func (g GPU) Renters() (providers int, newest string) {
	quotes := latest(g.Prices, func(p Price) float64 { return p.OnDemandUSD })
	for _, p := range quotes {
		newest = max(newest, p.AsOf)
	}
	return len(quotes), newest
}

// PurchaseUSD is what the card costs to buy: on the street, else its list price
// at launch; 0 = not known. asOf is the date of a street price, "" else.
func (g GPU) PurchaseUSD() (usd float64, asOf string) {
	if g.Street.TypicalUSD > 0 {
		return g.Street.TypicalUSD, g.Street.AsOf
	}
	return g.MSRPUSD, ""
}
