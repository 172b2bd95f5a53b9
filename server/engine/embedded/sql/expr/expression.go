// Package expr resolves expressions: it finds columns and functions, checks
// types as Flink's validator does, and gives functions that compute values.
package expr

import (
	"context"
	"encoding/binary"
	"time"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Fn computes a value from a row.
type Fn func(row value.Row) (value.Value, error)

// Expr is a resolved expression.
type Expr struct {
	Pos   ast.Pos
	Type  types.Type
	Eval  Fn
	ID    ID   // the same for expressions that are the same
	Const bool // uses no column and always gives the same
	// Computed says that it is a sum, a product and the like.
	Computed bool
	Literal  *value.Value // of a literal
	Column   int          // the index of a plain column, else -1
	Name     string       // the column's name
	// Ungrouped is the column that is used and not grouped; nil: there is none.
	Ungrouped *Ungrouped
	// TopLevel is what the expression is when it is all of a column that is shown,
	// where planning computes that in a way of its own; mostly nil.
	TopLevel *Expr
	// Op is what is computed of Args; empty for columns and literals.
	Op   string
	Args []*Expr
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

// WithTopLevel is the expression with what it gives when it is all of a column
// that is shown.
func (x *Expr) WithTopLevel(fn Fn) *Expr {
	out, alone := *x, *x
	alone.Eval = fn
	out.TopLevel = &alone
	return &out
}

// Env is what expressions know of their statement. It is not changed once it is
// made: what holds for a part of a statement only is said by a copy.
type Env struct {
	Zone      *time.Location // of TIMESTAMP_LTZ
	Seed      uint64
	Streaming bool
	Catalog   string
	Database  string
	// Run is what expressions read while the statement runs.
	Run *Run
	// Part tells apart texts of one statement: its own and those of views and of
	// computed columns, each time that they are used.
	Part ID
	// HeldConstant is how many bytes a constant may have that planning computes
	// and holds; short ones are held in any case.
	HeldConstant int64
	// FoldUntil is until when planning computes constants; what is left then is
	// computed when it is asked for. Zero: for ever.
	FoldUntil time.Time
	// Planning is asked while expressions are resolved whether to go on; nil: yes.
	Planning context.Context
	// LegacyCast says that a CAST that fails gives NULL.
	LegacyCast bool
	// Functions are those that may be called.
	Functions *Registry
}

// Ref is column i of the row.
func (e *Env) Ref(pos ast.Pos, i int, name string, t types.Type) *Expr {
	var scratch [shortKey]byte
	return &Expr{
		Pos: pos, Type: t, Column: i, Name: name,
		ID: idOf(binary.AppendVarint(append(scratch[:0], idOfColumn), int64(i))), Eval: column(i),
	}
}

func column(i int) Fn {
	return func(row value.Row) (value.Value, error) { return row[i], nil }
}

// Literal is a constant.
func (e *Env) Literal(pos ast.Pos, t types.Type, v value.Value) *Expr {
	var scratch [shortKey]byte
	key := appendText(append(scratch[:0], idOfLiteral), v.Text(t, time.UTC))
	return &Expr{
		Pos: pos, Type: t, Column: -1, Const: true, Literal: &v, ID: idOf(append(key, t.String()...)),
		Eval: func(value.Row) (value.Value, error) { return v, nil },
	}
}

// Node makes an expression of others. What they say of columns that are not
// grouped holds for it, too.
func (e *Env) Node(pos ast.Pos, op string, t types.Type, args []*Expr, fn Fn) *Expr {
	x := e.node(pos, op, t, args, fn)
	return &x
}

// Folded makes an expression of others that is computed once where it is constant.
func (e *Env) Folded(pos ast.Pos, op string, t types.Type, args []*Expr, fn Fn) *Expr {
	x := e.node(pos, op, t, args, fn)
	x.Eval = e.folded(x)
	return &x
}

func (e *Env) node(pos ast.Pos, op string, t types.Type, args []*Expr, fn Fn) Expr {
	x := Expr{Pos: pos, Type: t, Column: -1, Const: true, Eval: limited(op, t, fn), Op: op, Args: args}
	var scratch [shortKey]byte
	key := binary.AppendUvarint(appendText(append(scratch[:0], idOfOp), op), uint64(len(args)))
	for _, a := range args {
		key = append(key, a.ID[:]...)
		x.Const = x.Const && a.Const
		if x.Ungrouped == nil {
			x.Ungrouped = a.Ungrouped
		}
	}
	x.ID = idOf(append(key, t.String()...))
	return x
}

// Fold is an expression that is computed once where it is constant.
func (e *Env) Fold(x *Expr) *Expr {
	out := *x
	out.Eval = e.folded(out)
	return &out
}

// folded computes a constant. What fails is left to fail at run time.
func (e *Env) folded(x Expr) Fn {
	if !x.Const || x.Literal != nil || !e.FoldUntil.IsZero() && time.Now().After(e.FoldUntil) {
		return x.Eval
	}
	v, err := x.Eval(nil)
	if err != nil {
		return x.Eval
	}
	if n := v.Size(); n > large && n > e.HeldConstant {
		return x.Eval // computed when it is asked for, and not held
	}
	if x.Type.IsApprox() && v.Valid && v.F() == 0 { // Flink folds by way of a decimal, which has no -0.0
		v = value.Float(0)
	}
	return Always(v)
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
