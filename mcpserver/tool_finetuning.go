package mcpserver

import (
	"context"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/schemas"
)

const finetuningDoc = `GPU memory for fine-tuning a model by a method (full, lora, qlora, prefix, freeze), with few arguments: only the model is needed.
Assumes batchSize 1, bf16 and AdamW where not told. The same estimate as calculate_advanced_finetuning_vram, which shows every hyperparameter. Sizes are bytes per GPU (GiB = 2^30).
Not covered: serving.`

const trainingDoc = `GPU memory for training a model from scratch (pretraining): every parameter has its gradient and optimizer state. Only the model is needed, by name or by its dimensions.
Assumes batchSize 1, bf16 and AdamW where not told. Sizes are bytes per GPU (GiB = 2^30).
Not covered: adapters and frozen weights, which calculate_finetuning_vram takes.`

// finetuning is the full estimate asked in few words.
func finetuning(models *catalog.Catalog) Tool {
	return calculator[schemas.FinetuningArgs](models, "calculate_finetuning_vram", "Fine-tuning memory", finetuningDoc)
}

// training is the full estimate of a run in which everything is trained.
func training(models *catalog.Catalog) Tool {
	return calculator[schemas.TrainingArgs](models, "calculate_training_vram", "Training memory", trainingDoc)
}

// calculator is a row whose answer is an estimate.
func calculator[A any, P asked[A]](models *catalog.Catalog, name, title, doc string) Tool {
	return Tool{
		Name:        name,
		Title:       title,
		Description: doc,
		Input:       schemas.InputSchema[A](),
		Output:      schemas.OutputSchema[report.Answer](),
		Meta:        map[string]any{schemas.MetaKey: schemas.MetaArguments[A]()},
		answer: func(_ context.Context, arguments []byte) Answer {
			return estimate[A, P](models, arguments)
		},
	}
}
