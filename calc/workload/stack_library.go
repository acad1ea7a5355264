package workload

// Library is what older releases of transformers do otherwise than the present
// one. Every field is false for the present release.
type Library struct {
	RepeatsHeads    bool `json:"repeatsHeads,omitempty"`    // sdpa repeats key and value heads for every query head
	CopiesHeads     bool `json:"copiesHeads,omitempty"`     // sdpa makes query, key and value contiguous
	ShiftsLogits    bool `json:"shiftsLogits,omitempty"`    // the loss copies fp32 logits of all tokens but the last
	DropsShort      bool `json:"dropsShort,omitempty"`      // 16-bit logits go as soon as there are fp32 ones
	TablesByLayer   bool `json:"tablesByLayer,omitempty"`   // layers make their own rotary tables (Mistral, Qwen2, Mixtral)
	SeparateExperts bool `json:"separateExperts,omitempty"` // experts are linear layers of their own, run one after the other
	BatchByBatch    bool `json:"batchByBatch,omitempty"`    // Trainer loads micro-batches one by one
}

// Old says whether the release is not the present one.
func (l Library) Old() bool { return l != Library{} }
