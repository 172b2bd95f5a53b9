package cmf

import (
	"bytes"
	"hash/maphash"
	"strings"
)

// Trim leaves of the objects of a list the members that are wanted: servers that do
// not know the parameter fields send whole objects, a hundred thousand of which are
// hundreds of megabytes. It serves one list; its methods are not to be called at the
// same time.
type Trim struct {
	wanted members
	seed   maphash.Seed
	// specs are the specifications that there are, by their text: thousands of
	// objects have the same of what is left.
	specs map[string]Object
}

// mostSpecs is how many specifications are remembered.
const mostSpecs = 1024

// members are names of members; of those that have members themselves only these are
// wanted, and all of one that has none here.
type members map[string]members

// NewTrim makes one of the paths of the members that are wanted, with dots between the
// names, as the parameter fields has them.
func NewTrim(fields []string) *Trim {
	t := &Trim{wanted: members{}, seed: maphash.MakeSeed(), specs: map[string]Object{}}
	for _, field := range fields {
		t.wanted.add(field)
	}
	return t
}

func (m members) add(path string) {
	for name := range strings.SplitSeq(path, ".") {
		if m[name] == nil {
			m[name] = members{}
		}
		m = m[name]
	}
}

// Trim leaves of an application what is wanted. Sum tells it from one that had other
// members.
func (a *FlinkApplication) Trim(t *Trim) {
	var sum maphash.Hash
	sum.SetSeed(t.seed)
	for _, part := range []Object{a.Metadata, a.Spec, a.Status} {
		_, _ = sum.Write(part) // it never fails
		_ = sum.WriteByte(0)
	}
	a.Sum, a.Extra = sum.Sum64(), nil
	a.Metadata = t.of("metadata", a.Metadata)
	a.Status = t.of("status", a.Status)
	spec := t.of("spec", a.Spec)
	known, ok := t.specs[string(spec)]
	if !ok && len(t.specs) < mostSpecs {
		t.specs[string(spec)] = spec
	}
	if ok {
		spec = known
	}
	a.Spec = spec
}

// of is the part of a member that is wanted, absent where the member is.
func (t *Trim) of(name string, o Object) Object {
	if len(o) == 0 {
		return nil
	}
	var scratch [512]byte
	return append(Object(nil), t.wanted[name].appendTo(scratch[:0], o)...)
}

// appendTo appends an object of its members that are wanted.
func (m members) appendTo(b, object []byte) []byte {
	begin := len(b)
	b = append(b, '{')
	eachMember(object, func(key, value []byte) {
		inside, ok := m.under(key)
		if !ok || len(inside) > 0 && value[0] != '{' {
			return
		}
		if len(b) > begin+1 {
			b = append(b, ',')
		}
		b = append(append(b, key...), ':')
		if len(inside) > 0 {
			b = inside.appendTo(b, value)
		} else {
			b = append(b, value...)
		}
	})
	return append(b, '}')
}

// under are the members that are wanted of the one with a quoted name; ok is false
// where it is not wanted itself.
func (m members) under(key []byte) (inside members, ok bool) {
	name := key[1 : len(key)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		inside, ok = m[unquote(key)]
		return inside, ok
	}
	inside, ok = m[string(name)]
	return inside, ok
}
