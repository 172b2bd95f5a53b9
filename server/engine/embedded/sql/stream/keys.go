package stream

import (
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// RankKey is an expression to sort by.
type RankKey struct {
	Fn expr.Fn
	SortKey
}

func KeyOf(fns []expr.Fn, ts []types.Type, row value.Row) (string, error) {
	var key []byte
	for i, fn := range fns {
		v, err := fn(row)
		if err != nil {
			return "", err
		}
		key = value.AppendKey(key, ts[i], v)
	}
	return string(key), nil
}

func RankValues(keys []RankKey, row value.Row) (value.Row, error) {
	out := make(value.Row, len(keys))
	for i, k := range keys {
		v, err := k.Fn(row)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func CompareRank(keys []RankKey, a, b value.Row) int {
	for i, k := range keys {
		k.Column = i
		if c := CompareRows([]SortKey{k.SortKey}, a, b); c != 0 {
			return c
		}
	}
	return 0
}
