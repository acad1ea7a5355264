package layers

import (
	"errors"
	"slices"

	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// A wrapper is what data-parallel software does around a model: what a rank
// keeps of the parameters, when it gathers them, and how it reduces gradients.
type wrapper interface {
	// wrap is called when the model exists: shards and buckets are made.
	wrap()
	// begin and end are called before and after the model's forward; last says
	// that it is the last micro-batch before the optimizer steps. Both may cast
	// what passes.
	begin(last bool, batch []*tape.Tensor) []*tape.Tensor
	end(loss *tape.Tensor) *tape.Tensor
	// enter and leave are called before and after a bundle's forward, outside of
	// gradient checkpointing; enter may pass its inputs through a function of
	// autograd's.
	enter(u *bundle, xs ...*tape.Tensor) []*tape.Tensor
	leave(u *bundle, ys ...*tape.Tensor)
	// reduced is called when a backward has run.
	reduced()
	// stepped is called when the optimizer has stepped and the gradients are gone.
	stepped()
	// kept is what a rank keeps of a parameter and its optimizer updates; nil
	// where the rank updates none of it.
	kept(p *tape.Param) *tape.Param
}

// A bundle is a module that a wrapper gathers as one: a repeated layer, or what
// is left of the model.
type bundle struct {
	params []*tape.Param
	calls  int  // modules in it that are called one by one, 0 = one that is called as a whole
	stays  bool // gathered from forward to backward

	sharded
}

// Spread says over how many GPUs the run is spread: it picks the wrapper. It is
// called once, before the model is declared.
func (b *Builder) Spread(p workload.Parallel) error {
	if b.Software.ZeRO.Engine && !b.Inference.On {
		b.spreadZeRO(p)
		return nil
	}
	replicas := p.DataParallel()
	if replicas <= 1 || b.Inference.On {
		return nil
	}
	b.units, b.modules = map[Block]*bundle{}, map[*tape.Param]*bundle{}
	if b.keepsMaster() && !b.adapters() {
		b.Weights = tape.F32 // until they are sharded
	}
	if sharded := b.Software.Name == workload.FSDP1 || b.Software.Name == workload.FSDP2; sharded && p.Pipeline > 1 {
		return errors.New("sharding of a pipeline's stages is not modelled; send trainingStack ddp, or pipelineParallelSize 1")
	}
	switch b.Software.Name {
	case workload.FSDP1:
		b.wrapper = b.newFSDP1(replicas)
		return b.flattens()
	case workload.FSDP2:
		b.wrapper = b.newFSDP2(replicas)
		return b.cutsRows()
	}
	b.wrapper = b.newDDP()
	return nil
}

// keepsMaster says whether sharded parameters are kept in fp32 and gathered in
// the precision that is computed in.
func (b *Builder) keepsMaster() bool {
	sharded := b.Software.Name == workload.FSDP1 || b.Software.Name == workload.FSDP2
	return sharded && b.units != nil && b.Train.Mode == workload.Master
}

// flattens refuses what one flat parameter cannot hold.
func (b *Builder) flattens() error {
	switch {
	case b.Software.FSDP.Shards == workload.NoShard:
		return errors.New("stackOptions.strategy NO_SHARD is not modelled: it is what DistributedDataParallel does; send trainingStack ddp")
	case b.quantizes():
		return errors.New("trainingStack fsdp1 is not modelled for quantized weights; send trainingStack fsdp2")
	}
	return nil
}

// cutsRows refuses weights that cannot be cut by rows.
func (b *Builder) cutsRows() error {
	if b.quantizes() && b.Adapter.Quantization == workload.Int8 {
		return errors.New("quantization int8 cannot be sharded: its scales belong to whole matrices; send quantization nf4, or trainingStack ddp")
	}
	if b.quantizes() {
		b.Notes = append(b.Notes, "sharding of 4-bit weights: they are taken to lie in a floating type (bnb_4bit_quant_storage), as FSDP needs; their tables stay whole on each GPU")
	}
	return nil
}

// wrapped declares a repeated layer, which a wrapper treats as a unit.
func (b *Builder) wrapped(make func() Block) Block {
	before := len(b.T.Params)
	block := make()
	if b.units != nil {
		u := &bundle{}
		for _, p := range b.T.Params[before:] {
			if p.Kind != tape.Buffer {
				u.params = append(u.params, p)
			}
		}
		b.units[block], b.inOrder = u, append(b.inOrder, u)
	}
	return block
}

// remainder is the bundle of the parameters that no layer's unit has: the root.
func (b *Builder) remainder() *bundle {
	taken := map[*tape.Param]bool{}
	for _, u := range b.units {
		for _, p := range u.params {
			taken[p] = true
		}
	}
	root := &bundle{}
	for _, p := range b.T.Params {
		if !taken[p] && p.Kind != tape.Buffer {
			root.params = append(root.params, p)
		}
	}
	return root
}

// through runs a layer's forward between the wrapper's hooks.
func (b *Builder) through(block Block, x *tape.Tensor, forward func(x *tape.Tensor) *tape.Tensor) *tape.Tensor {
	if b.gathers != nil {
		return b.gathers.layer(b.units[block], x, forward)
	}
	return b.between(b.bundleOf(block), x, forward)
}

// bundleOf is the bundle of a layer, nil where nothing wraps it.
func (b *Builder) bundleOf(block Block) *bundle {
	if b.wrapper == nil {
		return nil
	}
	return b.units[block]
}

func (b *Builder) between(u *bundle, x *tape.Tensor, forward func(x *tape.Tensor) *tape.Tensor) *tape.Tensor {
	if u == nil {
		return forward(x)
	}
	y := forward(b.wrapper.enter(u, x)[0])
	b.wrapper.leave(u, y)
	return y
}

// throughMany is through of a layer with several inputs and results.
func (b *Builder) throughMany(block Block, xs []*tape.Tensor, forward func(xs []*tape.Tensor) []*tape.Tensor) []*tape.Tensor {
	u := b.bundleOf(block)
	if u == nil {
		return forward(xs)
	}
	ys := forward(b.wrapper.enter(u, xs...))
	b.wrapper.leave(u, ys...)
	return ys
}

// module runs the forward of a module that has a weight between the wrapper's
// hooks, where it is wrapped by itself.
func (b *Builder) module(weight *tape.Param, x *tape.Tensor, forward func(x *tape.Tensor) *tape.Tensor) *tape.Tensor {
	if b.gathers != nil {
		return b.gathers.callWhole(weight, x, forward)
	}
	return b.between(b.modules[weight], x, forward)
}

// seenType is the type that a parameter has for who asks its module for it from
// outside: a bundle of its own is sharded then.
func (b *Builder) seenType(p *tape.Param) tape.DType {
	if u := b.modules[p]; u != nil && u.flatParam.part != nil {
		return u.flatParam.part.DType()
	}
	return p.DType()
}

// castInputs casts floating-point inputs of a wrapped module to the type that it
// computes in, 0 = as they are.
func (b *Builder) castInputs(to workload.Precision, xs []*tape.Tensor) []*tape.Tensor {
	if to == 0 {
		return xs
	}
	out := slices.Clone(xs)
	for i, x := range out {
		if x != nil && x.DType().Float() {
			out[i] = b.T.To(x, DType(to))
		}
	}
	return out
}

// whole is the model's forward between the wrapper's hooks.
func (b *Builder) whole(m Model, last bool) func(batch []*tape.Tensor) *tape.Tensor {
	if b.wrapper == nil {
		return m.Loss
	}
	return func(batch []*tape.Tensor) *tape.Tensor {
		return b.wrapper.end(m.Loss(b.wrapper.begin(last, batch)))
	}
}

// updated are what the optimizer of this rank updates, in the model's order.
func (b *Builder) updated() []*tape.Param {
	if b.wrapper == nil {
		return b.T.Params
	}
	var out []*tape.Param
	for _, p := range b.T.Params {
		if q := b.wrapper.kept(p); q != nil {
			out = append(out, q)
		}
	}
	return out
}
