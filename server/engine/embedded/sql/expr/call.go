package expr

import (
	"fmt"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/cast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// call resolves a function: an aggregate, one with rules of its own, or one of
// the table Builtins.
func (r *Resolver) call(c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	if r.Call != nil && c.Over == nil {
		if x, err := r.Call(c, name); x != nil || err != nil {
			return x, err
		}
	}
	if c.Over != nil {
		return r.over(c)
	}
	if overOnly[name] {
		return nil, sqlerr.Invalid(c.Pos, "OVER clause is necessary for window functions")
	}
	if IsAggregate(name) {
		return r.aggregate(c, name)
	}
	if c.Distinct || c.Filter != nil {
		return nil, sqlerr.Refuse(c.Pos, "DISTINCT or FILTER in %s", name)
	}
	if special, ok := specials[name]; ok {
		return special(r, c)
	}
	f, ok := builtins[name]
	if !ok {
		return nil, r.unknown(c)
	}
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if f.Signatures != "" {
		if err := r.fitting(c, f, args); err != nil {
			return nil, err
		}
		return r.builtin(c.Pos, name, f, args)
	}
	if len(f.Args) == 0 && len(args) > 0 && name == "PI" {
		return nil, r.noMatch(c, args)
	}
	if len(f.Args) == 0 && len(args) > 0 {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting 0 arguments", name)
	}
	if f.Forms == "" && (len(args) < f.min() || len(args) > len(f.Args)) {
		return nil, sqlerr.Refuse(c.Pos, "%s with %d arguments", name, len(args))
	}
	if len(args) < f.min() || len(args) > len(f.Args) {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", name, f.min())
	}
	for i, a := range args {
		sameFamily := a.Type.Root == types.Bigint && f.Args[i]|0x20 == 'i'
		if f.Unit != "" && (a.Type.IsText() || a.Type.IsNumeric()) {
			return nil, extractOf(c.Pos, f.Unit, a.Type)
		}
		if !accepts(f.Args[i], a.Type) && (f.Forms == "" || sameFamily) {
			return nil, sqlerr.Refuse(c.Pos, "%s(%s)", name, signature(args))
		}
		if !accepts(f.Args[i], a.Type) {
			return nil, cannotApply(c.Pos, name, name+"("+signature(args)+")", f.Forms)
		}
	}
	return r.builtin(c.Pos, name, f, args)
}

// fitting complains of arguments as newer functions of Flink do.
func (r *Resolver) fitting(c *parse.Call, f *Builtin, args []*X) error {
	if len(args) < f.min() || len(args) > len(f.Args) {
		return r.noSignature(c, args, f.Signatures)
	}
	for i, a := range args {
		if !accepts(f.Args[i], a.Type) || f.Args[i] == 'w' && a.Type.IsText() != args[0].Type.IsText() {
			return invalidCall(c.Name, args)
		}
	}
	return nil
}

func (r *Resolver) builtin(pos parse.Pos, name string, f *Builtin, args []*X) (*X, error) {
	ts := make([]types.Type, len(args))
	nullable := f.Nullable
	for i, a := range args {
		ts[i] = a.Type
		nullable = nullable || a.Type.Nullable
	}
	t := f.Type(args)
	if t.Root == types.Null {
		return nil, sqlerr.Refuse(pos, "%s with these arguments", name)
	}
	x := r.Env.node(pos, name, t.Null(nullable), args, strict(args, func(vs []value.Value) (value.Value, error) { return f.Eval(r.Env, vs, ts) }))
	if x.Const && t.Root == types.Char {
		inner := x.Fn
		x.Fn = func(row value.Row) (value.Value, error) {
			v, err := inner(row)
			if v.Valid {
				v.S = cast.FitText(v.S, t)
			}
			return v, err
		}
	}
	return Fold(x), nil
}

// strict computes the arguments; any NULL makes the result NULL. The slice is
// used again for the next row.
func strict(args []*X, eval func([]value.Value) (value.Value, error)) Fn {
	vs := make([]value.Value, len(args))
	return func(row value.Row) (value.Value, error) {
		null := false
		var held arguments
		for i, a := range args {
			v, err := a.Fn(row)
			if err == nil {
				err = held.add(v)
			}
			if err != nil {
				clear(vs)
				return value.NULL, err
			}
			null = null || !v.Valid
			vs[i] = v
		}
		if null {
			clear(vs)
			return value.NULL, nil
		}
		v, err := eval(vs)
		clear(vs) // they may be large
		return unshared(v, held.longest), err
	}
}

func signature(args []*X) string {
	var parts []string
	for _, a := range args {
		parts = append(parts, "<"+a.Type.Calcite()+">")
	}
	return strings.Join(parts, ", ")
}

// unknown tells a function that Flink does not have from one that drey lacks.
func (r *Resolver) unknown(c *parse.Call) error {
	if Known(strings.ToUpper(c.Name)) {
		return sqlerr.Refuse(c.Pos, "the function %s", strings.ToUpper(c.Name))
	}
	args, err := r.list(c.Args)
	if err != nil {
		return err
	}
	return r.noMatch(c, args)
}

func (r *Resolver) noMatch(c *parse.Call, args []*X) error {
	var parts []string
	for _, a := range args {
		parts = append(parts, "<"+a.Type.Family()+">")
	}
	return sqlerr.Invalid(c.Pos, "No match found for function signature %s(%s)", c.Name, strings.Join(parts, ", "))
}

// accepts says whether an argument of this type fits the letter: t text,
// n number, x exact number, i integer, b BOOLEAN, d date or timestamp, y bytes,
// w text or bytes, h integer or text, k text or INT, s timestamp, a anything; upper case letters are for optional arguments.
func accepts(letter byte, t types.Type) bool {
	switch letter | 0x20 {
	case 't':
		return t.IsText()
	case 'n':
		return t.IsNumeric()
	case 'x':
		return t.IsExact()
	case 'i':
		return t.IsInt() && t.Root != types.Bigint
	case 'l':
		return t.IsInt()
	case 'b':
		return t.Root == types.Boolean
	case 'd':
		return t.IsDatetime()
	case 's':
		return t.IsTimestamp() || t.IsText()
	case 'k':
		return t.IsText() || t.Root == types.Integer
	case 'h':
		return t.IsInt() || t.IsText()
	case 'y':
		return t.IsBytes()
	case 'w':
		return t.IsText() || t.IsBytes()
	}
	return true
}

// overOnly are the functions that make sense over a window only.
var overOnly = map[string]bool{"ROW_NUMBER": true, "RANK": true, "DENSE_RANK": true, "NTILE": true, "PERCENT_RANK": true, "CUME_DIST": true, "LAG": true, "LEAD": true}

func (r *Resolver) over(c *parse.Call) (*X, error) {
	if r.Over != nil && !r.inAggregate {
		return r.Over(r, c)
	}
	if r.Where == "WHERE" || r.Where == "HAVING" {
		return nil, sqlerr.Invalid(c.Pos, "Windowed aggregate expression is illegal in %s clause", r.Where)
	}
	return nil, sqlerr.Refuse(c.Pos, "OVER in this place")
}

// OverAggregate resolves an aggregate over a window. NULL comes of nothing
// but NULL: there always is a row.
func (r *Resolver) OverAggregate(c *parse.Call, name string) (*Agg, error) {
	outer := r.Group
	own := *r
	own.Over = nil
	if outer == nil {
		own.Group = &Group{Keys: map[int]*X{}, Column: 1}
		own.plainAggregate = true
	} else {
		return nil, sqlerr.Refuse(c.Pos, "an aggregate over a window of groups")
	}
	a, id, err := own.aggregateOf(c, name)
	if _, ok := err.(nested); ok {
		return nil, sqlerr.Refuse(c.Pos, "an aggregate of an aggregate over a window")
	}
	if err != nil {
		return nil, err
	}
	a.Key = fmt.Sprint(id)
	return a, nil
}

// Node is an expression that somebody else computes.
func (e *Env) Node(pos parse.Pos, key string, t types.Type) *X {
	x := e.node(pos, key, t, nil, nil)
	x.Const = false
	return x
}
