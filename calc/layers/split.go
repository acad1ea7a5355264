package layers

import (
	"slices"

	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Split is tensor parallelism: the matrices of a layer are spread over GPUs by
// heads and by the MLP's inner width, embedding and head by vocabulary, and
// what lies between them is whole on every GPU.
type Split struct {
	Ranks int64 // GPUs that share each matrix; 1 = no tensor parallelism
	workload.TensorParallel
}

// on says whether matrices are spread.
func (s Split) on() bool { return s.Ranks > 1 }

// division is how one linear layer is spread over GPUs.
type division uint8

const (
	whole   division = iota
	columns          // each GPU makes a part of the output
	rows             // each GPU takes a part of the input; outputs are summed
	joined           // each GPU makes a part of the output, and all get the whole
)

// divisions are the plans of the library's models (base_model_tp_plan and _tp_plan of
// their configurations, transformers 5.24), by the name of the linear layer.
var divisions = map[string]division{
	"q_proj": columns, "k_proj": columns, "v_proj": columns, "o_proj": rows,
	"gate_proj": columns, "up_proj": columns, "down_proj": rows,
	"dense": rows, "fc1": columns, "fc2": rows, // Phi
	"c_fc": columns, "c_proj": rows, // StarCoder2
	"lm_head": joined,
}

// splitFamilies are those whose layers are written so.
var splitFamilies = []workload.Family{
	workload.Llama, workload.Mistral, workload.Qwen2, workload.Qwen3, workload.Gemma, workload.Gemma2, workload.Gemma3,
	workload.Mixtral, workload.Qwen3MoE, workload.OLMo, workload.Cohere, workload.SmolLM3, workload.Phi, workload.StarCoder2, workload.Nemotron,
}

// SplitText makes the part of a text model that one GPU holds under tensor
// parallelism: its heads and its part of the MLP. The vocabulary stays whole
// here; embedding and head take their part.
func (b *Builder) SplitText(m workload.Text, ranks int64, how workload.TensorParallel) workload.Text {
	if ranks <= 1 {
		return m
	}
	b.Split = Split{Ranks: ranks, TensorParallel: how}
	b.checkSequence(m)
	if b.wrapper != nil || b.Software.ZeRO.Engine {
		b.Notes = append(b.Notes, say.F("tensor parallelism and data parallelism are modelled each as measured; no run of both was"))
	}
	if !slices.Contains(splitFamilies, m.Family) {
		b.Fail(say.Errorf("tensorParallelSize %d: the library has no plan that spreads %v over GPUs, or it is not written yet; send tensorParallelSize 1", ranks, m.Family))
		return m
	}
	for _, part := range []struct {
		name string
		size *int64
	}{{"attention heads", &m.Heads}, {"key-value heads", &m.KVHeads}, {"columns of the MLP", &m.Intermediate}} {
		if *part.size%ranks != 0 {
			b.Fail(say.Errorf("tensorParallelSize %d does not divide the model's %d %s", ranks, *part.size, part.name))
		}
		*part.size = max(1, *part.size/ranks)
	}
	return m
}

// SplitExperts makes the part of the experts that one GPU holds: columns of each
// (transformers' packed_colwise and moe_tp_experts, which sum in place).
func (b *Builder) SplitExperts(e workload.Experts, ranks int64) workload.Experts {
	if ranks <= 1 {
		return e
	}
	if e.Intermediate%ranks != 0 || e.Shared > 0 {
		b.Fail(say.Errorf("tensorParallelSize %d does not divide the experts' %d columns, or the model has shared experts, which are not written in parts; send 1", ranks, e.Intermediate))
	}
	e.Intermediate = max(1, e.Intermediate/ranks)
	return e
}

// Undivided refuses to spread over GPUs what is not written in parts.
func (b *Builder) Undivided(p workload.Parallel) {
	for _, part := range []struct {
		argument string
		size     int64
	}{{"tensorParallelSize", p.Tensor}, {"pipelineParallelSize", p.Pipeline}, {"contextParallelSize", p.Context}} {
		if part.size > 1 {
			b.Fail(say.Errorf("%s %d: parts of this model are not modelled; send 1", part.argument, part.size))
		}
	}
}

// rowsHeld is how many rows of the vocabulary a GPU holds: of parts that are
// not equal the larger, which the first has.
func (b *Builder) rowsHeld(vocabulary tape.Dim) tape.Dim {
	if !b.Split.on() {
		return vocabulary
	}
	return b.T.Share("vocabularyPart", "rows of the vocabulary on one GPU", vocabulary, b.Split.Ranks)
}

// cutOf is how the present run spreads a linear layer.
func (b *Builder) cutOf(leaf string) division {
	if !b.Split.on() {
		return whole
	}
	return divisions[leaf]
}

// spread applies a linear layer's product as its cut asks for: gradients of what
// goes into columns, and results of rows, are summed over GPUs.
func (l *Linear) spread(x *tape.Tensor, product func(x *tape.Tensor) *tape.Tensor) *tape.Tensor {
	t := l.b.T
	switch l.cut {
	case columns:
		if l.b.Split.Sequence { // summed once, where the tokens were gathered
			return product(x)
		}
		return product(t.SumBack(x))
	case rows:
		return l.b.reduced(l.partial(x, product))
	case joined:
		if l.b.Split.Sequence {
			x = t.GatherRows(x, l.b.S)
		} else {
			x = t.SumBack(x)
		}
		if l.b.Split.Loss {
			return product(x)
		}
		return t.JoinLast(product(x), l.out, l.b.Split.Ranks)
	}
	return product(x)
}

// partial is the product of a GPU's rows. A bias is divided among the GPUs, for
// their results will be summed.
func (l *Linear) partial(x *tape.Tensor, product func(x *tape.Tensor) *tape.Tensor) *tape.Tensor {
	t := l.b.T
	if l.Bias == nil {
		return product(x)
	}
	f := t.Frame(x)
	f.V(t.Make("bias divided over GPUs", l.Bias.DType(), l.Bias.Dims()))
	return f.Ret(product(x))
}

// cutAdapter spreads the adapter of a linear layer: PEFT cuts the second matrix
// as the layer's own where that is cut by columns, and takes no other.
func (b *Builder) cutAdapter(l *Linear) {
	switch l.cut {
	case columns:
		b.spread[l.B] = true
	case rows, joined:
		b.Fail(say.Errorf("loraTargetModules %s: PEFT has no adapter for a matrix that tensor parallelism cuts by rows; leave it out", l.leaf))
	}
}

// apart sorts parameters into the groups that optimizer and clipping need:
// those that are spread and those that are not, which foreach operators cannot
// mix. The group of the first parameter comes first.
func (b *Builder) apart(ps []*tape.Param) [][]*tape.Param {
	var spread, plain []*tape.Param
	for _, p := range ps {
		if b.spread[p] || b.Split.on() && p.Kind == tape.ExpertWeight || b.Split.Sequence && p.Kind == tape.NormWeight { // sequence parallelism makes norms DTensors too
			spread = append(spread, p)
		} else {
			plain = append(plain, p)
		}
	}
	var out [][]*tape.Param
	for _, g := range [][]*tape.Param{spread, plain} {
		if len(g) > 0 {
			out = append(out, g)
		}
	}
	if len(out) > 1 && out[1][0] == ps[0] {
		out[0], out[1] = out[1], out[0]
	}
	return out
}

// own takes this GPU's part of gradients that came out whole, once for each
// operator of the update that reads them: foreach Adam's lerp, then addcmul,
// which reads them twice.
func (o *optimizer) own(ps []*tape.Param) {
	var parts []*tape.Param
	for _, p := range ps {
		if p.WholeGradient() {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return
	}
	o.let(parts, o.copies(parts, "own part of the gradient"))
	switch o.b.Train.Optimizer {
	case workload.Adam, workload.AdamW:
		if o.b.Train.Implementation != workload.Fused {
			first := o.copies(parts, "own part of the gradient")
			o.let(parts, o.copies(parts, "own part of the gradient"))
			o.let(parts, first)
		}
	}
}
