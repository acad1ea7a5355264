package calc

// What tests of the folded program and of recordings need.
var (
	Compile = compile
	Record  = record
)
