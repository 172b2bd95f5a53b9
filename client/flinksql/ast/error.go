package ast

import "fmt"

// Error is a statement that cannot be read. Message is Flink's, or, when
// Unsupported is set, names what drey does not read.
type Error struct {
	Pos
	Message     string
	Unsupported bool
	Validation  bool // it is Flink's validator that complains
	NoValue     bool // of a type: Flink takes it in a definition, though no value can have it
}

func (e *Error) Error() string { return e.Message }

// Unsupported is the error for a construct that Flink knows and drey does not.
func Unsupported(pos Pos, what string) *Error {
	return &Error{Pos: pos, Unsupported: true, Message: fmt.Sprintf(
		"not supported by the embedded engine: %s (line %d, column %d)", what, pos.Line, pos.Col,
	)}
}
