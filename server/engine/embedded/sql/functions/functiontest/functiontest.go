// Package functiontest computes expressions and compares them with what Flink
// 2.2.1 answers.
package functiontest

import (
	"strings"
	"testing"
	"time"

	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions"
)

// Case is an expression, the type that Flink gives it, and its value as text; or
// an expression without a type and Flink's complaint about it.
type Case [3]string

// null is NULL as a value.
const null = "<null>"

// Run computes every case, and again in several goroutines at once.
func Run(t *testing.T, cases []Case) {
	t.Helper()
	for _, c := range cases {
		text, wantType, want := c[0], c[1], c[2]
		if typ, got := Compute(t, text); typ != wantType || got != want {
			t.Errorf("%s: got %s %q, want %s %q", text, typ, got, wantType, want)
		}
		requireReentrant(t, text)
	}
}

// RequireAll fails for functions of which no case tells anything.
func RequireAll(t *testing.T, list []*expr.Function, cases []Case) {
	t.Helper()
	called := map[string]bool{}
	for _, c := range cases {
		for _, name := range Calls(t, c[0]) {
			called[name] = true
		}
	}
	for _, f := range list {
		if f.Computed() && f.Forms != nil && !called[f.Name] {
			t.Errorf("%s: no case tells what it gives", f.Name)
		}
	}
}

// Calls are the names of the functions that an expression calls, in upper case;
// the outermost first.
func Calls(t *testing.T, text string) []string {
	t.Helper()
	var names []string
	e, err := item(text)
	if err != nil {
		return nil
	}
	ast.Walk(e, func(e ast.Expr) bool {
		if c, ok := e.(*ast.Call); ok {
			names = append(names, strings.ToUpper(c.Name))
		}
		return true
	})
	return names
}

// item parses the only item of a SELECT.
func item(text string) (ast.Expr, error) {
	statement, err := parse.Parse("SELECT " + text)
	if err != nil {
		return nil, err
	}
	return statement.(*ast.QueryStatement).Query.Body.(*ast.Select).Items[0].Expr, nil
}

// Compute gives the type and the value of an expression as text, or the
// complaint about it.
func Compute(t *testing.T, text string) (typ, got string) {
	t.Helper()
	e, err := item(text)
	if err != nil {
		return "", err.Error()
	}
	env := environment()
	x, err := expr.NewResolver(env, &expr.Scope{}, "").Value(e)
	if err != nil {
		return "", head(err.Error())
	}
	if x.TopLevel != nil {
		x = x.TopLevel
	}
	v, err := x.Eval(nil)
	if err != nil {
		return "", head(err.Error())
	}
	if !v.Valid {
		return x.Type.String(), null
	}
	return x.Type.String(), v.Text(x.Type, env.Zone)
}

func environment() *expr.Env {
	return &expr.Env{
		Zone: time.UTC, Streaming: true, Catalog: "default_catalog", Database: "default_database",
		Functions: functions.Builtin,
		Run:       &expr.Run{Now: func() int64 { return 1700000000000 }},
	}
}

// head is a complaint without its causes.
func head(text string) string {
	text, _, _ = strings.Cut(text, "\n\nCaused by: ")
	return text
}
