// Package types is Flink's SQL type system: names, nullability, and the rules
// by which operators and set operations find the type of their result.
package types

import (
	"fmt"
	"strings"
)

// Root is what a type is, without its numbers.
type Root uint8

// The roots.
const (
	Null Root = iota
	Boolean
	Tinyint
	Smallint
	Integer
	Bigint
	Decimal
	Float
	Double
	Char
	Varchar
	Binary
	Varbinary
	Date
	Time
	Timestamp
	TimestampLTZ
	IntervalMonths
	IntervalMillis
	Array
	Multiset
	Map
	Row
)

// MaxLength is the length of STRING and BYTES.
const MaxLength = 2147483647

// MaxPrecision is the most digits of a DECIMAL.
const MaxPrecision = 38

// Type is a data type. P is the length of a text, the precision of a number or
// of a time; S is the scale of a DECIMAL.
type Type struct {
	Root     Root
	Nullable bool
	P, S     int
	Elem     *Type // of ARRAY and MULTISET; the value of a MAP
	Key      *Type // of a MAP
	Fields   []Field
	Rowtime  bool // the event time attribute of a streaming table
	Proctime bool // the time of processing
}

// Field is a member of a ROW.
type Field struct {
	Name string
	Type Type
}

// Of is a NOT NULL type without numbers.
func Of(r Root) Type { return Type{Root: r} }

// Text is VARCHAR of this length, STRING for MaxLength.
func Text(length int) Type { return Type{Root: Varchar, P: length} }

// String is STRING NOT NULL.
var String = Text(MaxLength)

// Dec is DECIMAL(p, s).
func Dec(p, s int) Type { return Type{Root: Decimal, P: p, S: s} }

// Null gives the type with this nullability.
func (t Type) Null(nullable bool) Type {
	t.Nullable = nullable
	return t
}

// OrNull makes the type nullable if the condition holds.
func (t Type) OrNull(cond bool) Type {
	t.Nullable = t.Nullable || cond
	return t
}

// IsInt says whether the type is one of the four integers.
func (t Type) IsInt() bool { return t.Root >= Tinyint && t.Root <= Bigint }

// IsExact says whether the type is an integer or DECIMAL.
func (t Type) IsExact() bool { return t.Root >= Tinyint && t.Root <= Decimal }

// IsApprox says whether the type is FLOAT or DOUBLE.
func (t Type) IsApprox() bool { return t.Root == Float || t.Root == Double }

// IsNumeric says whether the type is a number.
func (t Type) IsNumeric() bool { return t.Root >= Tinyint && t.Root <= Double }

// IsText says whether the type is CHAR or VARCHAR.
func (t Type) IsText() bool { return t.Root == Char || t.Root == Varchar }

// IsBytes says whether the type is BINARY or VARBINARY.
func (t Type) IsBytes() bool { return t.Root == Binary || t.Root == Varbinary }

// IsTimestamp says whether the type is one of the two timestamps.
func (t Type) IsTimestamp() bool { return t.Root == Timestamp || t.Root == TimestampLTZ }

// IsDatetime says whether the type is a date or a time of any kind.
func (t Type) IsDatetime() bool { return t.Root >= Date && t.Root <= TimestampLTZ }

// IsInterval says whether the type is an interval.
func (t Type) IsInterval() bool { return t.Root == IntervalMonths || t.Root == IntervalMillis }

var names = [...]string{
	Null: "NULL", Boolean: "BOOLEAN", Tinyint: "TINYINT", Smallint: "SMALLINT", Integer: "INT", Bigint: "BIGINT",
	Decimal: "DECIMAL", Float: "FLOAT", Double: "DOUBLE", Char: "CHAR", Varchar: "VARCHAR", Binary: "BINARY",
	Varbinary: "VARBINARY", Date: "DATE", Time: "TIME", Timestamp: "TIMESTAMP", TimestampLTZ: "TIMESTAMP_LTZ",
	IntervalMonths: "INTERVAL MONTH", IntervalMillis: "INTERVAL SECOND(3)", Array: "ARRAY", Multiset: "MULTISET",
	Map: "MAP", Row: "ROW",
}

