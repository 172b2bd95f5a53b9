package jsons

import (
	"errors"
	"strconv"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/cast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/jsondoc"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// jsonKind tells the functions of a path apart.
type jsonKind int

const (
	jsonExists jsonKind = iota
	jsonValue
	jsonQuery
)

// jsonPathCall resolves JSON_EXISTS, JSON_VALUE and JSON_QUERY.
func jsonPathCall(kind jsonKind) func(*expr.Resolver, *expr.Function, *ast.Call) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		name := f.Name
		if c.JSON == nil {
			return nil, sqlerr.Refuse(c.Pos, "%s written this way", name)
		}
		args, err := r.KnownArgs(c)
		if err != nil {
			return nil, err
		}
		if kind == jsonExists && !args[0].Type.IsText() {
			return nil, expr.UnsupportedCall(c, args)
		}
		if !args[0].Type.IsText() || !args[1].Const || !args[1].Type.IsText() {
			return nil, sqlerr.Refuse(c.Pos, "%s(%s)", name, expr.Signature(args))
		}
		j := &jsonCallOf{name: name, kind: kind, json: c.JSON}
		if err := j.resolve(r, c); err != nil {
			return nil, err
		}
		text, err := args[1].Eval(nil)
		if err != nil {
			return nil, err
		}
		if text.Valid {
			j.path, err = jsondoc.ParsePath(text.S)
			if j.noPath = errors.Is(err, jsondoc.ErrPath); err != nil && !j.noPath {
				return nil, sqlerr.Refuse(args[1].Pos, "the path %s", text.S)
			}
		}
		x := args[0]
		return r.Env.Folded(c.Pos, name+text.S+j.key, j.t.Null(true), args, func(row value.Row) (value.Value, error) {
			v, err := x.Eval(row)
			if err != nil || !v.Valid || !text.Valid {
				return value.NULL, err
			}
			return j.eval(v.S)
		}), nil
	}
}

type jsonCallOf struct {
	name             string
	kind             jsonKind
	path             jsondoc.Path
	noPath           bool // the path is none
	json             *ast.JSON
	t                types.Type
	onEmpty, onError value.Value
	key              string
}

// resolve finds the type of the result and the values of DEFAULT.
func (j *jsonCallOf) resolve(r *expr.Resolver, c *ast.Call) error {
	j.t = types.String
	if j.kind == jsonExists {
		j.t = types.Of(types.Boolean)
	}
	j.key = j.json.OnEmpty.What + "," + j.json.OnError.What + "," + j.json.Wrapper
	if j.json.Returning != nil {
		t, err := expr.TypeOf(j.json.Returning)
		if err != nil {
			return err
		}
		j.t = t
		if err := j.returning(c); err != nil {
			return err
		}
	}
	for b, at := range map[*ast.Behaviour]*value.Value{&j.json.OnEmpty: &j.onEmpty, &j.json.OnError: &j.onError} {
		if b.What != "DEFAULT" {
			continue
		}
		x, err := r.Value(b.X)
		if err != nil {
			return err
		}
		if x, err = r.Coerce(x, j.t); err != nil {
			return err
		}
		if !x.Const || j.kind != jsonValue {
			return sqlerr.Refuse(c.Pos, "this DEFAULT")
		}
		if *at, err = x.Eval(nil); err != nil {
			return err
		}
		j.key += "," + at.Text(j.t, nil)
	}
	return nil
}

// returning complains of types that cannot be returned.
func (j *jsonCallOf) returning(c *ast.Call) error {
	switch {
	case j.kind == jsonValue && (j.t.Root == types.Boolean || j.t.Root == types.Integer || j.t.Root == types.Double ||
		j.t.IsText()):
	case j.kind == jsonQuery && (j.t.IsText() || j.t.Root == types.Array && j.t.Elem.Equal(types.String)):
	case j.kind == jsonQuery && j.t.Root == types.Array && !j.t.Elem.IsText():
		return &sqlerr.Error{
			Pos: c.Pos, Class: sqlerr.ClassValidation, Validated: 1,
			Message: "Unsupported array element type '" + j.t.Elem.Calcite() + "' for RETURNING ARRAY in JSON_QUERY().",
		}
	case j.kind == jsonExists || j.t.Root == types.Array:
		return sqlerr.Refuse(c.Pos, "%s RETURNING %s", j.name, j.t)
	default:
		return &sqlerr.Error{
			Pos: c.Pos, Class: sqlerr.ClassTable,
			Message: "Unsupported type '" + j.t.Null(true).String() + "' for RETURNING in JSON_VALUE().",
		}
	}
	return nil
}

func (j *jsonCallOf) eval(text string) (value.Value, error) {
	root, err := jsondoc.Parse(text)
	if errors.Is(err, jsondoc.ErrTooLarge) {
		return value.NULL, sqlerr.RefuseRow("%v", err)
	}
	if err != nil || j.noPath {
		return j.failed(func() error {
			if err == nil {
				return sqlerr.RefuseRow("ERROR ON ERROR for a path that is none")
			}
			return badJSON(text)
		})
	}
	n := j.path.Find(root)
	if n == nil && !j.path.Lax {
		return j.failed(func() error {
			if why, ok := j.path.Missing(root); ok {
				return jsonFailure("%s", why)
			}
			return sqlerr.RefuseRow("ERROR ON ERROR for this path")
		})
	}
	if n != nil && n.Kind == 'n' {
		n = nil
	}
	if j.kind == jsonExists {
		return value.Bool(n != nil), nil
	}
	if j.kind == jsonQuery && n != nil {
		n = j.wrapped(n)
	}
	wrong := n != nil && n.Scalar() != (j.kind == jsonValue)
	switch {
	case n == nil || wrong && j.path.Lax:
		return j.empty()
	case wrong:
		return j.failed(func() error {
			want := map[jsonKind]string{jsonValue: "scalar value", jsonQuery: "array or object value"}[j.kind]
			return jsonFailure("Strict jsonpath mode requires %s, and the actual value is: ''%s''", want, n.Java())
		})
	}
	return j.returned(n)
}

