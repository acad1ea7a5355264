package workload

// FSDPOptions are switches of torch's fully_shard and FullyShardedDataParallel.
// The zero values are the defaults of torch; those of precisionMode master are
// settled with the run.
type FSDPOptions struct {
	Param  Precision    `json:"-"`                           // type that weights are gathered in, 0 = their own
	Reduce Precision    `json:"-"`                           // type that gradients are reduced in, 0 = that of the gathered weights
	Keep   bool         `json:"reshard_never,omitempty"`     // layers stay gathered from forward to backward
	NoSync bool         `json:"no_sync,omitempty"`           // micro-batches but the last keep whole gradients
	Via    FSDPVia      `json:"via,omitempty"`               // who wraps the model
	Shards FSDPStrategy `json:"sharding_strategy,omitempty"` // FSDP1 only
}

// FSDPVia is who wraps a model's layers.
type FSDPVia string

// Who wraps: torch's own call for each layer, accelerate's plugin, or the
// model's plan in transformers.
const (
	ViaTorch        FSDPVia = "torch"
	ViaAccelerate   FSDPVia = "accelerate"
	ViaTransformers FSDPVia = "transformers"
)

// FSDPStrategy is what FSDP1 shards.
type FSDPStrategy string

// The strategies: everything; all but the weights between forward and backward;
// nothing.
const (
	FullShard   FSDPStrategy = "FULL_SHARD"
	ShardGradOp FSDPStrategy = "SHARD_GRAD_OP"
	NoShard     FSDPStrategy = "NO_SHARD"
)
