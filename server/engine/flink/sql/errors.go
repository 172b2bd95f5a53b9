package sql

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"drey/client/flinkrest"
	"drey/client/flinksql"
	"drey/server/engine"
)

var (
	rangePosition = regexp.MustCompile(`[Ff]rom line (\d+), column (\d+) to line (\d+), column (\d+)`)
	pointPosition = regexp.MustCompile(`\b[Aa]t line (\d+), column (\d+)`)
	anyPosition   = regexp.MustCompile(`line (\d+), column (\d+)`)
)

// sqlError makes what Flink says of a statement a *service.SQLError with the
// line that a person should read. The statement was sent behind a prefix of so
// many characters. What is no refusal stays as it is.
func sqlError(err error, sql string, prefix int) error {
	var refused *flinkrest.Error
	if !errors.As(err, &refused) {
		return err
	}
	cause, ok := flinkrest.Telling(refused.Stack())
	if !ok {
		return fmt.Errorf("the SQL Gateway: %w", err)
	}
	e := &engine.SQLError{Class: cause.Class, Message: shifted(cause.Message, prefix)}
	if e.Class == "" {
		e.Class = "org.apache.flink.table.api.TableException"
	}
	locate(e, sql)
	return e
}

// locate finds the position in the message; a point is the token that is there.
func locate(e *engine.SQLError, sql string) {
	if m := rangePosition.FindStringSubmatch(e.Message); m != nil {
		e.Line, e.Column, e.EndLine, e.EndColumn = number(m[1]), number(m[2]), number(m[3]), number(m[4])
		return
	}
	m := pointPosition.FindStringSubmatch(e.Message)
	if m == nil {
		return
	}
	e.Line, e.Column = number(m[1]), number(m[2])
	e.EndLine, e.EndColumn = e.Line, e.Column
	for _, t := range flinksql.Lex(sql) {
		if t.Line == e.Line && t.Column == e.Column && !strings.Contains(t.Text, "\n") {
			e.EndColumn = e.Column + len([]rune(t.Text)) - 1
		}
	}
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// opensSet is the first of the statements that make a set one by one.
var opensSet = regexp.MustCompile(`(?is)^\s*BEGIN\s+STATEMENT\s+SET\s*;?\s*$`)

// refused are the statements that belong to a session, which statements of the
// API do not share, or that reach beyond the statement's own job.
func refused(kind flinksql.Kind, sql string) error {
	name := strings.ReplaceAll(string(kind), "_", " ")
	e := &engine.SQLError{Class: "org.apache.flink.table.api.ValidationException"}
	switch verb, _, _ := strings.Cut(name, " "); {
	case kind.IsLocal():
		e.Message = name + " is a command of the SQL shell, not a statement of the API"
	case verb == "STOP", verb == "ADD", verb == "REMOVE", verb == "LOAD", verb == "UNLOAD", verb == "BEGIN":
		e.Message = name + " is not taken: statements share no session"
	case opensSet.MatchString(sql):
		e.Message = "BEGIN STATEMENT SET is not taken: statements share no session; write EXECUTE STATEMENT SET BEGIN … END"
	default:
		return nil
	}
	switch kind {
	case flinksql.Set, flinksql.Reset:
		e.Message += "; put the option into the statement's flinkConfiguration, and sql.* keys into its properties"
	case flinksql.Use, flinksql.UseCatalog:
		e.Message += "; set the properties sql.current-catalog and sql.current-database"
	}
	if first := flinksql.Lex(sql); len(first) > 0 {
		e.Line, e.Column = first[0].Line, first[0].Column
		e.EndLine, e.EndColumn = e.Line, e.Column+len([]rune(first[0].Text))-1
	}
	return e
}

// shifted moves the columns of line 1 back by the prefix.
func shifted(message string, prefix int) string {
	if prefix == 0 {
		return message
	}
	return anyPosition.ReplaceAllStringFunc(message, func(written string) string {
		m := anyPosition.FindStringSubmatch(written)
		column, _ := strconv.Atoi(m[2])
		if m[1] != "1" || column <= prefix {
			return written
		}
		return fmt.Sprintf("line 1, column %d", column-prefix)
	})
}
