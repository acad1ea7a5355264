// Package cnn writes image classifiers on the tape, layer by layer as
// torchvision and timm do, each in its own way where they differ: ResNet,
// ResNeXt, wide ResNet, EfficientNet, ConvNeXt, RegNet, DenseNet, VGG,
// MobileNet, MNASNet, ShuffleNet, SqueezeNet, AlexNet, GoogLeNet, Inception,
// ViT, Swin, MaxViT.
//
// Not modelled: cuDNN's convolution workspaces and batch-norm reserve space,
// which depend on the algorithm that cuDNN picks, and a gradient scaler's
// state, which is a few bytes.
package cnn
