package say

// Error is an error that can be told in every language.
type Error struct{ Text }

// Errorf makes an error of a format, a literal, and its arguments, as F does.
func Errorf(format string, args ...any) error { return &Error{F(format, args...)} }

// Error is the English text.
func (e *Error) Error() string { return e.In(English).String() }
