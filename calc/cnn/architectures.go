package cnn

import (
	"fmt"

	"vramcalc/calc/layers"
)

// declare finds the architecture by its name.
func (n *net) declare() (layers.Module, error) {
	if s, ok := resnets[n.conv.Name]; ok {
		return newResNet(n, s), nil
	}
	if n.conv.TIMM {
		if m, err := n.declareTimm(); m != nil || err != nil {
			return m, err
		}
	}
	if s, ok := efficientNets[n.conv.Name]; ok {
		return newEfficientNet(n, s), nil
	}
	if s, ok := regnets[n.conv.Name]; ok {
		return newRegNet(n, s), nil
	}
	if s, ok := densenets[n.conv.Name]; ok {
		return newDenseNet(n, s), nil
	}
	if s, ok := convnexts[n.conv.Name]; ok {
		return newConvNeXt(n, s), nil
	}
	if s, ok := vggs[n.conv.Name]; ok {
		return newVGG(n, s), nil
	}
	if s, ok := mobileV3s[n.conv.Name]; ok {
		return newMobileNetV3(n, s), nil
	}
	if w, ok := mnasnets[n.conv.Name]; ok {
		return newMNASNet(n, w), nil
	}
	if s, ok := maxvits[n.conv.Name]; ok {
		return newMaxViT(n, s)
	}
	if s, ok := squeezenets[n.conv.Name]; ok {
		return newSqueezeNet(n, s), nil
	}
	if w, ok := shufflenets[n.conv.Name]; ok {
		return newShuffleNet(n, w), nil
	}
	switch n.conv.Name {
	case "alexnet":
		return newAlexNet(n), nil
	case "googlenet":
		return newGoogLeNet(n), nil
	case "inception_v3":
		return newInception(n), nil
	}
	if n.conv.Name == "mobilenet_v1" {
		return newMobileNetV1(n), nil
	}
	if n.conv.Name == "mobilenet_v2" {
		return newMobileNetV2(n), nil
	}
	if s, ok := swins[n.conv.Name]; ok {
		return newSwin(n, s), nil
	}
	if s, ok := vits[n.conv.Name]; ok {
		return newViT(n, s), n.checkPatches(s.patch)
	}
	return nil, fmt.Errorf("%s is not written yet", n.conv.Name)
}

// declareTimm finds an architecture that timm writes in its own way, nil if
// there is none of the name.
func (n *net) declareTimm() (layers.Module, error) {
	name := n.conv.Name
	if s, ok := timmEfficientNet(name); ok {
		return newTimmEfficientNet(n, s), nil
	}
	if s, ok := mobileV3s[timmMobileV3s[name]]; ok {
		return newTimmMobileNetV3(n, s), nil
	}
	if name == "mobilenetv2_100" {
		return newTimmMobileNetV2(n), nil
	}
	if s, ok := convnexts[name]; ok {
		return newTimmConvNeXt(n, s), nil
	}
	if s, ok := vggs[name]; ok {
		return newTimmVGG(n, s), nil
	}
	if s, ok := regnets[name]; ok {
		return newTimmRegNet(n, s), nil
	}
	if s, ok := timmSwins[name]; ok {
		return newTimmSwin(n, s), nil
	}
	if s, ok := timmViTs[name]; ok {
		return newTimmViT(n, s), n.checkPatches(s.patch)
	}
	return nil, nil
}
