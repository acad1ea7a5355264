package check

import "slices"

// Mute drops findings that follow from another: while a rule fires, those that
// name it in After keep quiet. A muted rule mutes nothing itself. A request that
// lacks required arguments gets no suggestions about the workload: they would
// be about values that nobody chose.
func Mute(findings []Finding) []Finding {
	fires := map[string]bool{}
	for _, f := range findings {
		fires[f.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool {
		r, known := Find(f.ID)
		guessed := fires[Missing.ID] && f.Severity == Suggestion && known && r.Run != nil
		return known && r.mutedBy(fires) || guessed
	})
}

// mutedBy says whether a rule that mutes r fires and is not muted itself. After
// has no cycles: Go initializes no variable by way of itself.
func (r *Rule) mutedBy(fires map[string]bool) bool {
	return slices.ContainsFunc(r.After, func(cause *Rule) bool {
		return fires[cause.ID] && !cause.mutedBy(fires)
	})
}
