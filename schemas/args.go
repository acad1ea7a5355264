package schemas

// EstimateArgs are the arguments of a full estimate, flat on the wire.
type EstimateArgs struct {
	Sent `json:"-"`

	ModelArgs
	PrecisionArgs
	TrainArgs
	OptimizerArgs
	TextArgs
	ShapeArgs
	AdapterArgs
	FreezeArgs
	ImageArgs
	TowerArgs
	ExpertArgs
	ExpertTrainingArgs
	ConvArgs
	StackArgs
	ParallelArgs
	HardwareArgs
	AnswerArgs
}

// Required lists what every call needs. The model itself is needed too, in one
// of three ways, which a flat schema cannot say.
func (*EstimateArgs) Required() []string {
	return []string{"modelType", "precision", "batchSize", "learningRate", "optimizer", "trainingEpochs"}
}
