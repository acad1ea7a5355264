package workload

// ZeRO is what DeepSpeed's engine does with parameters, gradients and states
// (zero_optimization in its configuration; deepspeed/runtime/zero/config.py).
// Sizes are in elements.
type ZeRO struct {
	Engine          bool  `json:"engine,omitempty"`          // DeepSpeed's engine runs the step
	ReduceBucket    int64 `json:"reduceBucket,omitempty"`    // gradients that are reduced at once
	OverlapComm     bool  `json:"overlapComm,omitempty"`     // reduction beside backward, with a second bucket
	Contiguous      bool  `json:"contiguous,omitempty"`      // gradients are copied into the bucket as they come
	ReduceScatter   bool  `json:"reduceScatter,omitempty"`   // each rank gets its share only
	PrefetchBucket  int64 `json:"prefetchBucket,omitempty"`  // parameters that stage 3 gathers ahead
	Persistence     int64 `json:"persistence,omitempty"`     // parameters up to this size stay gathered
	MaxLive         int64 `json:"maxLive,omitempty"`         // gathered parameters beyond which stage 3 fetches no further ahead
	MaxReuse        int64 `json:"maxReuse,omitempty"`        // a parameter needed again within this distance stays gathered
	SubGroup        int64 `json:"subGroup,omitempty"`        // elements of a rank that stage 3 updates at once
	Rank            int64 `json:"rank,omitempty"`            // whose numbers are told
	WorstRank       bool  `json:"worstRank,omitempty"`       // the first or the last rank's, whichever needs more
	PinnedOptimizer bool  `json:"pinnedOptimizer,omitempty"` // offloaded states are in pinned memory
}