// wrapped is the value in an array, where the wrapper says so.
func (j *jsonCallOf) wrapped(n *jsondoc.Node) *jsondoc.Node {
	if j.json.Wrapper == "WITH" || j.json.Wrapper == "CONDITIONAL" && n.Kind != '[' {
		return &jsondoc.Node{Kind: '[', Items: []*jsondoc.Node{n}}
	}
	return n
}

// failed is what ON ERROR says.
func (j *jsonCallOf) failed(why func() error) (value.Value, error) {
	if j.json.OnError.What == "ERROR" {
		return value.NULL, why()
	}
	return j.other(j.json.OnError, j.onError)
}

// empty is what ON EMPTY says.
func (j *jsonCallOf) empty() (value.Value, error) {
	if j.json.OnEmpty.What == "ERROR" {
		return value.NULL, jsonFailure("Empty result of %s function is not allowed", j.name)
	}
	return j.other(j.json.OnEmpty, j.onEmpty)
}

// other is what ON EMPTY or ON ERROR say; without them NULL, or FALSE.
func (j *jsonCallOf) other(b ast.Behaviour, def value.Value) (value.Value, error) {
	switch b.What {
	case "DEFAULT":
		return def, nil
	case "TRUE":
		return value.Bool(true), nil
	case "FALSE":
		return value.Bool(false), nil
	case "EMPTY ARRAY", "EMPTY OBJECT":
		if j.t.Root == types.Array {
			return value.List([]value.Value{}), nil
		}
		return value.Text(map[string]string{"EMPTY ARRAY": "[]", "EMPTY OBJECT": "{}"}[b.What]), nil
	case "":
		if j.kind == jsonExists {
			return value.Bool(false), nil
		}
	}
	return value.NULL, nil
}

func (j *jsonCallOf) returned(n *jsondoc.Node) (value.Value, error) {
	switch j.t.Root {
	case types.Array:
		return returnedList(n), nil
	case types.Boolean:
		if n.Kind == 'b' {
			return value.Bool(n.Text == "true"), nil
		}
	case types.Integer:
		if i, err := strconv.ParseInt(n.Text, 10, 32); n.Kind == '#' && err == nil {
			return value.Int(i), nil
		}
	case types.Double:
		if f, err := strconv.ParseFloat(n.Text, 64); n.Kind == '#' && err == nil &&
			javaClass(n) == "java.math.BigDecimal" {
			return value.Float(f), nil
		}
	default:
		if j.kind == jsonQuery {
			return value.Text(cast.FitText(n.String(), j.t)), nil
		}
		return value.Text(cast.FitText(n.Text, j.t)), nil
	}
	from, to := javaClass(n), map[types.Root]string{
		types.Boolean: "java.lang.Boolean", types.Integer: "java.lang.Integer", types.Double: "java.math.BigDecimal",
	}[j.t.Root]
	return value.NULL, sqlerr.Fail(
		"java.lang.ClassCastException",
		"class %s cannot be cast to class %s (%s and %s are in module java.base of loader 'bootstrap')", from, to, from,
		to,
	)
}

func jsonFailure(format string, args ...any) error {
	return sqlerr.Fail("org.apache.flink.table.api.TableRuntimeException", format, args...)
}

// badJSON is the complaint about a text that is no JSON: Jackson's about a
// text that begins with a word.
func badJSON(text string) error {
	n := 0
	for n < len(text) && (text[n]|0x20 >= 'a' && text[n]|0x20 <= 'z' || n > 0 && text[n] >= '0' && text[n] <= '9') {
		n++
	}
	word := text[:n]
	if n == 0 || word == "true" || word == "false" || word == "null" || word == "NaN" {
		return sqlerr.RefuseRow("ERROR ON ERROR for a text that is no JSON")
	}
	return jsonFailure(
		"Unrecognized token '%s': was expecting (JSON String, Number, Array, Object or token 'null', 'true' "+
			"or 'false')\n at [Source: UNKNOWN; line: 1, column: %d]",
		expr.Clipped(word), len(word)+1,
	)
}

// returnedList is an array as ARRAY<STRING>; NULL of an object.
func returnedList(n *jsondoc.Node) value.Value {
	if n.Kind != '[' {
		return value.NULL
	}
	items := make([]value.Value, len(n.Items))
	for i, it := range n.Items {
		switch {
		case it.Kind == 's':
			items[i] = value.Text(it.Text)
		case it.Kind != 'n':
			items[i] = value.Text(it.String())
		}
	}
	return value.List(items)
}

// javaClass is what Jackson makes of a scalar.
func javaClass(n *jsondoc.Node) string {
	switch {
	case n.Kind == 's':
		return "java.lang.String"
	case n.Kind == 'b':
		return "java.lang.Boolean"
	case strings.ContainsAny(n.Text, ".eE"):
		return "java.math.BigDecimal"
	}
	if _, err := strconv.ParseInt(n.Text, 10, 32); err == nil {
		return "java.lang.Integer"
	}
	if _, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
		return "java.lang.Long"
	}
	return "java.math.BigInteger"
}
