package expr

import (
	"math"
	"slices"
	"time"

	"github.com/cockroachdb/apd/v3"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Convert changes a value that is not NULL to another type.
type Convert func(v value.Value) (value.Value, error)

func (r *Resolver) cast(c *parse.Cast) (*X, error) {
	if row, ok := c.X.(*parse.Row); ok && holdsNull(row) {
		return nil, &Error{Pos: c.Pos, Class: ClassTable, Message: "Illegal type: NULL"}
	}
	if m, ok := c.X.(*parse.Map); ok && slices.ContainsFunc(m.Items, isNullWord) {
		return nil, Refuse(c.Pos, "CAST of a MAP with the word NULL")
	}
	x, err := r.Resolve(c.X)
	if err != nil {
		return nil, err
	}
	t, err := TypeOf(c.Type)
	if err != nil {
		return nil, err
	}
	return r.castTo(c.Pos, x, t, c.Try)
}

// holdsNull says whether the word NULL is an item of a row: validation lets it
// be within a CAST, and planning has no type for it.
func holdsNull(row *parse.Row) bool {
	for _, item := range row.Items {
		if isNullWord(item) {
			return true
		}
		if inner, ok := item.(*parse.Row); ok && holdsNull(inner) {
			return true
		}
	}
	return false
}

func isNullWord(e parse.Expr) bool {
	l, ok := e.(*parse.Literal)
	return ok && l.Kind == parse.Null
}

// legacyCast gives NULL for a text that is no number, as casts did once; the
// type does not tell of it.
func (r *Resolver) legacyCast(pos parse.Pos, x *X, t types.Type) error {
	if x.Type.IsText() && (t.IsInt() || t.IsApprox()) || x.Type.IsNumeric() && t.IsNumeric() {
		return nil
	}
	return Refuse(pos, "CAST of %s to %s with table.exec.legacy-cast-behaviour", x.Type, t)
}

// castTo is an explicit CAST.
func (r *Resolver) castTo(pos parse.Pos, x *X, t types.Type, try bool) (*X, error) {
	if x.IsNull() {
		return r.Env.Literal(pos, t.Null(true), value.NULL), nil
	}
	conv, err := r.Env.converter(pos, x.Type, t)
	if err != nil && noCast(pos, x.Type, t) != nil && !illegal(x.Type, t) && x.isNull() { // planning has no cast of NULL
		return Fold(r.Env.node(pos, "CAST", t.Null(true), []*X{x}, always(value.NULL))), nil
	}
	if err != nil {
		return nil, err
	}
	t.Nullable = x.Type.Nullable || try
	switch {
	case x.Type.Root == types.Float && t.Root == types.Double && x.Const && !try:
		conv = shortest
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
	out := r.Env.node(pos, op, t, []*X{x}, castFn(x.Fn, conv, try || r.Env.LegacyCast))
	return Fold(out), nil
}

func castFn(fn Fn, conv Convert, try bool) Fn {
	return func(row value.Row) (value.Value, error) {
		v, err := fn(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		out, err := conv(v)
		if f, failed := err.(*Failure); failed && try && !f.Refused {
			return value.NULL, nil
		}
		return out, err
	}
}

// tried is TRY_CAST of a constant: it is a FLOAT where it says so, and Flink
// cannot plan what is no number.
func tried(conv Convert, from types.Type) Convert {
	return func(v value.Value) (value.Value, error) {
		f := v.F()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return value.NULL, RefuseRow("TRY_CAST of a constant that is no number")
		}
		if from.Root == types.Float {
			v = value.Float(float64(float32(f)))
		}
		return conv(v)
	}
}

// constantDecimal is a text that is one strange character as a DECIMAL
// constant: planning makes zero of it.
func constantDecimal(conv Convert, from, to types.Type) Convert {
	return func(v value.Value) (value.Value, error) {
		if from.IsText() && len(v.S) == 1 && to.P <= 18 {
			if _, ok := parseDecimal(v.S); !ok {
				return toScale(apd.New(0, 0), to.P, to.S), nil
			}
		}
		return conv(v)
	}
}

// coerce brings an expression to a type that holds its values.
func (r *Resolver) coerce(x *X, t types.Type) (*X, error) {
	if x.IsNull() {
		return r.Env.Literal(x.Pos, t.Null(true), value.NULL), nil
	}
	if x.Type.Equal(t) || x.Type.Root != types.Decimal && x.Type.Same(t) && !(t.Root == types.Char && x.Type.P != t.P) && t.Root != types.Binary {
		out := *x
		out.Type = t.Null(x.Type.Nullable)
		return &out, nil
	}
	if x.Const && x.Type.Root == types.Float {
		return nil, Refuse(x.Pos, "a FLOAT constant as %s", t)
	}
	conv, err := r.Env.converter(x.Pos, x.Type, t)
	if err != nil {
		return nil, err
	}
	out := r.Env.node(x.Pos, "CAST", t.Null(x.Type.Nullable), []*X{x}, castFn(x.Fn, conv, false))
	out.Name = x.Name
	return Fold(out), nil
}

// coerceText reads a text as a date or a time for a comparison.
func (r *Resolver) coerceText(op string, x *X, t types.Type) (*X, error) {
	full := t
	if t.IsTimestamp() {
		full.P = 9
	}
	out, err := r.coerce(x, full)
	if err != nil {
		return nil, err
	}
	read := out.Fn
	if !x.Const {
		if t.Root == types.Date && (op == "=" || op == "<>") { // NULL where it is none
			out.Type.Nullable = true
		}
		out.Fn = func(row value.Row) (value.Value, error) {
			v, err := read(row)
			if err != nil && t.Root == types.Date && (op == "=" || op == "<>") {
				return value.NULL, nil
			}
			return v, err
		}
		return out, nil
	}
	if _, err := read(nil); err != nil && (op == "=" || op == "<>") {
		return nil, &Error{Pos: x.Pos, Class: ClassTable, Message: "Error when casting literal. Error when casting " + x.Type.String() + " to " + t.String() + "."}
	}
	return out, nil
}

// Coerce is coerce for other packages: an implicit cast.
func (e *Env) Coerce(x *X, t types.Type) (*X, error) {
	return (&Resolver{Env: e, Scope: &Scope{}}).coerce(x, t)
}

// converter gives the conversion between two types.
func (e *Env) converter(pos parse.Pos, from, to types.Type) (Convert, error) {
	if err := noCast(pos, from, to); err != nil {
		return nil, err
	}
	var conv Convert
	switch {
	case to.IsText():
		conv = e.toText(from, to)
	case to.IsNumeric():
		conv = toNumber(from, to)
	case to.Root == types.Boolean:
		conv = toBoolean(from)
	case to.IsDatetime():
		conv = e.toTime(from, to)
	case to.IsBytes() && (from.IsText() || from.IsBytes()):
		conv = func(v value.Value) (value.Value, error) { return value.Text(fitBytes(v.S, to)), nil }
	case to.IsInterval() && from.Root == to.Root:
		conv = same
	case from.Root == to.Root:
		return e.nested(pos, from, to)
	}
	if conv == nil {
		return nil, Refuse(pos, "CAST from %s to %s", from, to)
	}
	return conv, nil
}

func same(v value.Value) (value.Value, error) { return v, nil }

func fitBytes(s string, t types.Type) string {
	if len(s) > t.P {
		s = s[:t.P]
	}
	for t.Root == types.Binary && len(s) < t.P {
		s += "\x00"
	}
	return s
}

// nested converts the parts of an ARRAY, ROW or MAP.
func (e *Env) nested(pos parse.Pos, from, to types.Type) (Convert, error) {
	switch from.Root {
	case types.Array:
		part, err := e.converter(pos, *from.Elem, *to.Elem)
		if err != nil {
			return nil, err
		}
		return func(v value.Value) (value.Value, error) {
			return convertItems(v.Items(), func(int) Convert { return part })
		}, nil
	case types.Row:
		parts := make([]Convert, len(from.Fields))
		for i := range parts {
			var err error
			if parts[i], err = e.converter(pos, from.Fields[i].Type, to.Fields[i].Type); err != nil {
				return nil, err
			}
		}
		return func(v value.Value) (value.Value, error) {
			return convertItems(v.Items(), func(i int) Convert { return parts[i] })
		}, nil
	case types.Map:
		return e.nestedMap(pos, from, to)
	}
	return nil, Refuse(pos, "CAST from %s to %s", from, to)
}

func convertItems(items []value.Value, part func(int) Convert) (value.Value, error) {
	out := make([]value.Value, len(items))
	for i, v := range items {
		if !v.Valid {
			continue
		}
		c, err := part(i)(v)
		if err != nil {
			return value.NULL, err
		}
		out[i] = c
	}
	return value.List(out), nil
}

func (e *Env) nestedMap(pos parse.Pos, from, to types.Type) (Convert, error) {
	key, err := e.converter(pos, *from.Key, *to.Key)
	if err != nil {
		return nil, err
	}
	val, err := e.converter(pos, *from.Elem, *to.Elem)
	if err != nil {
		return nil, err
	}
	return func(v value.Value) (value.Value, error) {
		var out []value.Entry
		for _, en := range v.Entries() {
			kv, err := convertItems([]value.Value{en.Key, en.Value}, func(i int) Convert { return []Convert{key, val}[i] })
			if err != nil {
				return value.NULL, err
			}
			out = append(out, value.Entry{Key: kv.Items()[0], Value: kv.Items()[1]})
		}
		return value.Value{Valid: true, R: out}, nil
	}, nil
}

func (e *Env) zone() *time.Location {
	if e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}
