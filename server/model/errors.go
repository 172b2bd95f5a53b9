package model

import (
	"fmt"
	"strings"
)

// Code is why a request was refused; httpapi has the table of statuses.
type Code int

// The reasons.
const (
	CodeInvalid       Code = iota // malformed: the request can never be right
	CodeUnprocessable             // well formed, but its content cannot be taken
	CodeNotFound
	CodeConflict
	CodeGone
	CodeUnavailable // what the engine runs on does not answer
	CodeUnchanged   // already so; no body
)

// Error is a refusal with its text for people.
type Error struct {
	Code     Code
	Messages []string
}

func (e *Error) Error() string { return strings.Join(e.Messages, "; ") }

func Refuse(code Code, format string, args ...any) error {
	return &Error{Code: code, Messages: []string{fmt.Sprintf(format, args...)}}
}

// Invalid is a refusal of a malformed request.
func Invalid(format string, args ...any) error { return Refuse(CodeInvalid, format, args...) }

// Unprocessable is a refusal of content.
func Unprocessable(format string, args ...any) error {
	return Refuse(CodeUnprocessable, format, args...)
}

// NotFound says what is missing.
func NotFound(format string, args ...any) error { return Refuse(CodeNotFound, format, args...) }

// Conflict says what stands in the way.
func Conflict(format string, args ...any) error { return Refuse(CodeConflict, format, args...) }
