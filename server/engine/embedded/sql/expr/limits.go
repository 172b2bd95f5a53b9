package expr

import (
	"strings"

	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// TooLarge is the failure of a statement at a value of so many bytes.
func TooLarge(what string, size int64) error {
	return sqlerr.Fail(
		"java.lang.IllegalStateException",
		"the value of %s takes %s (%d bytes); the embedded engine computes values of at most %s", what,
		memory.Text(size), size, memory.Text(memory.MaxValue),
	)
}

// Fits says whether a text of so many bytes may be made; asked before it is.
func Fits(what string, size int64) error {
	if size > memory.MaxValue || size < 0 {
		return TooLarge(what, size)
	}
	return nil
}

// ListSize is about how many bytes a list of n values takes besides their texts.
func ListSize(n int) int64 { return int64(n) * value.NULL.Size() }

// limited fails where a function gives a value that is too large.
func limited(what string, t types.Type, fn Fn) Fn {
	if fn == nil || !t.IsText() && !t.IsBytes() && t.Root < types.Array {
		return fn
	}
	if i := strings.IndexByte(what, '('); i > 0 {
		what = what[:i]
	}
	return func(row value.Row) (value.Value, error) {
		v, err := fn(row)
		if err != nil || len(v.S) <= memory.MaxValue && v.R == nil {
			return v, err
		}
		if n := v.Size(); v.Valid && n > memory.MaxValue {
			return value.NULL, TooLarge(what, n)
		}
		return v, nil
	}
}

// large is from which length on a text is worth a look at what it shares.
const large = 1 << 10

// unshared copies a short text that was cut from a long one, which would stay
// in memory with it.
func unshared(v value.Value, longest int) value.Value {
	if longest <= large {
		return v
	}
	if len(v.S) < longest/2 {
		v.S = strings.Clone(v.S)
	}
	switch r := v.R.(type) { // lists were made for this value; their parts are cut from the text
	case []value.Value:
		for i := range r {
			r[i].S = strings.Clone(r[i].S)
		}
	case []value.Entry:
		for i := range r {
			r[i].Key.S, r[i].Value.S = strings.Clone(r[i].Key.S), strings.Clone(r[i].Value.S)
		}
	}
	return v
}

// Arguments bounds what the arguments of one call hold together, while they
// are computed one after the other.
type Arguments struct {
	all     int64
	longest int
}

func (a *Arguments) Add(v value.Value) error {
	a.longest = max(a.longest, len(v.S))
	if a.all += int64(len(v.S)); a.all > 4*memory.MaxValue {
		return TooLarge("the arguments of a function", a.all)
	}
	return nil
}

// FitsJoined is fits for texts that are put together.
func FitsJoined(what string, parts []string, sep string) error {
	n := int64(len(sep)) * int64(max(0, len(parts)-1))
	for _, p := range parts {
		n += int64(len(p))
	}
	return Fits(what, n)
}
