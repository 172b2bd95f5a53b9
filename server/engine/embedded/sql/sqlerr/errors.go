// Package sqlerr holds what is wrong with a statement, or ends a running one:
// in the words and the classes of Flink, or as a refusal of what the embedded
// engine does not do.
package sqlerr

import (
	"errors"
	"fmt"
	"strings"

	"drey/client/flinksql/ast"
)

// Code says what an Error complains of, for code that goes on from it. Texts
// are for people: nothing decides by them.
type Code int

// The complaints that code tells apart.
const (
	CodeOther    Code = iota
	CodeNoColumn      // no column, or no table of the FROM clause, has the name
	CodeNoObject      // no table, view, database or catalog is called Error.Object
	CodeNoPlan        // Flink's planner finds no plan, and prints what it was to plan
	CodeNoValue       // Flink takes the type in a definition, though no value can have it
)

// Error is what is wrong with a statement.
type Error struct {
	Pos     ast.Pos
	Class   string
	Code    Code
	Message string // without the words of Validated
	Cause   string // what a person should read besides, maybe empty
	// Validated is how often Flink's validator has put its words before it.
	Validated int
	Object    string // of CodeNoObject: the name as it is shown
	// Plan is of CodeNoPlan what was to be planned, maybe empty; Streaming says
	// in which mode.
	Plan      string
	Streaming bool
}

const (
	validated    = "SQL validation failed. "
	optimization = "Sql optimization: "
	noPlan       = "Cannot generate a valid execution plan for the given query: \n\n"
	unsupported  = "not supported by the embedded engine: "
)

func (e *Error) Error() string {
	text := strings.Repeat(validated, e.Validated) + e.Message
	if e.Code == CodeNoPlan {
		text = e.noPlan()
	}
	if e.Cause != "" {
		return text + "\n\nCaused by: " + e.Cause
	}
	return text
}

func (e *Error) noPlan() string {
	text := noPlan
	if e.Streaming {
		text = optimization + noPlan
	}
	if e.Plan != "" {
		text += e.Plan + "\n"
	}
	return text + e.Message
}

// Classes of errors, as Flink's, and drey's own for what it refuses.
const (
	ClassParser      = "SqlParserException"
	ClassValidation  = "ValidationException"
	ClassTable       = "TableException"
	ClassUnsupported = "UnsupportedOperationException"
)

// Invalid is a complaint of Flink's validator.
func Invalid(pos ast.Pos, format string, args ...any) error {
	return InvalidAs(CodeOther, pos, format, args...)
}

// NoObject is a complaint about a name that no table or view has; within says
// where it was searched, and what may be meant.
func NoObject(pos ast.Pos, name, within string) error {
	e := InvalidAs(CodeNoObject, pos, "Object '%s' not found%s", name, within)
	e.Object = name
	return e
}

func InvalidAs(code Code, pos ast.Pos, format string, args ...any) *Error {
	where := fmt.Sprintf("From line %d, column %d to line %d, column %d", pos.Line, pos.Col, pos.EndLine, pos.EndCol)
	if pos.Line == pos.EndLine && pos.Col == pos.EndCol {
		where = fmt.Sprintf("At line %d, column %d", pos.Line, pos.Col)
	}
	return &Error{
		Pos: pos, Class: ClassValidation, Code: code, Validated: 1,
		Message: where + ": " + fmt.Sprintf(format, args...),
	}
}

// NoPlan is the planner's complaint, of one of the two modes.
func NoPlan(pos ast.Pos, streaming bool, cause string) error {
	return &Error{Pos: pos, Class: ClassTable, Code: CodeNoPlan, Streaming: streaming, Message: cause}
}

// Refuse says that Flink may well do this but drey does not.
func Refuse(pos ast.Pos, format string, args ...any) error {
	e := ast.Unsupported(pos, fmt.Sprintf(format, args...))
	return &Error{Pos: pos, Class: ClassUnsupported, Message: e.Message}
}

// Within is a complaint about a query within another statement: Flink's
// validator puts its words before it twice.
func Within(err error) error {
	e, ok := AsError(err)
	if !ok || e.Validated == 0 {
		return err
	}
	out := *e
	out.Validated++
	return &out
}

// WithoutPrefix is a complaint without the validator's words, as CREATE VIEW
// passes it on.
func WithoutPrefix(err error) error {
	e, ok := AsError(err)
	if !ok || e.Validated == 0 {
		return err
	}
	out := *e
	out.Validated--
	return &out
}

// AsError finds the Error in a chain.
func AsError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// HasCode reports whether an Error of this code is in a chain.
func HasCode(err error, code Code) bool {
	e, ok := AsError(err)
	return ok && e.Code == code
}

// Failure is what ends a running job.
type Failure struct {
	Class   string // Java's name of the exception
	Message string // of one that drey refuses: what that is
	// Refused says that drey ended the job, where Flink might not.
	Refused bool
}

func (f *Failure) Error() string {
	if f.Refused {
		return unsupported + f.Message
	}
	return f.Message
}

func Fail(class, format string, args ...any) error {
	return &Failure{Class: class, Message: fmt.Sprintf(format, args...)}
}

// RefusedWords are what a failure refuses, or all that an error says.
func RefusedWords(err error) string {
	var f *Failure
	if errors.As(err, &f) && f.Refused {
		return f.Message
	}
	return err.Error()
}

// RefuseRow ends a job at rows that drey is not sure about.
func RefuseRow(format string, args ...any) error {
	return &Failure{
		Class: "java.lang.UnsupportedOperationException", Message: fmt.Sprintf(format, args...), Refused: true,
	}
}

var (
	ErrDivZero        = &Failure{Class: "java.lang.ArithmeticException", Message: "/ by zero"}
	ErrDecimalDivZero = &Failure{Class: "java.lang.ArithmeticException", Message: "Division by zero"}
)

// TableError is a complaint of Flink's planner.
func TableError(pos ast.Pos, text string) error {
	return &Error{Pos: pos, Class: ClassTable, Message: text}
}
