package rowset

import (
	"fmt"
	"strings"

	"drey/client/statement"
)

// TypeText is a type as Flink writes it, without NOT NULL.
func TypeText(t statement.DataType) string {
	name := shortTypes[t.Type]
	switch {
	case t.Type == "VARCHAR" && (t.Length == nil || *t.Length == 1<<31-1):
		return "STRING"
	case t.Type == "VARBINARY" && (t.Length == nil || *t.Length == 1<<31-1):
		return "BYTES"
	case t.ElementType != nil:
		return t.Type + "<" + TypeText(*t.ElementType) + ">"
	case t.KeyType != nil && t.ValueType != nil:
		return "MAP<" + TypeText(*t.KeyType) + ", " + TypeText(*t.ValueType) + ">"
	case len(t.Fields) > 0:
		return rowTypeText(t.Fields)
	case name == "":
		name = t.Type
	}
	switch {
	case t.Length != nil:
		return fmt.Sprintf("%s(%d)", name, *t.Length)
	case t.Precision != nil && t.Scale != nil:
		return fmt.Sprintf("%s(%d, %d)", name, *t.Precision, *t.Scale)
	case t.Precision != nil && strings.HasPrefix(t.Type, "TIME"):
		return fmt.Sprintf("%s(%d)", name, *t.Precision)
	}
	return name
}

func rowTypeText(fields []statement.Field) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = f.Name + " " + TypeText(f.Type)
	}
	return "ROW<" + strings.Join(parts, ", ") + ">"
}

// shortTypes are the SQL names of LogicalTypeRoot names that differ.
var shortTypes = map[string]string{
	"INTEGER": "INT", "TIME_WITHOUT_TIME_ZONE": "TIME", "TIMESTAMP_WITHOUT_TIME_ZONE": "TIMESTAMP",
	"TIMESTAMP_WITH_LOCAL_TIME_ZONE": "TIMESTAMP_LTZ", "TIMESTAMP_WITH_TIME_ZONE": "TIMESTAMP_TZ",
}
