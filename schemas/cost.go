package schemas

import (
	"vramcalc/calc/cost"
)

// CostArgs ask what a run takes in time and money.
type CostArgs struct{ WorkloadArgs }

// Published lists the arguments of the published schema.
func (*CostArgs) Published() []string {
	return PublishedWith("targetGpu", "numGpus", "datasetSamples", "datasetTokens", "trainingEpochs",
		"maxHourlyUsd", "maxPurchaseUsd", "gpuVendors", "gpuSegments")
}

// Dataset is how much an epoch of the run goes through.
func (a *EstimateArgs) Dataset() cost.Dataset {
	return cost.Dataset{Samples: a.DatasetSamples.Or(0), Tokens: a.DatasetTokens.Or(0)}
}
