package expr

import (
	"strconv"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

// jsonPathCall resolves JSON_EXISTS, JSON_VALUE and JSON_QUERY.
func jsonPathCall(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	if c.JSON == nil {
		return nil, Refuse(c.Pos, "%s written this way", name)
	}
	args, err := r.known(c)
	if err != nil {
		return nil, err
	}
	if name == "JSON_EXISTS" && !args[0].Type.IsText() {
		return nil, &Error{Pos: c.Pos, Class: "org.apache.flink.table.planner.codegen.CodeGenException", Message: "Unsupported call: JSON_EXISTS(" + typeList([]types.Type{args[0].Type, args[1].Type}) +
			") \nIf you think this function should be supported, you can create an issue and start a discussion for it."}
	}
	if !args[0].Type.IsText() || args[1].Lit == nil || !args[1].Type.IsText() {
		return nil, Refuse(c.Pos, "%s(%s)", name, signature(args))
	}
	path, ok := parsePath(args[1].Lit.S)
	if !ok {
		return nil, Refuse(args[1].Pos, "the path %s", args[1].Lit.S)
	}
	j := &jsonCallOf{name: name, path: path, json: c.JSON}
	if err := j.resolve(r, c); err != nil {
		return nil, err
	}
	x := args[0]
	return Fold(r.Env.node(c.Pos, name+args[1].Lit.S+j.key, j.t.Null(true), args, func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		return j.eval(v.S)
	})), nil
}

type jsonCallOf struct {
	name             string
	path             jsonPath
	json             *parse.JSON
	t                types.Type
	onEmpty, onError value.Value
	key              string
}

// resolve finds the type of the result and the values of DEFAULT.
func (j *jsonCallOf) resolve(r *Resolver, c *parse.Call) error {
	j.t = types.String
	if j.name == "JSON_EXISTS" {
		j.t = types.Of(types.Boolean)
	}
	j.key = j.json.OnEmpty.What + "," + j.json.OnError.What + "," + j.json.Wrapper
	if j.json.Returning != nil {
		t, err := r.Env.typeOf(j.json.Returning)
		if err != nil {
			return err
		}
		j.t = t
	}
	switch {
	case j.name == "JSON_VALUE" && (j.t.Root == types.Boolean || j.t.Root == types.Integer || j.t.Root == types.Double || j.t.Equal(types.String)):
	case j.name == "JSON_QUERY" && (j.t.Equal(types.String) || j.t.Root == types.Array && j.t.Elem.Equal(types.String)):
	case j.name == "JSON_EXISTS" && j.json.Returning == nil && j.json.OnEmpty.What == "":
	default:
		return Refuse(c.Pos, "%s RETURNING %s", j.name, j.t)
	}
	if j.json.Wrapper != "" && j.json.Wrapper != "WITHOUT" {
		return Refuse(c.Pos, "JSON_QUERY with a wrapper")
	}
	for b, at := range map[*parse.Behaviour]*value.Value{&j.json.OnEmpty: &j.onEmpty, &j.json.OnError: &j.onError} {
		if b.What != "DEFAULT" {
			continue
		}
		x, err := r.Value(b.X)
		if err != nil {
			return err
		}
		if x, err = r.coerce(x, j.t); err != nil {
			return err
		}
		if !x.Const || j.name != "JSON_VALUE" {
			return Refuse(c.Pos, "this DEFAULT")
		}
		if *at, err = x.Fn(nil); err != nil {
			return err
		}
		j.key += "," + at.Text(j.t, nil)
	}
	return nil
}

// badJSON is the complaint about a text that is no JSON: Jackson's about a
// text that is one word.
func badJSON(text string) error {
	for i := range len(text) {
		if c := text[i] | 0x20; c < 'a' || c > 'z' {
			return refuseRow("ERROR ON ERROR for a text that is no JSON")
		}
	}
	return fail("org.apache.flink.table.api.TableRuntimeException", "Unrecognized token '%s': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: UNKNOWN; line: 1, column: %d]", clipped(text), len(text)+1)
}

