package jsons

import (
	"encoding/base64"
	"errors"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/jsondoc"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// jsonOf makes JSON of a value of a type that Convertible lets pass.
func jsonOf(v value.Value, t types.Type) *jsondoc.Node {
	switch {
	case !v.Valid:
		return &jsondoc.Node{Kind: 'n', Text: "null"}
	case t.IsText():
		return &jsondoc.Node{Kind: 's', Text: v.S}
	case t.IsBytes():
		return &jsondoc.Node{Kind: 's', Text: base64.StdEncoding.EncodeToString([]byte(v.S))}
	case t.IsTimestamp():
		return &jsondoc.Node{Kind: 's', Text: isoText(v, t)}
	case t.Root == types.Boolean:
		return &jsondoc.Node{Kind: 'b', Text: strings.ToLower(v.Text(t, nil))}
	case t.Root == types.Array:
		n := &jsondoc.Node{Kind: '['}
		for _, it := range v.Items() {
			n.Items = append(n.Items, jsonOf(it, *t.Elem))
		}
		return n
	case t.Root == types.Row:
		n := &jsondoc.Node{Kind: '{'}
		for i, it := range v.Items() {
			n.Set(t.Fields[i].Name, jsonOf(it, t.Fields[i].Type))
		}
		return n
	case t.Root == types.Map:
		n := &jsondoc.Node{Kind: '{'}
		for _, e := range v.Entries() {
			n.Set(e.Key.S, jsonOf(e.Value, *t.Elem))
		}
		return n
	}
	return &jsondoc.Node{Kind: '#', Text: jsondoc.Number(v.Text(t, nil))}
}

// isoText is a timestamp as ISO-8601 has it.
func isoText(v value.Value, t types.Type) string {
	text := strings.Replace(v.Text(types.Type{Root: types.Timestamp, P: t.P}, nil), " ", "T", 1)
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	if t.Root == types.TimestampLTZ {
		text += "Z"
	}
	return text
}

// Convertible complains of what has no form in JSON.
func Convertible(pos ast.Pos, t types.Type) error {
	switch {
	case t.Root == types.Date || t.Root == types.Time:
		return &sqlerr.Error{
			Pos: pos, Class: sqlerr.ClassTable,
			Message: "Type '" + t.String() + "' is not scalar or cannot be converted into JSON.",
		}
	case t.Root == types.Map && !t.Key.IsText():
		return &sqlerr.Error{
			Pos: pos, Class: sqlerr.ClassTable,
			Message: "Type '" + t.Key.String() +
				"' is not supported for JSON conversion. The key type must be a character string.",
		}
	case t.Root == types.Array || t.Root == types.Map:
		return Convertible(pos, *t.Elem)
	case t.Root == types.Row:
		for _, f := range t.Fields {
			if err := Convertible(pos, f.Type); err != nil {
				return err
			}
		}
		return nil
	case t.IsText() || t.IsBytes() || t.IsTimestamp() || t.Root == types.Boolean || t.IsNumeric():
		return nil
	}
	return sqlerr.Refuse(pos, "JSON of %s", t)
}

// jsonString resolves JSON_STRING.
func jsonString(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.List(c.Args)
	if err != nil {
		return nil, err
	}
	if err := expr.WantArgs(c, args, 1); err != nil {
		return nil, err
	}
	t := args[0].Type
	switch {
	case args[0].IsNull():
		return r.Env.Node(c.Pos, "JSON_STRING", types.String.Null(true), args, expr.Always(value.NULL)), nil
	case t.Root == types.Date || t.Root == types.Time:
		return nil, expr.InvalidCall(f.Name, args)
	}
	if err := Convertible(c.Pos, t); err != nil {
		return nil, err
	}
	return r.Env.Folded(
		c.Pos, "JSON_STRING", types.String.Null(t.Nullable), args,
		expr.Strict(args, func(vs expr.Args) (value.Value, error) {
			return value.Text(jsonOf(vs[0], t).String()), nil
		}),
	), nil
}

// jsonMake resolves JSON_OBJECT and JSON_ARRAY.
func jsonMake(object bool) func(*expr.Resolver, *expr.Function, *ast.Call) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		name := f.Name
		if c.JSON == nil {
			return nil, sqlerr.Refuse(c.Pos, "%s written this way", name)
		}
		absent := c.JSON.OnNull == "ABSENT" || c.JSON.OnNull == "" && !object
		args := make([]*expr.Expr, len(c.Args))
		raw := make([]bool, len(c.Args))
		key := name
		for i, a := range c.Args {
			x, isJSON, err := Member(r, a)
			if err != nil {
				return nil, err
			}
			raw[i] = isJSON
			if object && i%2 == 0 {
				err = jsonKey(c, x)
			} else if x.IsNull() {
				err = &sqlerr.Error{Pos: c.Pos, Class: sqlerr.ClassTable, Message: "Type is not supported: ANY"}
			} else {
				err = Convertible(c.Pos, x.Type)
			}
			if err != nil {
				return nil, err
			}
			args[i] = x
		}
		if absent {
			key += " ABSENT"
		}
		return r.Env.Folded(c.Pos, key, types.String, args, func(row value.Row) (value.Value, error) {
			return jsonMade(args, raw, row, object, absent)
		}), nil
	}
}

