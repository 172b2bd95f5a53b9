package types

import "drey/client/cmf"

var roots = [...]string{
	Null: "NULL", Boolean: "BOOLEAN", Tinyint: "TINYINT", Smallint: "SMALLINT", Integer: "INTEGER", Bigint: "BIGINT",
	Decimal: "DECIMAL", Float: "FLOAT", Double: "DOUBLE", Char: "CHAR", Varchar: "VARCHAR", Binary: "BINARY",
	Varbinary: "VARBINARY", Date: "DATE", Time: "TIME_WITHOUT_TIME_ZONE", Timestamp: "TIMESTAMP_WITHOUT_TIME_ZONE",
	TimestampLTZ: "TIMESTAMP_WITH_LOCAL_TIME_ZONE", IntervalMonths: "INTERVAL_YEAR_MONTH",
	IntervalMillis: "INTERVAL_DAY_TIME",
	Array:          "ARRAY", Multiset: "MULTISET", Map: "MAP", Row: "ROW",
}

// Wire is the type in the API's schema DataType.
func (t Type) Wire() cmf.DataType {
	d := cmf.DataType{Type: roots[t.Root], Nullable: t.Nullable}
	p, s := t.P, t.S
	switch t.Root {
	case Char, Varchar, Binary, Varbinary:
		d.Length = &p
	case Decimal:
		d.Precision, d.Scale = &p, &s
	case Time, Timestamp, TimestampLTZ:
		d.Precision = &p
	case IntervalMonths:
		p = 2
		d.Resolution, d.Precision = "MONTH", &p
	case IntervalMillis:
		p, s = 2, 3
		d.Resolution, d.Precision, d.FractionalPrecision = "SECOND", &p, &s
	case Array, Multiset:
		e := t.Elem.Wire()
		d.ElementType = &e
	case Map:
		k, v := t.Key.Wire(), t.Elem.Wire()
		d.KeyType, d.ValueType = &k, &v
	case Row:
		for _, f := range t.Fields {
			d.Fields = append(d.Fields, cmf.DataTypeField{Name: f.Name, FieldType: f.Type.Wire()})
		}
	}
	return d
}