func (j *jsonCallOf) eval(text string) (value.Value, error) {
	root, err := parseJSON(text)
	if err != nil {
		if j.json.OnError.What == "ERROR" {
			return value.NULL, badJSON(text)
		}
		return j.other(j.json.OnError, j.onError, text)
	}
	n := j.path.find(root)
	if n == nil && !j.path.lax {
		return j.other(j.json.OnError, j.onError, text)
	}
	if j.name == "JSON_EXISTS" {
		return value.Bool(n != nil), nil
	}
	if n == nil || n.kind == 'n' && j.path.lax {
		return j.other(j.json.OnEmpty, j.onEmpty, text)
	}
	if n.kind == 'n' {
		return value.NULL, nil
	}
	if n.scalar() != (j.name == "JSON_VALUE") {
		return j.other(j.json.OnError, j.onError, text)
	}
	return j.returned(n)
}

// other is what ON EMPTY or ON ERROR say; without them NULL, or FALSE.
func (j *jsonCallOf) other(b parse.Behaviour, def value.Value, text string) (value.Value, error) {
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
	case "ERROR":
		return value.NULL, fail("org.apache.flink.table.api.TableRuntimeException", "%s: no such value in '%s'", j.name, clipped(text))
	case "":
		if j.name == "JSON_EXISTS" {
			return value.Bool(false), nil
		}
	}
	return value.NULL, nil
}

func clipped(s string) string {
	if len(s) > 200 {
		return s[:200]
	}
	return s
}

func (j *jsonCallOf) returned(n *jnode) (value.Value, error) {
	switch j.t.Root {
	case types.Array:
		items := []value.Value{}
		for _, it := range n.items {
			if it.kind != 's' && it.kind != 'n' {
				return value.NULL, refuseRow("JSON_QUERY RETURNING ARRAY<STRING> of other than texts")
			}
			items = append(items, value.Value{Valid: it.kind == 's', S: it.text})
		}
		if n.kind != '[' {
			return value.NULL, refuseRow("JSON_QUERY RETURNING ARRAY<STRING> of an object")
		}
		return value.List(items), nil
	case types.Boolean:
		if n.kind == 'b' {
			return value.Bool(n.text == "true"), nil
		}
	case types.Integer:
		if i, err := strconv.ParseInt(n.text, 10, 32); n.kind == '#' && err == nil {
			return value.Int(i), nil
		}
	case types.Double:
		if f, err := strconv.ParseFloat(n.text, 64); n.kind == '#' && err == nil && strings.Contains(n.text, ".") {
			return value.Float(f), nil
		}
	default:
		if n.kind == '#' && strings.ContainsAny(n.text, "eE") {
			return value.NULL, refuseRow("a JSON number with an exponent")
		}
		if j.name == "JSON_QUERY" {
			return value.Text(n.String()), nil
		}
		return value.Text(n.text), nil
	}
	if n.kind == 's' && j.t.Root == types.Integer {
		return value.NULL, fail("java.lang.ClassCastException", "class java.lang.String cannot be cast to class java.lang.Integer (java.lang.String and java.lang.Integer are in module java.base of loader 'bootstrap')")
	}
	return value.NULL, refuseRow("JSON_VALUE RETURNING %s of %s", j.t, n.text)
}

// isJSON resolves x IS JSON.
func (r *Resolver) isJSON(e *parse.Is, x *X) (*X, error) {
	if !x.Type.IsText() || x.Type.Nullable {
		return nil, Refuse(e.Pos, "IS JSON of %s", x.Type)
	}
	return Fold(r.Env.node(e.Pos, "IS "+e.What+notWord(e.Not), types.Of(types.Boolean), []*X{x}, func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil {
			return v, err
		}
		n, err := parseJSON(v.S)
		yes := err == nil
		switch {
		case !yes:
		case e.What == "JSON SCALAR":
			yes = n.scalar()
		case e.What == "JSON ARRAY":
			yes = n.kind == '['
		case e.What == "JSON OBJECT":
			yes = n.kind == '{'
		}
		return value.Bool(yes != e.Not), nil
	})), nil
}
