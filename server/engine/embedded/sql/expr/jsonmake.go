package expr

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

// jsonOf writes a value as JSON; ok is false for types drey does not know the
// form of.
func jsonOf(b *strings.Builder, v value.Value, t types.Type) bool {
	if !v.Valid {
		b.WriteString("null")
		return true
	}
	switch {
	case t.IsText():
		quoteJSON(b, v.S)
	case t.Root == types.Boolean:
		b.WriteString(strings.ToLower(v.Text(t, nil)))
	case t.IsExact():
		b.WriteString(v.Text(t, nil))
	case t.Root == types.Double:
		text := v.Text(t, nil)
		if strings.ContainsAny(text, "EIN") {
			return false
		}
		b.WriteString(text)
	case t.Root == types.Array:
		return jsonList(b, v.Items(), '[', func(int) (string, types.Type) { return "", *t.Elem })
	case t.Root == types.Row:
		return jsonList(b, v.Items(), '{', func(i int) (string, types.Type) { return t.Fields[i].Name, t.Fields[i].Type })
	case t.Root == types.Map && t.Key.IsText():
		entries := v.Entries()
		items := make([]value.Value, len(entries))
		for i, e := range entries {
			items[i] = e.Value
		}
		return jsonList(b, items, '{', func(i int) (string, types.Type) { return entries[i].Key.S, *t.Elem })
	default:
		return false
	}
	return true
}

func jsonList(b *strings.Builder, items []value.Value, open byte, at func(int) (string, types.Type)) bool {
	b.WriteByte(open)
	for i, it := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		key, t := at(i)
		if open == '{' {
			quoteJSON(b, key)
			b.WriteByte(':')
		}
		if !jsonOf(b, it, t) {
			return false
		}
	}
	b.WriteByte(open + 2)
	return true
}

// jsonString resolves JSON_STRING.
func jsonString(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.known(c)
	if err != nil {
		return nil, err
	}
	if err := count(c, args, 1); err != nil {
		return nil, err
	}
	t := args[0].Type
	return Fold(r.Env.node(c.Pos, "JSON_STRING", types.String.Null(t.Nullable), args, strict(args, func(vs []value.Value) (value.Value, error) {
		var b strings.Builder
		if !jsonOf(&b, vs[0], t) {
			return value.NULL, refuseRow("JSON_STRING of %s", t)
		}
		return value.Text(b.String()), nil
	}))), nil
}

// jsonMake resolves JSON_OBJECT and JSON_ARRAY.
func jsonMake(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	object := name == "JSON_OBJECT"
	if c.JSON == nil {
		return nil, Refuse(c.Pos, "%s written this way", name)
	}
	absent := c.JSON.OnNull == "ABSENT" || c.JSON.OnNull == "" && !object
	args := make([]*X, len(c.Args))
	raw := make([]bool, len(c.Args))
	key := name
	for i, a := range c.Args {
		x, err := r.jsonPart(a, &raw[i])
		if err != nil {
			return nil, err
		}
		if x.IsNull() {
			return nil, &Error{Pos: c.Pos, Class: ClassTable, Message: "Type is not supported: ANY"}
		}
		if object && i%2 == 0 && (!x.Type.IsText() || x.Type.Nullable) {
			return nil, Refuse(x.Pos, "a key of type %s", x.Type)
		}
		args[i] = x
	}
	if absent {
		key += " ABSENT"
	}
	return Fold(r.Env.node(c.Pos, key, types.String, args, func(row value.Row) (value.Value, error) {
		return jsonMade(args, raw, row, object, absent)
	})), nil
}

// jsonPart resolves a member; raw says that it is JSON already.
func (r *Resolver) jsonPart(e parse.Expr, raw *bool) (*X, error) {
	c, ok := e.(*parse.Call)
	if !ok {
		return r.Resolve(e)
	}
	switch strings.ToUpper(c.Name) {
	case "JSON_OBJECT", "JSON_ARRAY":
		*raw = true
	case "JSON_QUERY":
		return nil, Refuse(c.Pos, "JSON_QUERY within JSON")
	case "JSON":
		if len(c.Args) != 1 {
			return nil, Refuse(c.Pos, "JSON with %d arguments", len(c.Args))
		}
		*raw = true
		return r.Value(c.Args[0])
	}
	return r.Resolve(e)
}

func jsonMade(args []*X, raw []bool, row value.Row, object, absent bool) (value.Value, error) {
	var b strings.Builder
	open := byte('[')
	step := 1
	if object {
		open, step = '{', 2
	}
	b.WriteByte(open)
	for i := 0; i < len(args); i += step {
		at := i + step - 1
		v, err := args[at].Fn(row)
		if err != nil {
			return v, err
		}
		if !v.Valid && absent {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		if object {
			k, err := args[i].Fn(row)
			if err != nil {
				return k, err
			}
			quoteJSON(&b, k.S)
			b.WriteByte(':')
		}
		if raw[at] && v.Valid {
			n, err := parseJSON(v.S)
			if err != nil {
				return value.NULL, refuseRow("JSON of what is no JSON")
			}
			n.append(&b)
			continue
		}
		if !jsonOf(&b, v, args[at].Type) {
			return value.NULL, refuseRow("a value of type %s in JSON", args[at].Type)
		}
	}
	b.WriteByte(open + 2)
	return value.Text(b.String()), nil
}

// jsonQuote is JSON_QUOTE of texts that need no rare escapes.
func jsonQuote(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	for _, r := range v[0].S {
		if r > '~' || r < ' ' || r == '/' {
			return value.NULL, refuseRow("JSON_QUOTE of special characters")
		}
	}
	var b strings.Builder
	quoteJSON(&b, v[0].S)
	return value.Text(b.String()), nil
}

// jsonUnquote is JSON_UNQUOTE of a quoted text, or of one without quotes.
func jsonUnquote(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	if !strings.HasPrefix(v[0].S, `"`) {
		return v[0], nil
	}
	n, err := parseJSON(v[0].S)
	if err != nil || n.kind != 's' {
		return value.NULL, refuseRow("JSON_UNQUOTE of what is no JSON text")
	}
	return value.Text(n.text), nil
}