// String is Flink's text of the type, such as DECIMAL(10, 2) NOT NULL.
func (t Type) String() string {
	s := t.bare()
	if !t.Nullable && t.Root != Null {
		return s + " NOT NULL"
	}
	return s
}

func (t Type) bare() string {
	name := names[t.Root]
	switch t.Root {
	case Char, Varchar, Binary, Varbinary, Time, Timestamp, TimestampLTZ:
		return fmt.Sprintf("%s(%d)", name, t.P)
	case Decimal:
		return fmt.Sprintf("DECIMAL(%d, %d)", t.P, t.S)
	case Array, Multiset:
		return name + "<" + t.Elem.String() + ">"
	case Map:
		return "MAP<" + t.Key.String() + ", " + t.Elem.String() + ">"
	case Row:
		var b strings.Builder
		for i, f := range t.Fields {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString("`" + strings.ReplaceAll(f.Name, "`", "``") + "` " + f.Type.String())
		}
		return "ROW<" + b.String() + ">"
	}
	return name
}

// Summary is the type as DESCRIBE shows it: STRING and BYTES by name,
// nullability left out.
func (t Type) Summary() string {
	switch {
	case t.Root == Varchar && t.P == MaxLength:
		return "STRING"
	case t.Root == Varbinary && t.P == MaxLength:
		return "BYTES"
	}
	return t.bare() + t.attribute()
}

// attribute marks the types of time attributes.
func (t Type) attribute() string {
	switch {
	case t.Rowtime:
		return " *ROWTIME*"
	case t.Proctime:
		return " *PROCTIME*"
	}
	return ""
}

// Serial is the type as SHOW CREATE TABLE writes it.
func (t Type) Serial() string {
	s := strings.ReplaceAll(t.String(), "TIMESTAMP_LTZ", "\x00")
	for {
		before, rest, ok := strings.Cut(s, "\x00")
		if !ok {
			return s
		}
		p, after, _ := strings.Cut(rest, ")")
		s = before + "TIMESTAMP" + p + ") WITH LOCAL TIME ZONE" + after
	}
}

// Calcite is the text of the type in messages of the validator.
func (t Type) Calcite() string {
	suffix := t.attribute()
	switch t.Root {
	case Integer:
		return "INTEGER"
	case TimestampLTZ:
		return fmt.Sprintf("TIMESTAMP_WITH_LOCAL_TIME_ZONE(%d)", t.P) + suffix
	case IntervalMonths:
		return "INTERVAL MONTH"
	case IntervalMillis:
		return "INTERVAL SECOND"
	case Array, Multiset:
		return t.Elem.Calcite() + " " + names[t.Root]
	case Map:
		return "(" + t.Key.Calcite() + ", " + t.Elem.Calcite() + ") MAP"
	case Row:
		var parts []string
		for _, f := range t.Fields {
			parts = append(parts, f.Type.Calcite()+" "+f.Name)
		}
		return "RecordType:peek_no_expand(" + strings.Join(parts, ", ") + ")"
	}
	return t.bare() + suffix
}

// Family is the name of the type's family in messages about functions.
func (t Type) Family() string {
	switch {
	case t.IsNumeric():
		return "NUMERIC"
	case t.IsText():
		return "CHARACTER"
	case t.IsTimestamp():
		return "TIMESTAMP"
	case t.IsBytes():
		return "BINARY"
	}
	return t.Calcite()
}

// Equal compares types, nullability left out at the top.
func (t Type) Equal(u Type) bool { return t.bare() == u.bare() }

// Same says whether two types hold the same values: numbers, lengths of text
// and nullability, inside too, are left out.
func (t Type) Same(u Type) bool {
	if t.Root != u.Root {
		return t.IsText() && u.IsText() || t.IsBytes() && u.IsBytes()
	}
	switch t.Root {
	case Decimal:
		return t.S == u.S
	case Array, Multiset:
		return t.Elem.Same(*u.Elem)
	case Map:
		return t.Key.Same(*u.Key) && t.Elem.Same(*u.Elem)
	case Row:
		if len(t.Fields) != len(u.Fields) {
			return false
		}
		for i := range t.Fields {
			if !t.Fields[i].Type.Same(u.Fields[i].Type) {
				return false
			}
		}
	}
	return true
}
