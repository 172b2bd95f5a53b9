package types

import (
	"fmt"

	"drey/client/flinksql/ast"
)

var simpleTypes = map[string]Type{
	"BOOLEAN": Of(Boolean), "TINYINT": Of(Tinyint), "SMALLINT": Of(Smallint),
	"INTEGER": Of(Integer), "BIGINT": Of(Bigint), "FLOAT": Of(Float), "DOUBLE": Of(Double),
	"STRING": String, "BYTES": {Root: Varbinary, P: MaxLength}, "DATE": Of(Date),
}

// Read gives the type that is written. What no value can have is refused as not
// supported, with its position.
func Read(t *ast.Type) (Type, error) {
	out, err := bareType(t)
	return out.Null(!t.NotNull), err
}

func bareType(t *ast.Type) (Type, error) {
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
			return Of(IntervalMonths), nil
		}
		return Of(IntervalMillis), nil
	case "MULTISET":
		elem, err := Read(t.Elem)
		return Type{Root: Multiset, Elem: &elem}, err
	case "ARRAY":
		elem, err := Read(t.Elem)
		return Type{Root: Array, Elem: &elem}, err
	case "MAP":
		key, err := Read(t.Key)
		if err != nil {
			return Type{}, err
		}
		elem, err := Read(t.Elem)
		return Type{Root: Map, Key: &key, Elem: &elem}, err
	case "ROW":
		return rowType(t)
	}
	return Type{}, ast.Unsupported(t.Pos, "the type "+t.Name)
}

func rowType(t *ast.Type) (Type, error) {
	row := Type{Root: Row}
	for _, f := range t.Fields {
		ft, err := Read(f.Type)
		if err != nil {
			return row, err
		}
		row.Fields = append(row.Fields, Field{Name: f.Name.Text, Type: ft})
	}
	return row, nil
}

func textType(t *ast.Type) (Type, error) {
	root := map[string]Root{"CHAR": Char, "VARCHAR": Varchar, "BINARY": Binary, "VARBINARY": Varbinary}[t.Name]
	p := t.Precision
	switch {
	case p < 0 && (root == Varchar || root == Varbinary):
		p = MaxLength
	case p < 0:
		p = 1
	case p == 0:
		return Type{}, noValue(t.Pos, "a type of length 0")
	}
	return Type{Root: root, P: p}, nil
}

func decimalType(t *ast.Type) (Type, error) {
	p, s := t.Precision, max(t.Scale, 0)
	if p < 0 {
		p = 10
	}
	if p < 1 || p > MaxPrecision || s > p {
		return Type{}, ast.Unsupported(t.Pos, fmt.Sprintf("DECIMAL(%d, %d)", p, s))
	}
	return Dec(p, s), nil
}

func stampType(t *ast.Type) (Type, error) {
	p := t.Precision
	if t.Name == "TIME" { // Flink's SQL keeps no fraction of a TIME
		return Type{Root: Time}, nil
	}
	if p < 0 {
		p = 6
	}
	if p > 9 && t.Name == "TIMESTAMP" {
		return Type{}, noValue(t.Pos, fmt.Sprintf("%s(%d)", t.Name, p))
	}
	if p > 9 {
		return Type{}, ast.Unsupported(t.Pos, fmt.Sprintf("%s(%d)", t.Name, p))
	}
	root := Timestamp
	if t.Name == "TIMESTAMP_LTZ" {
		root = TimestampLTZ
	}
	return Type{Root: root, P: p}, nil
}

// noValue refuses a type that Flink takes in a definition, though no value can
// have it.
func noValue(pos ast.Pos, what string) error {
	e := ast.Unsupported(pos, what)
	e.NoValue = true
	return e
}
