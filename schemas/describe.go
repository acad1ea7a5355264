package schemas

import (
	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/cnn"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// DescribeArgs are what describe_model publishes of the arguments it takes: it
// takes all of a full estimate that say which model.
type DescribeArgs struct {
	ModelID     Opt[string] `json:"modelId,omitzero" jsonschema_description:"Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. A name that no model has is searched for."`
	ModelConfig Opt[Object] `json:"modelConfig,omitzero" jsonschema_description:"A Hugging Face config.json as an object, instead of modelId."`
}

// nearModels is how many models a search lists.
const nearModels = 10

// Describe says what the model of the arguments is and what it takes. findings
// are those of decoding.
func (a *EstimateArgs) Describe(c *catalog.Catalog, findings []check.Finding) report.Description {
	if id, given := a.ModelID.Get(); given && !check.HasErrors(findings) {
		if _, found := c.Model(id); !found {
			return report.NoneFound(shown([]byte(id)), c.Search(id, nearModels))
		}
	}
	r := &resolver{args: a, catalog: c, findings: findings}
	if !r.names("modelId", "modelConfig", "modelSize") {
		r.report(check.Missing, []string{"modelId"}, check.Told{
			Message: say.F("missing: a model"),
			Fix:     say.F("Send modelId, or a config.json as modelConfig."),
		})
	}
	found := r.describable()
	check.Sort(r.findings)
	v := report.Validate(r.findings)
	if !found || !v.Valid {
		return report.Description{Summary: report.Refuse(r.findings).Summary, Validation: v}
	}
	s := report.Subject{Model: r.model, Validation: v, Assumptions: r.assumptions}
	if r.model.Disclosed {
		r.declared(&s)
	}
	return report.Describe(s)
}

// describable finds the model, one that is not modelled or was never disclosed
// among them.
func (r *resolver) describable() bool {
	if id, given := r.args.ModelID.Get(); given {
		if m, ok := r.catalog.Model(id); ok && !m.Disclosed {
			r.model = m
			return true
		}
	}
	var kept []check.Finding
	found := r.resolveModel()
	for _, f := range r.findings {
		if found && f.ID == check.ModelNotModelled.ID {
			continue // told with the model
		}
		kept = append(kept, f)
	}
	r.findings = kept
	return found
}

// declared adds what is counted on the model's declarations.
func (r *resolver) declared(s *report.Subject) {
	w, err := bare(r.model)
	if err != nil {
		s.NotModelled = say.Of(err)
		return
	}
	d, err := calc.Declare(w)
	if err != nil {
		s.NotModelled = say.Of(err)
		return
	}
	s.Declared = &d
	s.Bytes, s.Quantized = map[string]unit.Bytes{workload.FP32.String(): d.Bytes}, map[string]unit.Bytes{}
	for _, p := range []workload.Precision{workload.FP16, workload.BF16} {
		if n, err := r.stored(p, workload.NoQuantization); err == nil {
			s.Bytes[p.String()] = n
		}
	}
	for _, q := range []workload.Quantization{workload.Int8, workload.NF4, workload.FP4, workload.NF4Double} {
		if n, err := r.stored(workload.BF16, q); err == nil {
			s.Quantized[q.String()] = n
		}
	}
	for p, q := range map[workload.Precision]workload.Quantization{workload.INT8: workload.Int8, workload.INT4: workload.NF4} {
		if n, known := s.Quantized[q.String()]; known {
			s.Bytes[p.String()] = n
		}
	}
	for _, m := range []workload.Method{workload.Full, workload.LoRA, workload.QLoRA, workload.Prefix, workload.Freeze} {
		s.Training = append(s.Training, r.training(m))
	}
}

// stored is the size of the bare model in a precision, its linear layers
// quantized if asked for.
func (r *resolver) stored(p workload.Precision, q workload.Quantization) (unit.Bytes, error) {
	w, err := bare(r.model)
	if err != nil {
		return 0, err
	}
	var train *workload.Train
	var adapter *workload.Adapter
	switch c := w.(type) {
	case *nlp.Config:
		train, adapter = &c.Train, &c.Adapter
	case *moe.Config:
		train, adapter = &c.Train, &c.Adapter
	case *multimodal.Config:
		train, adapter = &c.Train, &c.Adapter
	case *cnn.Config:
		train, adapter = &c.Train, &c.Adapter
	}
	train.Precision = p
	if q != workload.NoQuantization {
		train.Method, adapter.Quantization = workload.QLoRA, q
		adapter.Rank, adapter.Targets = 1, []string{allLinear}
	}
	return calc.WeightBytes(w)
}

// training tries a fine-tuning method with everything else as it is usual.
func (r *resolver) training(method workload.Method) report.TrainingMethod {
	a := *r.args
	a.FineTuningMethod = Some(method)
	if method == workload.Freeze {
		a.FrozenLayers = Some[int64](1)
	}
	a.ModelType = Some(r.kind)
	a.Precision = fallback(a.Precision, workload.BF16)
	a.BatchSize = fallback(a.BatchSize, 1)
	a.LearningRate = fallback(a.LearningRate, 1e-5)
	a.Optimizer = fallback(a.Optimizer, OptimizerName{Optimizer: workload.AdamW})
	a.TrainingEpochs = fallback(a.TrainingEpochs, 1)
	out := report.TrainingMethod{Method: method.String()}
	w, _, findings := a.Resolve(r.catalog)
	if w == nil {
		out.Why = firstError(findings)
		return out
	}
	n, err := calc.Count(w)
	if err != nil {
		out.Why = say.Of(err)
		return out
	}
	out.Possible, out.Trainable = true, &n.Trainable
	return out
}

func fallback[T any](o Opt[T], other T) Opt[T] { return Some(o.Or(other)) }

func firstError(findings []check.Finding) say.Text {
	for _, f := range findings {
		if f.Severity == check.Error {
			return f.Message
		}
	}
	return say.Text{}
}
