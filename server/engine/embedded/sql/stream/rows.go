package stream

import "drey/server/engine/embedded/sql/value"

func JoinRows(a, b value.Row) value.Row {
	return append(append(make(value.Row, 0, len(a)+len(b)), a...), b...)
}

func RemoveAt(list []value.Row, at int) []value.Row {
	return append(list[:at:at], list[at+1:]...)
}

func InsertAt(list []value.Row, at int, row value.Row) []value.Row {
	list = append(list, nil)
	copy(list[at+1:], list[at:])
	list[at] = row
	return list
}
