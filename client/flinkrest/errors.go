package flinkrest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// Error is a refusal by Flink, or an answer that cannot be read.
type Error struct {
	Status int
	Texts  []string // a short one and, mostly, a stack trace
	Err    error    // why an answer could not be read; nil for a refusal
}

// Refusal reads the body of an answer that is no success. Texts is empty where it
// says nothing in a shape that is known, such as a page of a proxy's: Flink's is
// {"errors": [TEXT …]}, what forwards to Flink has {"errors": [{"message": TEXT} …]}
// (cmf-behaviour.md §3.2) or {"message": TEXT}.
func Refusal(status int, body []byte) *Error {
	var shape struct {
		Errors  []refusalText `json:"errors"`
		Message refusalText   `json:"message"`
	}
	e := &Error{Status: status}
	if json.Unmarshal(body, &shape) != nil {
		return e
	}
	for _, text := range append(shape.Errors, shape.Message) {
		if text != "" {
			e.Texts = append(e.Texts, string(text))
		}
	}
	return e
}

// refusalText is a text, or an object whose message it is; "" for anything else.
type refusalText string

// UnmarshalJSON implements json.Unmarshaler.
func (t *refusalText) UnmarshalJSON(b []byte) error {
	var text string
	var object struct {
		Message string `json:"message"`
	}
	switch {
	case json.Unmarshal(b, &text) == nil:
		*t = refusalText(text)
	case json.Unmarshal(b, &object) == nil:
		*t = refusalText(object.Message)
	}
	return nil
}

// Unwrap gives why an answer could not be read.
func (e *Error) Unwrap() error { return e.Err }

// Stack is the text that Flink gives: a message and, mostly, a stack trace.
func (e *Error) Stack() string {
	if len(e.Texts) == 0 {
		return ""
	}
	return strings.TrimPrefix(e.Texts[len(e.Texts)-1], "<Exception on server side:\n")
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	causes := Causes(e.Stack())
	if len(causes) == 0 {
		return fmt.Sprintf("Flink answered %d %s", e.Status, http.StatusText(e.Status))
	}
	return causes[len(causes)-1].Message
}

// NotFound reports whether Flink does not know what was asked for. The status
// of a job, and a task manager, answer 500 then, with the exception that others
// answer with 404.
func NotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusNotFound || strings.Contains(
		e.Stack(), "FlinkJobNotFoundException",
	) ||
		strings.Contains(e.Stack(), "UnknownTaskExecutorException"))
}

// Says reports whether Flink's refusal has the words.
func Says(err error, words string) bool {
	var e *Error
	return errors.As(err, &e) && strings.Contains(e.Stack(), words)
}

var noSession = regexp.MustCompile(`Session '[^']*' does not exist`)

// SessionGone reports whether the gateway does not know the session: it was
// closed or idle for too long, or the gateway was started again
// (flink-verified.md §4).
func SessionGone(err error) bool {
	var e *Error
	return errors.As(err, &e) && noSession.MatchString(e.Stack())
}

// Cause is one exception of a stack trace.
type Cause struct{ Class, Message string }

// String is the exception as Java writes it.
func (c Cause) String() string {
	if c.Class == "" {
		return c.Message
	}
	return strings.TrimSuffix(c.Class+": "+c.Message, ": ")
}

// Causes are the exceptions of a stack trace, the outermost first.
func Causes(stack string) []Cause {
	var all []Cause
	open := false
	for i, line := range strings.Split(stack, "\n") {
		text, begins := strings.CutPrefix(line, "Caused by: ")
		switch {
		case begins || i == 0 && line != "":
			all = append(all, causeOf(text))
			open = true
		case strings.HasPrefix(line, "\tat ") || strings.HasPrefix(line, "\t... ") ||
			strings.HasPrefix(line, "End of exception on server side"):
			open = false
		case open && len(all) > 0:
			all[len(all)-1].Message += "\n" + line
		}
	}
	for i := range all {
		all[i].Message = strings.TrimSpace(all[i].Message)
	}
	return all
}

// causeOf splits the class from the message.
func causeOf(line string) Cause {
	class, message, ok := strings.Cut(line, ": ")
	if !ok && isClass(line) {
		return Cause{Class: line}
	}
	if !isClass(class) {
		return Cause{Message: line}
	}
	return Cause{Class: class, Message: message}
}

func isClass(text string) bool {
	return strings.Contains(text, ".") && !strings.ContainsAny(text, " '\"(/")
}

// gatewayClasses wrap what went wrong.
const gatewayClasses = "org.apache.flink.table.gateway."

// Telling is the cause that a person should read: the first below the
// gateway's own, but the last one when a job failed (flink-verified.md §4).
func Telling(stack string) (Cause, bool) {
	causes := Causes(stack)
	if len(causes) == 0 {
		return Cause{}, false
	}
	last := causes[len(causes)-1]
	for _, c := range causes {
		switch {
		case strings.HasPrefix(c.Class, gatewayClasses):
			continue
		case c.Class == "java.lang.RuntimeException" && strings.HasPrefix(c.Message, "Failed to fetch next result"):
			return last, true
		case strings.HasPrefix(c.Message, "Unable to create a ") && last != c:
			c.Message += "\n\nCaused by: " + last.Message
		}
		return c, true
	}
	return last, true
}

// Expired reports whether a failure says that the files are not there.
func Expired(stack string) bool {
	return strings.Contains(stack, "FileNotFoundException") ||
		strings.Contains(stack, "Cannot find checkpoint or savepoint")
}
