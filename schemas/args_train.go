package schemas

import (
	"vramcalc/calc/workload"
)

// Arguments of the training step.

// PrecisionArgs say in which widths weights are kept and computed.
type PrecisionArgs struct {
	Precision     Opt[workload.Precision]     `json:"precision,omitzero" jsonschema_description:"Width of the weights. int8 and int4 name stored weights (LLM.int8, nf4), mean qlora when no method is given and compute in bf16; cnn takes fp32, fp16, bf16." panel:"basic"`
	PrecisionMode Opt[workload.PrecisionMode] `json:"precisionMode,omitzero" jsonschema_description:"Where fp32 and 16-bit copies are: pure (all in precision), autocast (fp32 weights), autocast-16 (16-bit weights under autocast), master (16-bit weights and an fp32 copy)." default:"pure, autocast for cnn in 16 bits, or the stack's" panel:"advanced"`
	Quantization  Opt[workload.Quantization]  `json:"quantization,omitzero" jsonschema_description:"How frozen weights are stored." default:"from precision and method" panel:"advanced"`
}

// TrainArgs say how a step is run.
type TrainArgs struct {
	FineTuningMethod            Opt[workload.Method]                      `json:"fineTuningMethod,omitzero" jsonschema_description:"What is trained." default:"freeze if anything frozen is named, lora if loraRank is given, qlora with int8 or int4, else full" panel:"basic"`
	BatchSize                   Opt[int64]                                `json:"batchSize,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"Samples per GPU and step (the micro-batch)." unit:"samples" panel:"basic" usual:"nlp 1..64; multimodal 1..64; moe 1..64; cnn 8..512" scale:"log"`
	GradientAccumulationSteps   Opt[int64]                                `json:"gradientAccumulationSteps,omitzero" jsonschema:"minimum=1,maximum=4096" jsonschema_description:"Micro-batches per optimizer step." default:"1" panel:"optimization" usual:"1..128" scale:"log"`
	LearningRate                Opt[float64]                              `json:"learningRate,omitzero" jsonschema:"exclusiveMinimum=0,maximum=1" jsonschema_description:"Peak learning rate." panel:"basic" usual:"nlp 1e-6..1e-4; multimodal 1e-6..1e-4; moe 1e-6..1e-4; cnn 1e-4..1e-2" scale:"log"`
	TrainingEpochs              Opt[float64]                              `json:"trainingEpochs,omitzero" jsonschema:"exclusiveMinimum=0,maximum=10000" jsonschema_description:"Passes over the data." unit:"epochs" panel:"basic" usual:"nlp 1..10; multimodal 1..30; moe 1..5; cnn 1..300"`
	GradientCheckpointing       Opt[bool]                                 `json:"gradientCheckpointing,omitzero" jsonschema_description:"Recompute activations in backward instead of keeping them." default:"false, or the stack's" panel:"optimization"`
	CheckpointingImplementation Opt[workload.CheckpointingImplementation] `json:"checkpointingImplementation,omitzero" jsonschema_description:"Form of gradient checkpointing." default:"non-reentrant" panel:"advanced"`
	MaxGenerationLength         Opt[int64]                                `json:"maxGenerationLength,omitzero" jsonschema:"minimum=0,maximum=10485760" jsonschema_description:"Tokens generated in an evaluation during training, with their KV cache; 0 = none." applies:"nlp, multimodal, moe" unit:"tokens" default:"0" panel:"advanced" usual:"0|256..4096"`
}

// OptimizerArgs say how weights are updated.
type OptimizerArgs struct {
	Optimizer               Opt[OptimizerName]                    `json:"optimizer,omitzero" jsonschema_description:"Optimizer; Trainer's names are taken too." panel:"basic"`
	OptimizerImplementation Opt[workload.OptimizerImplementation] `json:"optimizerImplementation,omitzero" jsonschema_description:"How PyTorch applies it." default:"foreach, or the stack's" panel:"advanced"`
	WeightDecay             Opt[float64]                          `json:"weightDecay,omitzero" jsonschema:"minimum=0" jsonschema_description:"Weight decay; 0 = off. SGD, Adam and RMSprop copy every gradient for it." default:"0.01 (cnn 1e-4); sgd, sgd_momentum, adam and rmsprop 0" panel:"optimization" usual:"0|1e-4..0.1"`
	WarmupSteps             Opt[int64]                            `json:"warmupSteps,omitzero" jsonschema:"minimum=0,maximum=1000000000" jsonschema_description:"Steps of warm-up." unit:"steps" default:"100; moe 50; cnn 0" panel:"optimization" usual:"0..2000"`
	GradientClipping        Opt[float64]                          `json:"gradientClipping,omitzero" jsonschema:"minimum=0" jsonschema_description:"Largest gradient norm; 0 = off." default:"1" panel:"optimization" usual:"0|0.1..5"`
	LabelSmoothing          Opt[float64]                          `json:"labelSmoothing,omitzero" jsonschema:"minimum=0,exclusiveMaximum=1" jsonschema_description:"Label smoothing." default:"0; cnn 0.1" panel:"optimization" usual:"0..0.3"`
	DropoutRate             Opt[float64]                          `json:"dropoutRate,omitzero" jsonschema:"minimum=0,exclusiveMaximum=1" jsonschema_description:"Overrides the model's dropout rates." default:"the model's" panel:"advanced" usual:"0..0.5"`
	LRScheduler             Opt[workload.Scheduler]               `json:"lrScheduler,omitzero" jsonschema_description:"Learning-rate schedule." default:"linear; cnn cosine" panel:"optimization"`
}
