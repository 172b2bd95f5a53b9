package statement

import (
	"encoding/json"
	"fmt"
)

// Row is one change of a result. Its cells share the memory of the answer that
// they came in: text, null, or a list of such, as JSON.
type Row struct {
	Op    Op
	Cells []json.RawMessage
}

// Op is a row's kind of change, with the numbers that Flink's own RowKind has.
type Op int

// The kinds of change.
const (
	Insert Op = iota
	UpdateBefore
	UpdateAfter
	Delete
)

// String is Flink's short form: +I, -U, +U, -D.
func (o Op) String() string {
	switch o {
	case Insert:
		return "+I"
	case UpdateBefore:
		return "-U"
	case UpdateAfter:
		return "+U"
	case Delete:
		return "-D"
	}
	return fmt.Sprintf("?%d", int(o))
}

// Column is a column of a result.
type Column struct {
	Name string
	Type DataType
}

// DataType is the type of a value. Type is Flink's LogicalTypeRoot: INTEGER,
// and VARCHAR of length 2147483647 for STRING; which other members are set
// depends on it.
type DataType struct {
	Type                     string
	Nullable                 bool
	Length, Precision, Scale *int
	KeyType, ValueType       *DataType // of a MAP
	ElementType              *DataType // of an ARRAY or MULTISET
	Fields                   []Field   // of a ROW
	// Resolution and FractionalPrecision are of an INTERVAL.
	Resolution          string
	FractionalPrecision *int
}

// Field is a member of a ROW.
type Field struct {
	Name string
	Type DataType
}