// jsonKey complains of what is no key of an object.
func jsonKey(c *ast.Call, x *expr.Expr) error {
	switch {
	case x.IsNull():
		return sqlerr.Invalid(c.Pos, "Argument to function 'NULL' must not be NULL")
	case !x.Type.IsText():
		return sqlerr.Invalid(c.Pos, "Expected a character type")
	case x.Type.Nullable:
		return sqlerr.Refuse(x.Pos, "a key of type %s", x.Type)
	}
	return nil
}

// Member resolves a member; raw says that it is JSON already.
func Member(r *expr.Resolver, e ast.Expr) (x *expr.Expr, raw bool, err error) {
	c, ok := e.(*ast.Call)
	if !ok {
		x, err = r.Resolve(e)
		return x, false, err
	}
	f := r.Env.Functions.Function(c.Name)
	switch {
	case f == nil || f.InJSON == expr.PlainMember:
		x, err = r.Resolve(e)
		return x, false, err
	case f.InJSON == expr.WholeMember:
		x, err = r.Resolve(e)
		return x, true, err
	case len(c.Args) != 1:
		return nil, false, sqlerr.Refuse(c.Pos, "%s with %d arguments", f.Name, len(c.Args))
	}
	x, err = r.Value(c.Args[0])
	return x, true, err
}

// Document is a value, or the JSON that it holds.
func Document(v value.Value, t types.Type, raw bool) (*jsondoc.Node, error) {
	if !raw || !v.Valid {
		return jsonOf(v, t), nil
	}
	n, err := jsondoc.Parse(v.S)
	if errors.Is(err, jsondoc.ErrTooLarge) {
		return nil, sqlerr.RefuseRow("%v", err)
	}
	if err != nil {
		return nil, badJSON(v.S)
	}
	return n, nil
}

func jsonMade(args []*expr.Expr, raw []bool, row value.Row, object, absent bool) (value.Value, error) {
	out := &jsondoc.Node{Kind: '['}
	step := 1
	if object {
		out.Kind, step = '{', 2
	}
	for i := 0; i < len(args); i += step {
		at := i + step - 1
		v, err := args[at].Eval(row)
		if err != nil {
			return v, err
		}
		if !v.Valid && absent {
			continue
		}
		item, err := Document(v, args[at].Type, raw[at])
		if err != nil {
			return value.NULL, err
		}
		if !object {
			out.Items = append(out.Items, item)
			continue
		}
		k, err := args[i].Eval(row)
		if err != nil {
			return k, err
		}
		out.Set(k.S, item)
	}
	return value.Text(out.String()), nil
}

// bareJSON complains of JSON() outside of what it is for.
func bareJSON(_ *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	return nil, &sqlerr.Error{
		Pos: c.Pos, Class: sqlerr.ClassValidation,
		Message: `The JSON() function is currently only supported inside JSON_ARRAY() or as the VALUE param ` +
			`of JSON_OBJECT(). Example: JSON_OBJECT('a', JSON('{"key": "value"}')) or JSON_ARRAY(JSON('{"key": "value"}')).`,
	}
}
