package advise

import "strings"

// samples is the effective batch of an optimizer step.
func (r *Run) samples() int64 {
	return r.Train.Batch * r.Train.AccumulationSteps * r.Parallel.DataParallel()
}

// modern says whether a classifier, by its library's name, is a transformer or
// a convolutional network made like one.
func modern(name string) bool {
	return strings.Contains(name, "convnext") || strings.Contains(name, "vit") || strings.Contains(name, "swin")
}

// mobile says whether a classifier is of the lines that were searched for
// devices and trained with RMSProp.
func mobile(name string) bool {
	return strings.Contains(name, "efficientnet") || strings.Contains(name, "mobilenet")
}
