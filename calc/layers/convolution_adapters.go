package layers

import (
	"strings"

	"vramcalc/calc/say"
)

// refuseConvolution refuses adapters whose targets name a convolution of the
// present module: PEFT gives it adapters that are convolutions too.
func (b *Builder) refuseConvolution(leaf string) {
	if b.NoAdapters || !b.adapters() {
		return
	}
	name := b.Name(leaf)
	for _, target := range b.Adapter.Targets {
		if name == target || strings.HasSuffix(name, "."+target) || matches(target, name) {
			b.Fail(say.Errorf("loraTargetModules %q also matches %s, a convolution, whose adapters are not modelled yet; send a longer name", target, name))
		}
	}
}
