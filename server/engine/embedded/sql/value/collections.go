package value

import "drey/server/engine/types"

func Same(t types.Type, a, b Value) bool {
	return a.Valid == b.Valid && (!a.Valid || Compare(t, a, b) == 0)
}

func HasKey(t types.Type, entries []Entry, key Value) bool {
	for _, e := range entries {
		if Same(t, e.Key, key) {
			return true
		}
	}
	return false
}

// MapOf makes a MAP: the last of several values for a key counts.
func MapOf(key types.Type, entries []Entry) Value {
	out := []Entry{}
	for _, e := range entries {
		found := false
		for i := range out {
			if Same(key, out[i].Key, e.Key) {
				out[i].Value, found = e.Value, true
			}
		}
		if !found {
			out = append(out, e)
		}
	}
	return Value{Valid: true, R: out}
}
