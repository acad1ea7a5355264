package tape

// DType is the element type of a tensor.
type DType uint8

// The element types, in the order of torch's promotion among floats.
const (
	Bool DType = iota
	U8
	I32
	I64
	BF16
	F16
	F32
	F64
)

var dtypes = [...]struct {
	name string
	size int64
}{
	Bool: {"bool", 1}, U8: {"uint8", 1}, I32: {"int32", 4}, I64: {"int64", 8},
	BF16: {"bf16", 2}, F16: {"fp16", 2}, F32: {"fp32", 4}, F64: {"fp64", 8},
}

// Size is the bytes of one element.
func (d DType) Size() int64 { return dtypes[d].size }

// String is the usual short name.
func (d DType) String() string { return dtypes[d].name }

// Float says whether the type is a floating-point type.
func (d DType) Float() bool { return d >= BF16 }

// Promote is the type that torch computes an element-wise operation in.
func Promote(a, b DType) DType {
	if a != b && (a == BF16 || a == F16) && (b == BF16 || b == F16) {
		return F32
	}
	return max(a, b)
}
