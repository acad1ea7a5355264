package schemas

// DiagnoseArgs are an out-of-memory message and, where the caller has it, the
// workload that printed it.
type DiagnoseArgs struct {
	WorkloadArgs
	ErrorText Opt[string] `json:"errorText,omitzero" jsonschema_description:"The out-of-memory message as it was printed, best with its traceback; logs, colours and several ranks do not disturb." panel:"basic"`
}

// Required names the message; the workload is not needed.
func (*DiagnoseArgs) Required() []string { return []string{"errorText"} }

// Published lists the arguments of the published schema.
func (*DiagnoseArgs) Published() []string {
	return append([]string{"errorText"}, PublishedWith()...)
}

// HasModel says whether the request says which model was run.
func (a *DiagnoseArgs) HasModel() bool {
	for _, name := range modelArguments[1:] {
		if a.WasSent(name) {
			return true
		}
	}
	return false
}
