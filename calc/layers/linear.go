package layers

import (
	"regexp"
	"strings"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Linear is a linear layer, with LoRA where the run puts it.
type Linear struct {
	b        *Builder
	leaf     string
	name     string // the module's full name
	W, Bias  *tape.Param
	transpos bool // GPT-2's Conv1D: weight of [in, out]
	apart    bool // the bias is a sum of its own (FalconLinear)
	A, B     *tape.Param
	packed   *packed        // how the weight is quantized, nil if it is not
	cut      division       // how tensor parallelism spreads it
	out      tape.Dim       // the whole output's width, where it is gathered
	late     *tape.LateHead // in a compiled model, of a head that is the embedding
	copied   bool           // the result's gradient lies in a layout that the product has to copy
}

// Linear declares a linear layer of the present module.
func (b *Builder) Linear(leaf string, in, out tape.Dim, bias bool) *Linear {
	return b.linear(leaf, in, out, bias, false)
}

// Conv1D declares GPT-2's transposed linear layer.
func (b *Builder) Conv1D(leaf string, in, out tape.Dim) *Linear {
	return b.linear(leaf, in, out, true, true)
}

func (b *Builder) linear(leaf string, in, out tape.Dim, bias, transposed bool) *Linear {
	l := &Linear{b: b, leaf: leaf, name: b.Name(leaf), transpos: transposed, cut: b.cutOf(leaf), out: out}
	if l.cut == joined {
		out = b.rowsHeld(out)
	}
	dims := []tape.Dim{out, in}
	if transposed {
		dims = []tape.Dim{in, out}
	}
	name := b.Name(leaf)
	if !b.NoAdapters && !b.linears[name] {
		b.linears[name] = true
		b.Linears = append(b.Linears, name)
	}
	if b.quantizes() {
		l.quantize(in, out, bias)
	} else {
		l.W = b.param(dotted(leaf, "weight"), tape.LinearWeight, dims...)
		if bias {
			l.Bias = b.param(dotted(leaf, "bias"), tape.Bias, out)
		}
		if l.cut != whole {
			b.spread[l.W], b.spread[l.Bias] = true, true
		}
	}
	if b.adapts(name) {
		r := b.Rank()
		defer b.T.As(memory.LoRAParameters)()
		l.A = b.T.Param(name+".lora_A.weight", tape.AdapterWeight, b.Adapters, !b.Inference.On, r, in)
		l.B = b.T.Param(name+".lora_B.weight", tape.AdapterWeight, b.Adapters, !b.Inference.On, out, r)
		b.cutAdapter(l)
	}
	return l
}

// Rank is LoRA's rank.
func (b *Builder) Rank() tape.Dim {
	return b.T.Symbol("r", "LoRA rank", b.Adapter.Rank)
}

// adapts says whether LoRA goes on a module. A target matches the end of the
// module's name as PEFT matches it, or the whole name if it is a regular
// expression; "all-linear" matches every linear module but the head.
func (b *Builder) adapts(name string) bool {
	if b.NoAdapters || (b.Train.Method != workload.LoRA && b.Train.Method != workload.QLoRA) {
		return false
	}
	for _, target := range b.Adapter.Targets {
		if target == "all-linear" || name == target || strings.HasSuffix(name, "."+target) || matches(target, name) {
			b.matched[target] = true
			return true
		}
	}
	return false
}

// matches says whether a pattern matches a whole module name. In names of
// repeated layers * stands for any number, so a pattern is tried with one.
func matches(pattern, name string) bool {
	if !strings.ContainsAny(pattern, `*\[(|+?^$`) {
		return false
	}
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	return err == nil && re.MatchString(strings.ReplaceAll(name, ".*.", ".0."))
}

// Forward applies the layer.
func (l *Linear) Forward(x *tape.Tensor) *tape.Tensor {
	apply := func(x *tape.Tensor) *tape.Tensor { return l.apply(x, l.base, l.b.T.Linear) }
	if z := l.b.gathers; z != nil {
		if l.A == nil {
			return apply(x)
		}
		return z.call(l.name, []*tape.Param{l.A}, x, apply) // PEFT's layer looks at the type of the adapter's weight
	}
	return l.b.module(l.W, x, apply)
}

// called runs a part of the layer as a module of its own where modules are
// gathered one by one: PEFT puts adapters beside the layer that they adapt.
func (l *Linear) called(part string, x *tape.Tensor, forward func(x *tape.Tensor) *tape.Tensor, ws ...*tape.Param) *tape.Tensor {
	if l.b.gathers == nil {
		return forward(x)
	}
	path := l.name
	if l.A != nil {
		path += "." + part
	}
	return l.b.gathers.call(path, ws, x, forward)
}

// apply applies the layer with products of the base and of the adapter.
func (l *Linear) apply(x *tape.Tensor, base func(x *tape.Tensor) *tape.Tensor, product func(x, w, bias *tape.Tensor) *tape.Tensor) *tape.Tensor {
	b, t := l.b, l.b.T
	defer t.Scope(l.leaf)()
	f := t.Frame(x)
	adapted := base
	base = func(x *tape.Tensor) *tape.Tensor { return l.called("base_layer", x, adapted, l.W, l.Bias) }
	if l.A == nil || b.unadapted {
		return f.Ret(base(x))
	}
	if l.packed != nil && b.QuantizedAdapters {
		return f.Ret(l.adaptQuantized(f, x))
	}
	result := f.V(base(x))
	dt := result.DType()
	if b.compiles() {
		return f.Ret(t.AddScaledCompiled(result, l.adapterProduct(x)))
	}
	h := f.V(t.To(x, b.seenType(l.A)))
	d := h
	if b.gathers != nil {
		d = b.gathers.call(l.name+".lora_dropout", nil, h, func(x *tape.Tensor) *tape.Tensor { return t.Dropout(x, b.Adapter.Dropout) })
	} else {
		d = t.Dropout(h, b.Adapter.Dropout)
	}
	if d != x { // a cast or dropped copy lies in rows
		product = t.Linear
	}
	low := l.moduleOf("lora_A", l.A, d, product)
	if l.cut == columns {
		low = t.SumBack(low)
	}
	up := l.viewed(l.module("lora_B", l.B, low))
	result = f.Re(result, t.Add(result, t.MulS(up)))
	result = f.Re(result, t.To(result, dt))
	return f.Ret(result)
}

// module is a linear module called on its own.
func (l *Linear) module(name string, w *tape.Param, x *tape.Tensor) *tape.Tensor {
	return l.moduleOf(name, w, x, l.b.T.Linear)
}

func (l *Linear) moduleOf(name string, w *tape.Param, x *tape.Tensor, product func(x, w, bias *tape.Tensor) *tape.Tensor) *tape.Tensor {
	t := l.b.T
	forward := func(x *tape.Tensor) *tape.Tensor {
		defer t.Scope(name)()
		f := t.Frame(x)
		return f.Ret(product(x, w.Tensor, nil))
	}
	if l.b.gathers != nil {
		return l.called(name, x, forward, w)
	}
	return l.b.module(w, x, forward)
}

// viewed is a product's result, whose gradient may have to be copied.
func (l *Linear) viewed(y *tape.Tensor) *tape.Tensor {
	if l.copied {
		return l.b.T.CopyBack(y, y.Dims()...)
	}
	return y
}

func (l *Linear) base(x *tape.Tensor) *tape.Tensor { return l.spread(x, l.product) }

func (l *Linear) product(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	if l.packed != nil {
		return l.quantized(x)
	}
	if l.transpos {
		return t.LinearT(x, l.W.Tensor, l.Bias.T())
	}
	if l.late != nil {
		return t.HeadCompiled(x, l.W.Tensor, l.late)
	}
	if l.apart {
		return l.separate(x)
	}
	if l.b.compiles() {
		return t.LinearCompiled(x, l.W.Tensor, l.Bias.T())
	}
	return l.viewed(t.Linear(x, l.W.Tensor, l.Bias.T()))
}

// separate is FalconLinear: the product with a view of the weight, whose cast
// autocast does not keep, and then the bias.
func (l *Linear) separate(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	w := l.W.Tensor
	if t.IsAutocast() {
		w = t.View(w, w.Dims()...)
	}
	y := f.V(t.Linear(x, w, nil))
	if l.Bias != nil {
		return f.Ret(t.Add(y, l.Bias.T()))
	}
	return f.Ret(y)
}
