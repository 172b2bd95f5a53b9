// Package cast converts values from one type to another as CAST of Flink does,
// and says which casts Flink forbids.
package cast

import (
	"time"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Convert changes a value that is not NULL to another type.
type Convert func(v value.Value) (value.Value, error)

// To gives the conversion between two types.
func To(zone *time.Location, pos ast.Pos, from, to types.Type) (Convert, error) {
	if err := Forbidden(pos, from, to); err != nil {
		return nil, err
	}
	var conv Convert
	switch {
	case to.IsText():
		conv = toText(zone, from, to)
	case to.IsNumeric():
		conv = toNumber(from, to)
	case to.Root == types.Boolean:
		conv = toBoolean(from)
	case to.IsDatetime():
		conv = toTime(zone, from, to)
	case to.IsBytes() && (from.IsText() || from.IsBytes()):
		conv = func(v value.Value) (value.Value, error) { return value.Text(FitBytes(v.S, to)), nil }
	case to.IsInterval() && from.Root == to.Root:
		conv = same
	case from.Root == to.Root:
		return nestedParts(zone, pos, from, to)
	}
	if conv == nil {
		return nil, sqlerr.Refuse(pos, "CAST from %s to %s", from, to)
	}
	return conv, nil
}

func same(v value.Value) (value.Value, error) { return v, nil }

func FitBytes(s string, t types.Type) string {
	if len(s) > t.P {
		s = s[:t.P]
	}
	for t.Root == types.Binary && len(s) < t.P {
		s += "\x00"
	}
	return s
}

// nestedParts converts the parts of an ARRAY, ROW or MAP.
func nestedParts(zone *time.Location, pos ast.Pos, from, to types.Type) (Convert, error) {
	switch from.Root {
	case types.Array:
		part, err := To(zone, pos, *from.Elem, *to.Elem)
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
			if parts[i], err = To(zone, pos, from.Fields[i].Type, to.Fields[i].Type); err != nil {
				return nil, err
			}
		}
		return func(v value.Value) (value.Value, error) {
			return convertItems(v.Items(), func(i int) Convert { return parts[i] })
		}, nil
	case types.Map:
		return nestedMap(zone, pos, from, to)
	}
	return nil, sqlerr.Refuse(pos, "CAST from %s to %s", from, to)
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

func nestedMap(zone *time.Location, pos ast.Pos, from, to types.Type) (Convert, error) {
	key, err := To(zone, pos, *from.Key, *to.Key)
	if err != nil {
		return nil, err
	}
	val, err := To(zone, pos, *from.Elem, *to.Elem)
	if err != nil {
		return nil, err
	}
	return func(v value.Value) (value.Value, error) {
		var out []value.Entry
		for _, en := range v.Entries() {
			kv, err := convertItems([]value.Value{en.Key, en.Value}, func(i int) Convert {
				return []Convert{key, val}[i]
			})
			if err != nil {
				return value.NULL, err
			}
			out = append(out, value.Entry{Key: kv.Items()[0], Value: kv.Items()[1]})
		}
		return value.Value{Valid: true, R: out}, nil
	}, nil
}
