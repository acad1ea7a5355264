package check

import (
	"math"

	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about how tokens reach experts, and how experts are trained.

var (
	capacityDrops = &Rule{
		ID:       "moe/capacity-drops",
		Title:    "The capacity factor drops tokens",
		Doc:      "A capacity factor below 1 gives an expert less room than its even share: tokens are dropped in every step, even with perfect balance. 1.25 is usual in training; 0 means no limit.",
		Source:   "Fedus et al. 2021, section 2.2",
		Severity: Warning,
		Applies:  mixtures,
		Params:   []string{"expertCapacityFactor"},
		Bad:      with(mixtral, `"expertCapacityFactor":0.5`),
		Good:     with(mixtral, `"expertCapacityFactor":1.25`),
		Run: func(p *Pass) *Told {
			f := p.Experts.CapacityFactor
			if f <= 0 || f >= 1 {
				return nil
			}
			return &Told{
				Message: say.F("expertCapacityFactor %g drops at least %.0f%% of the tokens' visits", f, 100*(1-f)),
				Fix:     say.F("Send expertCapacityFactor 1.25, or 0 for no limit."),
				Change:  map[string]any{"expertCapacityFactor": usualCapacity},
			}
		},
	}
	oneExpert = &Rule{
		ID:       "moe/one-expert",
		Title:    "A mixture of one expert",
		Doc:      "With one expert there is nothing to route: the model is dense, with a router that costs time. Send modelType nlp with a dense architecture.",
		Source:   "Shazeer et al. 2017",
		Severity: Warning,
		Applies:  mixtures,
		Params:   []string{"numExperts"},
		Bad:      with(mixtral, `"numExperts":1,"numActiveExperts":1`),
		Good:     with(mixtral, `"numExperts":8,"numActiveExperts":2`),
		After:    []*Rule{activeAboveCount},
		Run: func(p *Pass) *Told {
			if p.Experts.Count != 1 {
				return nil
			}
			return &Told{
				Message: say.F("numExperts 1 makes a dense model with a router"),
				Fix:     say.F("Send modelType nlp, or at least 8 experts."),
				Change:  map[string]any{"numExperts": proposedExperts},
			}
		},
	}
	allActive = &Rule{
		ID:       "moe/dense-routing",
		Title:    "Most experts are active",
		Doc:      "When a token visits more than half of the experts there is hardly anything sparse left: the run costs what a dense model of that size costs, and routing on top. One in four or fewer is usual.",
		Source:   "Shazeer et al. 2017; DeepSeek-AI 2024",
		Severity: Warning,
		Applies:  mixtures,
		Params:   []string{"numActiveExperts", "numExperts"},
		Bad:      with(mixtral, `"numActiveExperts":6`),
		Good:     with(mixtral, `"numActiveExperts":2`),
		After:    []*Rule{activeAboveCount, oneExpert},
		Run: func(p *Pass) *Told {
			e := p.Experts
			if !p.Given("numActiveExperts", "numExperts") || e.Active*2 <= e.Count {
				return nil
			}
			n := max(1, e.Count/4)
			return &Told{
				Message: say.F("a token visits %d of %d experts", e.Active, e.Count),
				Fix:     say.F("Send numActiveExperts %d.", n),
				Change:  map[string]any{"numActiveExperts": n},
			}
		},
	}
	balanceOff = &Rule{
		ID:       "moe/balance-off",
		Title:    "Nothing balances the experts",
		Doc:      "Without a load-balance loss a router that is trained sends more and more tokens to a few experts, and the others stop learning. 0.01 is enough. Models with a bias for balance (DeepSeek-V3) do without.",
		Source:   "Fedus et al. 2021, section 2.2; Wang et al. 2024",
		Severity: Suggestion,
		Applies:  mixtures,
		Params:   []string{"loadBalanceLossWeight"},
		Bad:      with(mixtral, `"loadBalanceLossWeight":0`),
		Good:     with(mixtral, `"loadBalanceLossWeight":0.01`),
		Run: func(p *Pass) *Told {
			if p.Experts.LoadBalanceLoss > 0 || p.Experts.CorrectionBias || p.adapts() {
				return nil
			}
			return &Told{
				Message: say.F("loadBalanceLossWeight 0 lets the router collapse onto few experts"),
				Fix:     say.F("Send loadBalanceLossWeight 0.01."),
				Change:  map[string]any{"loadBalanceLossWeight": usualBalance},
			}
		},
	}
	fewTokensPerExpert = &Rule{
		ID:       "moe/few-tokens-per-expert",
		Title:    "Each expert sees few tokens",
		Doc:      "An expert's matrices are read whole for however few tokens reach it. Below a tile of 128 tokens per expert the step is bound by reading weights: a larger micro-batch or longer rows cost little time.",
		Source:   "Gale et al. 2022, MegaBlocks, section 3",
		Severity: Suggestion,
		Applies:  mixtures,
		Params:   []string{"batchSize", "sequenceLength"},
		Bad:      with(mixtral, `"sequenceLength":256`),
		Good:     with(mixtral, `"sequenceLength":2048`),
		Run: func(p *Pass) *Told {
			e := p.Experts
			each := float64(p.tokens()) * float64(e.Active) / float64(max(1, e.Count))
			if each >= expertTile || each <= 0 || !p.Given("sequenceLength", "numExperts", "numActiveExperts") {
				return nil
			}
			n := p.Train.Batch * int64(min(largestProposal, math.Ceil(expertTile/each)))
			return &Told{
				Message: say.F("an expert sees %.3g tokens of a micro-batch on average", each),
				Fix:     say.F("Send batchSize %d if it fits, and fewer gradientAccumulationSteps.", n),
				Change:  map[string]any{"batchSize": n},
			}
		},
	}
	expertLoop = &Rule{
		ID:       "moe/expert-loop",
		Title:    "A loop over experts is slow",
		Doc:      "The loop launches small products for one expert after the other. grouped (transformers 5, grouped_mm) does all of them in one kernel over the same weights.",
		Source:   "transformers 5, experts_implementation",
		Severity: Suggestion,
		Applies:  mixtures,
		Params:   []string{"expertsImplementation"},
		Bad:      with(mixtral, `"expertsImplementation":"loop"`),
		Good:     with(mixtral, `"expertsImplementation":"grouped"`),
		Run: func(p *Pass) *Told {
			if p.Experts.Implementation != workload.ExpertLoop || !p.Given("expertsImplementation") || p.Text.Family == workload.Switch {
				return nil
			}
			return &Told{
				Message: say.F("expertsImplementation loop launches small products one after the other"),
				Fix:     say.F("Send expertsImplementation grouped."),
				Change:  map[string]any{"expertsImplementation": workload.Grouped.String()},
			}
		},
	}
	expertChoiceCausal = &Rule{
		ID:       "moe/expert-choice-causal",
		Title:    "Expert choice looks into the future",
		Doc:      "When experts choose tokens, whether a token is taken depends on later tokens of the batch. A decoder cannot do that when it generates one token after the other: training and use differ. Take top-k for decoders.",
		Source:   "Zhou et al. 2022, Mixture-of-Experts with Expert Choice Routing, section 6",
		Severity: Warning,
		Applies:  mixtures,
		Params:   []string{"routingStrategy"},
		Bad:      with(mixtral, `"routingStrategy":"expert-choice"`),
		Good:     with(mixtral, `"routingStrategy":"top-k"`),
		Run: func(p *Pass) *Told {
			if p.Experts.Routing != workload.ExpertChoice || p.Text.Family.IsEncoder() {
				return nil
			}
			return &Told{
				Message: say.F("routingStrategy expert-choice depends on tokens that a decoder has not seen"),
				Fix:     say.F("Send routingStrategy top-k."),
				Change:  map[string]any{"routingStrategy": workload.TopK.String()},
			}
		},
	}
	adaptersOnExperts = &Rule{
		ID:       "moe/adapters-on-experts",
		Title:    "Adapters on every expert",
		Doc:      "An adapter for each expert multiplies adapters by the number of experts, and each sees only its share of the tokens. Adapters on attention, which every token passes, are the usual start; add experts where that does not suffice, at a lower rank.",
		Source:   "Schulman et al. 2025, LoRA Without Regret",
		Severity: Suggestion,
		Applies:  mixtures,
		Params:   []string{"loraApplicationStrategy", "loraRank"},
		Bad:      with(mixtral, `"fineTuningMethod":"lora","loraApplicationStrategy":"all-experts","loraRank":64`),
		Good:     with(mixtral, `"fineTuningMethod":"lora","loraApplicationStrategy":"attention-only","loraRank":64`),
		Run: func(p *Pass) *Told {
			n := p.Adapter.Rank * p.Experts.Active
			if !p.hasLoRA() || p.Adapter.Experts != workload.AllExperts || len(p.Adapter.Targets) > 0 || n < highRank {
				return nil
			}
			return &Told{
				Message: say.F("loraRank %d on each of %d experts gives a token %d ranks at once", p.Adapter.Rank, p.Experts.Count, n),
				Fix:     say.F("Send loraApplicationStrategy attention-only, or divide loraRank by the active experts."),
				Change:  map[string]any{"loraRank": max(1, p.Adapter.Rank/max(1, p.Experts.Active))},
			}
		},
	}
	routerRate = &Rule{
		ID:       "moe/learning-rate",
		Title:    "A high learning rate unsettles the router",
		Doc:      "A small change of the router sends tokens to other experts, so mixtures are more sensitive to the learning rate than dense models. For all weights of a pretrained mixture 1e-5 to 5e-5 are usual.",
		Source:   "Zoph et al. 2022, ST-MoE, section 4",
		Severity: Suggestion,
		Applies:  mixtures,
		Params:   []string{"learningRate"},
		Bad:      with(instead(mixtral, "learningRate", "9e-5"), ""),
		Good:     with(instead(mixtral, "learningRate", "1e-5"), ""),
		After:    []*Rule{unusualLearningRate},
		Run: func(p *Pass) *Told {
			if p.adapts() || p.Train.LearningRate <= routerLimit || p.Text.Family == workload.Switch {
				return nil
			}
			return &Told{
				Message: say.F("learningRate %g is high for all weights of a mixture", p.Train.LearningRate),
				Fix:     say.F("Send learningRate 2e-5."),
				Change:  map[string]any{"learningRate": routerProposal},
			}
		},
	}
)

// Thresholds of this file.
const (
	usualCapacity   = 1.25 // Fedus et al. 2021, table 1
	usualBalance    = 0.01
	proposedExperts = 8
	expertTile      = 128 // tokens of a tile of grouped products (MegaBlocks)
	largestProposal = 64  // the usual maximum of a micro-batch
	routerLimit     = 5e-5
	routerProposal  = 2e-5
)
