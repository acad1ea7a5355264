package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about convolutional classifiers.

var convolutional = []workload.Kind{workload.CNN}

var (
	kernelEven = &Rule{
		ID:       "cnn/kernel-even",
		Title:    "The kernel is even",
		Doc:      "An odd kernel has a centre, which keeps feature maps aligned with the image; the architectures here are built on odd kernels only.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Applies:  convolutional,
		Params:   []string{"kernelSize"},
		Bad:      with(resnet, `"kernelSize":4`),
		Good:     with(resnet, `"kernelSize":3`),
		Run: func(p *Pass) *Told {
			if p.Conv.Kernel == 0 || p.Conv.Kernel%2 == 1 {
				return nil
			}
			return &Told{
				Message: say.F("kernelSize %d is even", p.Conv.Kernel),
				Fix:     say.F("Send %d or %d.", p.Conv.Kernel-1, p.Conv.Kernel+1),
				Change:  map[string]any{"kernelSize": p.Conv.Kernel + 1},
			}
		},
	}
	storedPrecision = &Rule{
		ID:       "cnn/precision-stored",
		Title:    "Convolutions are not stored in 4 or 8 bits",
		Doc:      "LLM.int8 and nf4 replace linear layers; the weights of a convolutional network are convolutions. Train it in bf16, fp16 or fp32.",
		Source:   "bitsandbytes",
		Severity: Error,
		Applies:  convolutional,
		Params:   []string{"precision", "quantization"},
		Bad:      `{"modelType":"cnn","modelId":"resnet50","precision":"int8","batchSize":32,"learningRate":1e-3,"optimizer":"adamw","trainingEpochs":90}`,
		Good:     with(resnet, ""),
		Run: func(p *Pass) *Told {
			if p.Adapter.Quantization == workload.NoQuantization {
				return nil
			}
			return &Told{
				Message: say.F("weights stored in %s are not possible for a cnn", p.Adapter.Quantization),
				Fix:     say.F("Send precision bf16, fp16 or fp32 and no quantization."),
				Change:  map[string]any{"precision": workload.BF16.String(), "quantization": nil},
			}
		},
	}
	// MixedPrecisionConflict fires where two arguments contradict each other.
	MixedPrecisionConflict = &Rule{
		ID:       "cnn/mixed-precision-conflict",
		Title:    "mixedPrecisionTraining contradicts precisionMode",
		Doc:      "mixedPrecisionTraining true is precisionMode autocast, false is pure. Send one of the two.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Applies:  convolutional,
		Params:   []string{"mixedPrecisionTraining", "precisionMode"},
		Bad:      `{"modelType":"cnn","modelId":"resnet50","precision":"bf16","mixedPrecisionTraining":true,"precisionMode":"pure","batchSize":32,"learningRate":1e-3,"optimizer":"adamw","trainingEpochs":90}`,
		Good:     `{"modelType":"cnn","modelId":"resnet50","precision":"bf16","mixedPrecisionTraining":true,"batchSize":32,"learningRate":1e-3,"optimizer":"adamw","trainingEpochs":90}`,
	}
)
