package expr

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
)

var simpleTypes = map[string]types.Type{
	"BOOLEAN": types.Of(types.Boolean), "TINYINT": types.Of(types.Tinyint), "SMALLINT": types.Of(types.Smallint),
	"INTEGER": types.Of(types.Integer), "BIGINT": types.Of(types.Bigint), "FLOAT": types.Of(types.Float), "DOUBLE": types.Of(types.Double),
	"STRING": types.String, "BYTES": {Root: types.Varbinary, P: types.MaxLength}, "DATE": types.Of(types.Date),
}

// TypeOf gives the type that is written.
func (e *Env) TypeOf(t *parse.Type) (types.Type, error) { return e.typeOf(t) }

// typeOf gives the type that is written.
func (e *Env) typeOf(t *parse.Type) (types.Type, error) {
	out, err := e.bareType(t)
	return out.Null(!t.NotNull), err
}

func (e *Env) bareType(t *parse.Type) (types.Type, error) {
	if s, ok := simpleTypes[t.Name]; ok {
		return s, nil
	}
	switch t.Name {
	case "CHAR", "VARCHAR", "BINARY", "VARBINARY":
		return textType(t)
	case "DECIMAL":
		return decimalType(t)
	case "TIME", "TIMESTAMP", "TIMESTAMP_LTZ":
		return stampType(t)
	case "INTERVAL":
		if t.Units[0] == "YEAR" || t.Units[0] == "MONTH" {
			return types.Of(types.IntervalMonths), nil
		}
		return types.Of(types.IntervalMillis), nil
	case "MULTISET":
		elem, err := e.typeOf(t.Elem)
		return types.Type{Root: types.Multiset, Elem: &elem}, err
	case "ARRAY":
		elem, err := e.typeOf(t.Elem)
		return types.Type{Root: types.Array, Elem: &elem}, err
	case "MAP":
		key, err := e.typeOf(t.Key)
		if err != nil {
			return types.Type{}, err
		}
		elem, err := e.typeOf(t.Elem)
		return types.Type{Root: types.Map, Key: &key, Elem: &elem}, err
	case "ROW":
		return e.rowType(t)
	}
	return types.Type{}, Refuse(t.Pos, "the type %s", t.Name)
}

func (e *Env) rowType(t *parse.Type) (types.Type, error) {
	row := types.Type{Root: types.Row}
	for _, f := range t.Fields {
		ft, err := e.typeOf(f.Type)
		if err != nil {
			return row, err
		}
		row.Fields = append(row.Fields, types.Field{Name: f.Name.Text, Type: ft})
	}
	return row, nil
}

func textType(t *parse.Type) (types.Type, error) {
	root := map[string]types.Root{"CHAR": types.Char, "VARCHAR": types.Varchar, "BINARY": types.Binary, "VARBINARY": types.Varbinary}[t.Name]
	p := t.Precision
	switch {
	case p < 0 && (root == types.Varchar || root == types.Varbinary):
		p = types.MaxLength
	case p < 0:
		p = 1
	case p == 0:
		return types.Type{}, Refuse(t.Pos, "a type of length 0")
	}
	return types.Type{Root: root, P: p}, nil
}

func decimalType(t *parse.Type) (types.Type, error) {
	p, s := t.Precision, max(t.Scale, 0)
	if p < 0 {
		p = 10
	}
	if p < 1 || p > types.MaxPrecision || s > p {
		return types.Type{}, Refuse(t.Pos, "DECIMAL(%d, %d)", p, s)
	}
	return types.Dec(p, s), nil
}

func stampType(t *parse.Type) (types.Type, error) {
	p := t.Precision
	if t.Name == "TIME" { // Flink's SQL keeps no fraction of a TIME
		return types.Type{Root: types.Time}, nil
	}
	if p < 0 {
		p = 6
	}
	if p > 9 {
		return types.Type{}, Refuse(t.Pos, "%s(%d)", t.Name, p)
	}
	root := types.Timestamp
	if t.Name == "TIMESTAMP_LTZ" {
		root = types.TimestampLTZ
	}
	return types.Type{Root: root, P: p}, nil
}
