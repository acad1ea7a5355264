package calc

// Compile gives tests the folded program of a workload.
var Compile = compile
