package layers

import (
	"strconv"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// A Module is a part of an image model: what it does to a tensor.
type Module interface {
	Forward(x *tape.Tensor) *tape.Tensor
}

// Sequential is torch.nn.Sequential.
type Sequential struct {
	b       *Builder
	leaf    string
	Modules []Module
}

// Sequential declares modules that follow each other. Each is made inside the
// module's name and its number.
func (b *Builder) Sequential(leaf string, make ...func() Module) *Sequential {
	s := &Sequential{b: b, leaf: leaf}
	defer b.In(leaf)()
	for i, m := range make {
		leave := b.In(strconv.Itoa(i))
		s.Modules = append(s.Modules, m())
		leave()
	}
	return s
}

// Forward applies the modules in order.
func (s *Sequential) Forward(x *tape.Tensor) *tape.Tensor {
	t := s.b.T
	defer t.Scope(s.leaf)()
	f := t.Frame(x)
	for _, m := range s.Modules {
		x = f.Re(x, m.Forward(x))
	}
	return f.Ret(x)
}

// Of sets what base weights count as until the returned function is called.
func (b *Builder) Of(c memory.Component) func() {
	old := b.Component
	b.Component = c
	return func() { b.Component = old }
}

// Conv2D is torch.nn.Conv2d over square or rectangular windows.
type Conv2D struct {
	b       *Builder
	leaf    string
	W, Bias *tape.Param
	name    string // of the weight
	win     tape.Window
	groups  int64
	in, out int64
}

// Conv2D declares a convolution of the present module.
func (b *Builder) Conv2D(leaf string, in, out int64, win tape.Window, groups int64, bias bool) *Conv2D {
	defer b.Of(memory.ConvolutionLayers)()
	c := &Conv2D{b: b, leaf: leaf, name: b.Name(leaf), win: win, groups: groups, in: in, out: out}
	c.W = b.param(dotted(leaf, "weight"), tape.ConvWeight, tape.N(out), tape.N(in/groups), tape.N(win.Kernel[0]), tape.N(win.Kernel[1]))
	if bias {
		c.Bias = b.param(dotted(leaf, "bias"), tape.Bias, tape.N(out))
	}
	return c
}

// dotted is a leaf's parameter; an empty leaf means the present module itself.
func dotted(leaf, name string) string {
	if leaf == "" {
		return name
	}
	return leaf + "." + name
}

// Forward applies the convolution.
func (c *Conv2D) Forward(x *tape.Tensor) *tape.Tensor {
	t := c.b.T
	defer c.scope()()
	f := t.Frame(x)
	c.b.fits(x, c.win, c.name)
	y := t.Conv2D(x, c.W.Tensor, c.Bias.T(), c.win, c.depthwise())
	c.b.multiply(y, c.in/c.groups*c.win.Kernel[0]*c.win.Kernel[1])
	return f.Ret(y)
}

func (c *Conv2D) scope() func() { return c.b.T.Scope(label(c.leaf, "conv")) }

// label is what a module is called among tensors: its leaf, or a word.
func label(leaf, word string) string {
	if leaf == "" {
		return word
	}
	return leaf
}

// depthwise says whether each input channel has filters of its own.
func (c *Conv2D) depthwise() bool { return c.groups == c.in && c.groups > 1 && c.out%c.in == 0 }

// multiply counts the multiply-adds of one sample's part of a result.
func (b *Builder) multiply(y *tape.Tensor, each int64) {
	if !b.Counting {
		return
	}
	perSample, ok := tape.Numel(y.Dims()).Over(b.B)
	n, fixed := perSample.Const()
	if ok && fixed {
		b.MultiplyAdds += n * each
	}
}

// FC is a linear layer of an image model. Adapters do not reach it.
type FC struct {
	*Linear
	in int64
}

// FC declares a fully connected layer.
func (b *Builder) FC(leaf string, in, out int64, bias bool) *FC {
	defer b.Of(memory.FullyConnected)()
	old := b.NoAdapters
	b.NoAdapters = true
	defer func() { b.NoAdapters = old }()
	return &FC{b.Linear(leaf, tape.N(in), tape.N(out), bias), in}
}

// WithBias applies the layer with another bias than its own.
func (l *FC) WithBias(x, bias *tape.Tensor) *tape.Tensor {
	y := l.b.T.Linear(x, l.W.T(), bias)
	l.b.multiply(y, l.in)
	return y
}

// Forward applies the layer.
func (l *FC) Forward(x *tape.Tensor) *tape.Tensor {
	y := l.Linear.Forward(x)
	l.b.multiply(y, l.in)
	return y
}
