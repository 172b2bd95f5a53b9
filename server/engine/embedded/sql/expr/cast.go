package expr

import (
	"math"
	"slices"
	"time"

	"github.com/cockroachdb/apd/v3"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/cast"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (r *Resolver) cast(c *ast.Cast) (*Expr, error) {
	if row, ok := c.X.(*ast.Row); ok && HoldsNull(row) {
		return nil, &sqlerr.Error{Pos: c.Pos, Class: sqlerr.ClassTable, Message: "Illegal type: NULL"}
	}
	if m, ok := c.X.(*ast.Map); ok && slices.ContainsFunc(m.Items, isNullWord) {
		return nil, sqlerr.Refuse(c.Pos, "CAST of a MAP with the word NULL")
	}
	x, err := r.Resolve(c.X)
	if err != nil {
		return nil, err
	}
	t, err := TypeOf(c.Type)
	if err != nil {
		return nil, err
	}
	return r.CastTo(c.Pos, x, t, c.Try)
}

// HoldsNull says whether the word NULL is an item of a row: validation lets it
// be within a CAST, and planning has no type for it.
func HoldsNull(row *ast.Row) bool {
	for _, item := range row.Items {
		if isNullWord(item) {
			return true
		}
		if inner, ok := item.(*ast.Row); ok && HoldsNull(inner) {
			return true
		}
	}
	return false
}

func isNullWord(e ast.Expr) bool {
	l, ok := e.(*ast.Literal)
	return ok && l.Kind == ast.Null
}

// legacyCast gives NULL for a text that is no number, as casts did once; the
// type does not tell of it.
func (r *Resolver) legacyCast(pos ast.Pos, x *Expr, t types.Type) error {
	if x.Type.IsText() && (t.IsInt() || t.IsApprox()) || x.Type.IsNumeric() && t.IsNumeric() {
		return nil
	}
	return sqlerr.Refuse(pos, "CAST of %s to %s with table.exec.legacy-cast-behaviour", x.Type, t)
}

// CastTo is an explicit CAST.
func (r *Resolver) CastTo(pos ast.Pos, x *Expr, t types.Type, try bool) (*Expr, error) {
	if x.IsNull() {
		return r.Env.Literal(pos, t.Null(true), value.NULL), nil
	}
	conv, err := cast.To(r.Env.Location(), pos, x.Type, t)
	// planning has no cast of NULL
	if err != nil && cast.Forbidden(pos, x.Type, t) != nil && !cast.Illegal(x.Type, t) && x.IsNullConstant() {
		return r.Env.Folded(pos, "CAST", t.Null(true), []*Expr{x}, Always(value.NULL)), nil
	}
	if err != nil {
		return nil, err
	}
	t.Nullable = x.Type.Nullable || try
	switch {
	case x.Type.Root == types.Float && t.Root == types.Double && x.Const && !try:
		conv = cast.Shortest
	case x.Type.IsApprox() && x.Const && try:
		conv = tried(conv, x.Type)
	}
	if x.Const && !try && t.Root == types.Decimal {
		conv = constantDecimal(conv, x.Type, t)
	}
	op := "CAST"
	if try {
		op = "TRY_CAST"
	}
	if r.Env.LegacyCast && !try {
		if err := r.legacyCast(pos, x, t); err != nil {
			return nil, err
		}
	}
	return r.Env.Folded(pos, op, t, []*Expr{x}, castFn(x.Eval, conv, try || r.Env.LegacyCast)), nil
}

func castFn(fn Fn, conv cast.Convert, try bool) Fn {
	return func(row value.Row) (value.Value, error) {
		v, err := fn(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		out, err := conv(v)
		if f, failed := err.(*sqlerr.Failure); failed && try && !f.Refused {
			return value.NULL, nil
		}
		return out, err
	}
}

// tried is TRY_CAST of a constant: it is a FLOAT where it says so, and Flink
// cannot plan what is no number.
func tried(conv cast.Convert, from types.Type) cast.Convert {
	return func(v value.Value) (value.Value, error) {
		f := v.F()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return value.NULL, sqlerr.RefuseRow("TRY_CAST of a constant that is no number")
		}
		if from.Root == types.Float {
			v = value.Float(float64(float32(f)))
		}
		return conv(v)
	}
}

// constantDecimal is a text that is one strange character as a DECIMAL
// constant: planning makes zero of it.
func constantDecimal(conv cast.Convert, from, to types.Type) cast.Convert {
	return func(v value.Value) (value.Value, error) {
		if from.IsText() && len(v.S) == 1 && to.P <= 18 {
			if _, ok := cast.ParseDecimal(v.S); !ok {
				return numeric.ToScale(apd.New(0, 0), to.P, to.S), nil
			}
		}
		return conv(v)
	}
}

// Coerce brings an expression to a type that holds its values.
func (r *Resolver) Coerce(x *Expr, t types.Type) (*Expr, error) {
	if x.IsNull() {
		return r.Env.Literal(x.Pos, t.Null(true), value.NULL), nil
	}
	if x.Type.Equal(t) || x.Type.Root != types.Decimal && x.Type.Same(t) && !(t.Root == types.Char &&
		x.Type.P != t.P) && t.Root != types.Binary {
		out := *x
		out.Type = t.Null(x.Type.Nullable)
		return &out, nil
	}
	if x.Const && x.Type.Root == types.Float {
		return nil, sqlerr.Refuse(x.Pos, "a FLOAT constant as %s", t)
	}
	conv, err := cast.To(r.Env.Location(), x.Pos, x.Type, t)
	if err != nil {
		return nil, err
	}
	out := r.Env.Folded(x.Pos, "CAST", t.Null(x.Type.Nullable), []*Expr{x}, castFn(x.Eval, conv, false))
	out.Name = x.Name
	return out, nil
}

// CoerceText reads a text as a date or a time for a comparison.
func (r *Resolver) CoerceText(op string, x *Expr, t types.Type) (*Expr, error) {
	full := t
	if t.IsTimestamp() {
		full.P = 9
	}
	out, err := r.Coerce(x, full)
	if err != nil {
		return nil, err
	}
	read := out.Eval
	if !x.Const {
		if t.Root == types.Date && (op == "=" || op == "<>") { // NULL where it is none
			out.Type.Nullable = true
		}
		out.Eval = func(row value.Row) (value.Value, error) {
			v, err := read(row)
			if err != nil && t.Root == types.Date && (op == "=" || op == "<>") {
				return value.NULL, nil
			}
			return v, err
		}
		return out, nil
	}
	if _, err := read(nil); err != nil && (op == "=" || op == "<>") {
		return nil, &sqlerr.Error{
			Pos: x.Pos, Class: sqlerr.ClassTable,
			Message: "Error when casting literal. Error when casting " + x.Type.String() + " to " + t.String() + ".",
		}
	}
	return out, nil
}

// Coerce is coerce for other packages: an implicit cast.
func (e *Env) Coerce(x *Expr, t types.Type) (*Expr, error) {
	return (&Resolver{Env: e, Scope: &Scope{}}).Coerce(x, t)
}

func (e *Env) Location() *time.Location {
	if e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}
