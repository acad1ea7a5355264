package mcpserver

import (
	"context"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/oom"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/schemas"
)

const diagnoseDoc = `Why a run went out of memory: reads the message that PyTorch printed (CUDA, HIP, XPU, MPS; log and traceback included) and says which number binds: the card, fragmentation, another process, one tensor, context, a limit.
With the workload that failed it finds the tensor and the phase, and patches of arguments with their exact effect.
Not covered: errors that are not about memory.`

// diagnose explains an out-of-memory message.
func diagnose(models *catalog.Catalog) Tool {
	return Tool{
		Name:        "diagnose_oom",
		Title:       "Out-of-memory message explained",
		Description: diagnoseDoc,
		Input:       schemas.InputSchema[schemas.DiagnoseArgs](),
		Output:      schemas.OutputSchema[report.Diagnosis](),
		Meta:        map[string]any{schemas.MetaKey: schemas.MetaArguments[schemas.DiagnoseArgs]()},
		answer: func(_ context.Context, arguments []byte) Answer {
			return diagnosis(models, arguments)
		},
	}
}

// diagnosis takes a message, and a workload where there is one, to an answer.
func diagnosis(models *catalog.Catalog, arguments []byte) Answer {
	args, findings := schemas.Decode[schemas.DiagnoseArgs](arguments)
	if args == nil {
		return report.Refuse(findings)
	}
	message, problem := messageOf(args)
	if problem != nil {
		findings = append(findings, *problem)
	}
	if !args.HasModel() {
		findings = append(findings, unused(args)...)
		if check.Sort(findings); check.HasErrors(findings) {
			return report.Refuse(findings)
		}
		return report.Diagnose(report.Failure{Message: message, Findings: findings})
	}
	raw, err := schemas.Patch(arguments, withoutMessage(message))
	if err != nil {
		return report.Refuse(findings)
	}
	c, workload, more := estimated[schemas.WorkloadArgs](models, raw)
	if workload == nil || check.HasErrors(findings) {
		return report.Refuse(union(findings, more))
	}
	c.Advice = advice[schemas.WorkloadArgs](models, raw, workload, c)
	f := report.Failure{Message: message, Case: &c}
	if message.Source != oom.Host {
		if run, err := calc.Unroll(c.Workload); err == nil {
			l := oom.Locate(&message, run, message.Room().Bytes)
			f.Located = &l
		}
	}
	return report.Diagnose(f)
}

// messageOf reads the message, or says what is wrong with its text.
func messageOf(args *schemas.DiagnoseArgs) (oom.Message, *check.Finding) {
	const argument = "errorText"
	refused := func(rule *check.Rule, t check.Told) (oom.Message, *check.Finding) {
		f := rule.Report([]string{argument}, t)
		return oom.Message{}, &f
	}
	text, given := args.ErrorText.Get()
	switch {
	case !given && args.WasSent(argument):
		return oom.Message{}, nil // it could not be read, which was said
	case !given:
		return refused(check.Missing, check.Told{Message: say.F("missing: %s", argument), Fix: say.F("Send the message as it was printed.")})
	case len(text) > oom.Longest:
		return refused(check.OutOfRange, check.Told{
			Message: say.F("errorText has %d bytes", len(text)),
			Fix:     say.F("Send at most %d: the message and the traceback before it.", oom.Longest),
		})
	}
	m, ok := oom.Read(text)
	if !ok {
		return refused(check.WrongType, check.Told{
			Message: say.F("errorText holds no out-of-memory message that PyTorch, CUDA, HIP or MPS prints"),
			Fix:     say.F(`Send the line with "out of memory" and what follows it.`),
		})
	}
	return m, nil
}

// withoutMessage is the change that leaves the workload of a diagnosis: the
// card is what the message says the process could have.
func withoutMessage(m oom.Message) map[string]any {
	change := map[string]any{"errorText": nil}
	if room := m.OfProcess(); room.Known && room.Bytes > 0 {
		change["targetMemoryGiB"] = room.Bytes.GiB()
	}
	return change
}

// unused tells of arguments of a workload whose model is missing.
func unused(args *schemas.DiagnoseArgs) []check.Finding {
	var names []string
	for _, a := range schemas.ArgumentsOf[schemas.WorkloadArgs]() {
		if args.WasSent(a.Name) {
			names = append(names, a.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []check.Finding{check.NotApplicable.Report(names, check.Told{
		Message: say.F("without a model the workload cannot be run: only the message is explained"),
		Fix:     say.F("Send modelId, modelConfig, or modelSize with architectureType as well."),
	})}
}

// union puts findings together, each once.
func union(a, b []check.Finding) []check.Finding {
	out := append(append([]check.Finding{}, a...), b...)
	check.Sort(out)
	return out
}
