package expr

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/jsondoc"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// jsonOf makes JSON of a value of a type that jsonable lets pass.
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

// jsonable complains of what has no form in JSON.
func jsonable(pos parse.Pos, t types.Type) error {
	switch {
	case t.Root == types.Date || t.Root == types.Time:
		return &sqlerr.Error{Pos: pos, Class: sqlerr.ClassTable, Message: "Type '" + t.String() + "' is not scalar or cannot be converted into JSON."}
	case t.Root == types.Map && !t.Key.IsText():
		return &sqlerr.Error{Pos: pos, Class: sqlerr.ClassTable, Message: "Type '" + t.Key.String() + "' is not supported for JSON conversion. The key type must be a character string."}
	case t.Root == types.Array || t.Root == types.Map:
		return jsonable(pos, *t.Elem)
	case t.Root == types.Row:
		for _, f := range t.Fields {
			if err := jsonable(pos, f.Type); err != nil {
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
func jsonString(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.list(c.Args)
	if err != nil {
		return nil, err
	}
	if err := count(c, args, 1); err != nil {
		return nil, err
	}
	t := args[0].Type
	switch {
	case args[0].IsNull():
		return r.Env.node(c.Pos, "JSON_STRING", types.String.Null(true), args, always(value.NULL)), nil
	case t.Root == types.Date || t.Root == types.Time:
		return nil, invalidCall(c.Name, args)
	}
	if err := jsonable(c.Pos, t); err != nil {
		return nil, err
	}
	return Fold(r.Env.node(c.Pos, "JSON_STRING", types.String.Null(t.Nullable), args, strict(args, func(vs []value.Value) (value.Value, error) {
		return value.Text(jsonOf(vs[0], t).String()), nil
	}))), nil
}

// jsonMake resolves JSON_OBJECT and JSON_ARRAY.
func jsonMake(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	object := name == "JSON_OBJECT"
	if c.JSON == nil {
		return nil, sqlerr.Refuse(c.Pos, "%s written this way", name)
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
		if object && i%2 == 0 {
			err = jsonKey(c, x)
		} else if x.IsNull() {
			err = &sqlerr.Error{Pos: c.Pos, Class: sqlerr.ClassTable, Message: "Type is not supported: ANY"}
		} else {
			err = jsonable(c.Pos, x.Type)
		}
		if err != nil {
			return nil, err
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

// jsonKey complains of what is no key of an object.
func jsonKey(c *parse.Call, x *X) error {
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

// jsonPart resolves a member; raw says that it is JSON already.
func (r *Resolver) jsonPart(e parse.Expr, raw *bool) (*X, error) {
	c, ok := e.(*parse.Call)
	if !ok {
		return r.Resolve(e)
	}
	switch strings.ToUpper(c.Name) {
	case "JSON_OBJECT", "JSON_ARRAY":
		*raw = true
	case "JSON":
		if len(c.Args) != 1 {
			return nil, sqlerr.Refuse(c.Pos, "JSON with %d arguments", len(c.Args))
		}
		*raw = true
		return r.Value(c.Args[0])
	}
	return r.Resolve(e)
}

// rawJSON is a value, or the JSON that it holds.
func rawJSON(v value.Value, t types.Type, raw bool) (*jsondoc.Node, error) {
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

func jsonMade(args []*X, raw []bool, row value.Row, object, absent bool) (value.Value, error) {
	out := &jsondoc.Node{Kind: '['}
	step := 1
	if object {
		out.Kind, step = '{', 2
	}
	for i := 0; i < len(args); i += step {
		at := i + step - 1
		v, err := args[at].Fn(row)
		if err != nil {
			return v, err
		}
		if !v.Valid && absent {
			continue
		}
		item, err := rawJSON(v, args[at].Type, raw[at])
		if err != nil {
			return value.NULL, err
		}
		if !object {
			out.Items = append(out.Items, item)
			continue
		}
		k, err := args[i].Fn(row)
		if err != nil {
			return k, err
		}
		out.Set(k.S, item)
	}
	return value.Text(out.String()), nil
}

// jsonQuote is JSON_QUOTE: all but ASCII is escaped.
func jsonQuote(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	var plain, b strings.Builder
	jsondoc.Quote(&plain, v[0].S)
	for _, r := range plain.String() {
		switch {
		case r == '/':
			b.WriteString(`\/`)
		case r <= '~':
			b.WriteRune(r)
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, u)
			}
		}
	}
	return value.Text(b.String()), nil
}

// jsonUnquote is JSON_UNQUOTE of a quoted text; others are left.
func jsonUnquote(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	if !strings.HasPrefix(v[0].S, `"`) || !strings.HasSuffix(v[0].S, `"`) || len(v[0].S) < 2 {
		return v[0], nil
	}
	n, err := jsondoc.Parse(v[0].S)
	if err != nil || n.Kind != 's' {
		return value.NULL, sqlerr.RefuseRow("JSON_UNQUOTE of what is no JSON text")
	}
	return value.Text(n.Text), nil
}
