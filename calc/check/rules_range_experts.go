package check

// Usual ranges of the arguments of experts. The resolver reports them, since
// the ranges stand at the arguments.

var (
	unusualExperts = &Rule{
		ID:       "range/experts",
		Title:    "An unusual number of experts",
		Doc:      "Published mixtures have 8 to 2048 experts in a layer. Fewer are hardly sparse, more see too few tokens each.",
		Source:   "Shazeer et al. 2017; Fedus et al. 2021",
		Severity: Warning,
		Params:   []string{"numExperts"},
		Bad:      with(mixtral, `"numExperts":4`),
		Good:     with(mixtral, `"numExperts":8`),
		After:    []*Rule{oneExpert},
	}
	unusualActiveExperts = &Rule{
		ID:       "range/active-experts",
		Title:    "An unusual number of active experts",
		Doc:      "A token visits 1 to 8 experts: every further one costs a whole MLP and its activations.",
		Source:   "DeepSeek-AI 2024; Fedus et al. 2021",
		Severity: Warning,
		Params:   []string{"numActiveExperts"},
		Bad:      with(mixtral, `"numExperts":64,"numActiveExperts":16`),
		Good:     with(mixtral, `"numExperts":64,"numActiveExperts":6`),
		After:    []*Rule{activeAboveCount},
	}
	unusualCapacityFactor = &Rule{
		ID:       "range/capacity-factor",
		Title:    "An unusual capacity factor",
		Doc:      "Between 1 and 2 an expert has room for its even share and some more. Above, memory is reserved that stays empty. 0 means no limit.",
		Source:   "Fedus et al. 2021, section 2.2",
		Severity: Warning,
		Params:   []string{"expertCapacityFactor"},
		Bad:      with(mixtral, `"expertCapacityFactor":4`),
		Good:     with(mixtral, `"expertCapacityFactor":1.25`),
		After:    []*Rule{capacityDrops},
	}
	unusualLoadBalance = &Rule{
		ID:       "range/load-balance",
		Title:    "An unusual weight of the load-balance loss",
		Doc:      "Below 0.01 experts are used unevenly, above 0.1 the router balances instead of choosing. 0 turns it off.",
		Source:   "Fedus et al. 2021, section 2.2",
		Severity: Warning,
		Params:   []string{"loadBalanceLossWeight"},
		Bad:      with(mixtral, `"loadBalanceLossWeight":0.8`),
		Good:     with(mixtral, `"loadBalanceLossWeight":0.01`),
	}
	unusualAuxiliaryLoss = &Rule{
		ID:       "range/auxiliary-loss",
		Title:    "An unusual weight of the auxiliary loss",
		Doc:      "Losses on the router beside load balance (z-loss) work between 0.001 and 0.01; more hurts the task. 0 turns it off.",
		Source:   "Zoph et al. 2022, section 3.3",
		Severity: Warning,
		Params:   []string{"auxiliaryLossWeight"},
		Bad:      with(mixtral, `"auxiliaryLossWeight":0.5`),
		Good:     with(mixtral, `"auxiliaryLossWeight":0.001`),
	}
	unusualExpertDropout = &Rule{
		ID:       "range/expert-dropout",
		Title:    "Unusually strong dropout inside experts",
		Doc:      "Experts see few tokens each; more than 0.1 dropout starves them at fine-tuning sizes. Leave it at 0 or 0.1.",
		Source:   "Zoph et al. 2022, section 4",
		Severity: Warning,
		Params:   []string{"expertDropoutRate"},
		Bad:      with(mixtral, `"expertDropoutRate":0.4`),
		Good:     with(mixtral, `"expertDropoutRate":0.1`),
	}
	unusualExpertRegularization = &Rule{
		ID:       "range/expert-regularization",
		Title:    "Unusual regularization of experts",
		Doc:      "Usual values are 0.001 to 0.1. It moves no memory.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"expertRegularization"},
		Bad:      with(mixtral, `"expertRegularization":0.5`),
		Good:     with(mixtral, `"expertRegularization":0.01`),
	}
	unusualExpertSpecialization = &Rule{
		ID:       "range/expert-specialization",
		Title:    "Unusual specialization of experts",
		Doc:      "Usual values are 0.1 to 1. It moves no memory.",
		Source:   "the documented ranges of the tool",
		Severity: Warning,
		Params:   []string{"expertSpecialization"},
		Bad:      with(mixtral, `"expertSpecialization":3`),
		Good:     with(mixtral, `"expertSpecialization":0.8`),
	}
)
