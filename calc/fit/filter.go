package fit

import (
	"slices"

	"vramcalc/calc/catalog"
)

// mostCards is up to how many cards a need is spread over where the caller
// names no limit.
const mostCards = 1024

// torchCUDA are the vendors whose cards PyTorch addresses as torch.cuda, CUDA
// and ROCm, and with the caching allocator that estimates are of. Others are
// told to those who ask for them.
var torchCUDA = []catalog.Vendor{catalog.NVIDIA, catalog.AMD}

// takes says whether a card passes the filters of what it is.
func (w Want) takes(g catalog.GPU) bool {
	vendors := w.Vendors
	if len(vendors) == 0 {
		vendors = torchCUDA
	}
	return slices.Contains(vendors, g.Vendor) &&
		(len(w.Segments) == 0 || slices.Contains(w.Segments, g.Segment))
}

// affords says whether so many cards keep to the budgets. A price that is not
// known keeps to none.
func (w Want) affords(r Recommendation) bool {
	within := func(price, limit float64) bool {
		return limit <= 0 || price > 0 && float64(r.Count)*price <= limit
	}
	return within(r.HourlyUSD, w.MaxHourlyUSD) && within(r.PurchaseUSD, w.MaxPurchaseUSD)
}

// counts are powers of two, as nodes are built and heads divide, and the
// caller's own limits. Without a limit a card is counted up to its usual
// chassis, and over several only where a fabric joins the cards of one.
func counts(g catalog.GPU, want Want) []int64 {
	least := max(1, want.MinCount)
	most := want.MaxCount
	if most == 0 {
		most = max(least, g.MaxPerNode)
		if g.Segment == catalog.Datacenter && joined(g) {
			most = max(least, mostCards)
		}
	}
	var out []int64
	for n := int64(1); n <= most; n *= 2 {
		if n >= least {
			out = append(out, n)
		}
	}
	for _, n := range []int64{want.MinCount, want.MaxCount} {
		if n >= least && n <= most && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}
