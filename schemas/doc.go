// Package schemas is the wire: the arguments of the tools as structs by
// section, the JSON Schemas published from them and from the answers, Decode,
// which reads a request and reports everything that is wrong with it at once,
// and Resolve, which makes a complete workload of it.
//
// A struct field is the only home of an argument. Its tags say
//
//	json                    the name on the wire
//	jsonschema              hard bounds: outside them an error
//	jsonschema_description  what it is, in a sentence
//	applies, methods        types of model and fine-tuning methods it is for
//	unit, default           in words
//	panel, usual, scale     for the page: where it stands, its usual range
//
// from which the published description is put together, so that bounds and
// defaults are written once.
//
// Required arguments of the published schema are only those that every call
// needs. modelSize and architectureType are not among them, because modelId or
// modelConfig stands in for both; Resolve demands one of the three ways.
package schemas
