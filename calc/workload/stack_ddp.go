package workload

// DDPOptions are switches of torch's DistributedDataParallel.
type DDPOptions struct {
	BucketViews bool `json:"gradient_as_bucket_view,omitempty"` // gradients are views of the buckets
}
