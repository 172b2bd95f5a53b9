// Package expr resolves expressions: it finds columns and functions, checks
// types as Flink's validator does, and gives functions that compute values.
package expr

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Fn computes a value from a row.
type Fn func(row value.Row) (value.Value, error)

// Expr is a resolved expression.
type Expr struct {
	Pos     ast.Pos
	Type    types.Type
	Eval    Fn
	ID      int          // the same for expressions that are the same
	Const   bool         // uses no column and always gives the same
	Literal *value.Value // of a literal
	Column  int          // the index of a plain column, else -1
	Name    string       // the column's name
	// UngroupedErr is the complaint when a column is used that is not grouped.
	UngroupedErr error
	// TopLevel is what the expression is when it is all of a column that is shown,
	// where planning computes that in a way of its own; mostly nil.
	TopLevel *Expr
	// Op is what is computed of Args; empty for columns and literals.
	Op   string
	Args []*Expr
	env  *Env // that made it; nil for some
	// computed says that it is a sum, a product and the like.
	Computed bool
}

// IsNull says whether the expression is the bare word NULL.
func (x *Expr) IsNull() bool { return x.Type.Root == types.Null }

// isNull says whether the expression is a constant that is NULL.
func (x *Expr) IsNullConstant() bool {
	if !x.Const || x.Eval == nil {
		return false
	}
	v, err := x.Eval(nil)
	return err == nil && !v.Valid
}

// Env is what expressions know of their statement.
type Env struct {
	Zone      *time.Location // of TIMESTAMP_LTZ
	Now       func() int64   // the time of the row being computed, milliseconds
	Seed      uint64
	Streaming bool
	Catalog   string
	Database  string
	// FoldUntil is until when planning computes constants; what is left then is
	// computed when it is asked for. Zero: for ever.
	FoldUntil time.Time
	// Planning is asked while expressions are resolved whether to go on; nil: yes.
	Planning context.Context
	// LegacyCast says that a CAST that fails gives NULL.
	LegacyCast bool
	// Functions are those that may be called.
	Functions *Registry

	// Watermark is how far event time has come, where one table of the
	// statement tells it; Watermarked counts those tables.
	Watermark   int64
	Watermarked int

	// MixedRows says that rows of VALUES differ in the types of their items,
	// which Flink keeps apart in planning.
	MixedRows bool
	// Written says that rows of VALUES are read, of which planning computes some.
	Written bool

	ids     map[string]int
	folded  int64 // bytes of constants that were computed
	sources []source
	used    []string
	nodes   int
}

// id is the same number for the same text.
func (e *Env) id(format string, args ...any) int {
	return e.idOf(fmt.Sprintf(format, args...))
}

// longID is the length from which on a text is known by its hash.
const longID = 128

func (e *Env) idOf(key string) int {
	if e.ids == nil {
		e.ids = map[string]int{}
	}
	if len(key) > longID {
		sum := sha256.Sum256([]byte(key))
		key = string(sum[:])
	}
	n, ok := e.ids[key]
	if !ok {
		n = len(e.ids) + 1
		e.ids[key] = n
	}
	return n
}

// Note keeps the definition of a table that the statement uses.
func (e *Env) RecordUse(definition string) { e.used = append(e.used, definition) }

// Used are the definitions that were noted.
func (e *Env) Used() []string { return e.used }

// Ref is column i of the row.
func (e *Env) Ref(pos ast.Pos, i int, name string, t types.Type) *Expr {
	return &Expr{Pos: pos, Type: t, Column: i, Name: name, ID: e.id("$%d", i), Eval: column(i)}
}

func column(i int) Fn {
	return func(row value.Row) (value.Value, error) {
		v := row[i]
		if !v.Valid && v.R != nil {
			return value.NULL, v.Unreadable()
		}
		return v, nil
	}
}

// Literal is a constant.
func (e *Env) Literal(pos ast.Pos, t types.Type, v value.Value) *Expr {
	return &Expr{
		Pos: pos, Type: t, Column: -1, Const: true, Literal: &v, ID: e.id("%s:%s", v.Text(t, time.UTC), t),
		Eval: func(value.Row) (value.Value, error) { return v, nil },
	}
}

// Node makes an expression of others, with the parts' fingerprint and UngroupedErr taken over.
func (e *Env) Node(pos ast.Pos, op string, t types.Type, args []*Expr, fn Fn) *Expr {
	x := &Expr{Pos: pos, Type: t, Column: -1, Const: true, Eval: limited(op, t, fn), Op: op, Args: args, env: e}
	key := []byte(op)
	for _, a := range args {
		key = strconv.AppendInt(append(key, ','), int64(a.ID), 10)
		x.Const = x.Const && a.Const
		if x.UngroupedErr == nil {
			x.UngroupedErr = a.UngroupedErr
		}
	}
	x.ID = e.idOf(string(key) + ":" + t.String())
	return x
}

// Fold computes a constant once. What fails is left to fail at run time.
func Fold(x *Expr) *Expr {
	if !x.Const || x.Literal != nil || x.env != nil && !x.env.FoldUntil.IsZero() && time.Now().After(x.env.FoldUntil) {
		return x
	}
	v, err := x.Eval(nil)
	if n := v.Size(); x.env != nil && n > large {
		if x.env.folded+n > memory.MaxValue {
			return x // computed when it is asked for, and not held
		}
		x.env.folded += n
	}
	if x.Type.IsApprox() && v.Valid && v.F() == 0 { // Flink folds by way of a decimal, which has no -0.0
		v = value.Float(0)
	}
	folded := *x
	folded.Eval = func(value.Row) (value.Value, error) { return v, err }
	return &folded
}

// IsZero says whether a literal is the number 0.
func (x *Expr) IsZero() bool {
	v := *x.Literal
	switch {
	case !v.Valid:
		return false
	case x.Type.Root == types.Decimal:
		return v.D().IsZero()
	case x.Type.IsApprox():
		return v.F() == 0
	}
	return x.Type.IsInt() && v.I == 0
}
