package config

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// platformFields are the settings that a platform adds, below a prefix of their
// names: as they are declared, with * for any name, and as the file has it.
func platformFields(x *Context, all []Field, declared, said string) []field {
	var fields []field
	for _, f := range all {
		name, below := strings.CutPrefix(f.Name, declared)
		if !below || name == "" || name == "*" || strings.Contains(name, ".") {
			continue
		}
		inner := declared + name + "."
		switch {
		case anyBelow(all, inner+"*."):
			fields = append(fields, namedFields(x, all, f, inner+"*.", said+name+"."))
		case anyBelow(all, inner):
			of := part(name, f.Help, platformFields(x, all, inner, said+name+"."), func() {})
			of.required = f.Required
			fields = append(fields, of)
		default:
			fields = append(fields, platformField(x, f, name, said+name))
		}
	}
	return fields
}

func anyBelow(all []Field, prefix string) bool {
	return slices.ContainsFunc(all, func(f Field) bool { return strings.HasPrefix(f.Name, prefix) })
}

// namedFields is a mapping of any names to the same settings.
func namedFields(x *Context, all []Field, f Field, declared, said string) field {
	name := strings.TrimSuffix(strings.TrimSuffix(declared, "*."), ".")
	name = name[strings.LastIndexByte(name, '.')+1:]
	return field{
		name: name, help: f.Help, required: f.Required, kind: mapKind,
		fields: platformFields(&Context{}, all, declared, said),
		read: func(r *reader, n node, key string) {
			if n.Kind != yaml.MappingNode {
				r.wrong(n, "names with settings, one a line")
				return
			}
			for _, p := range r.members(n) {
				if strings.Contains(p.name, ".") || p.name == "" {
					r.problem(p.value, "%q is no name here: want one without dots", shorten(p.name))
					continue
				}
				inner := part(p.name, "", platformFields(x, all, declared, said+p.name+"."), func() {})
				if put(&x.Extra, said+p.name, ""); p.value.Tag != "!!null" {
					inner.read(r, p.value, join(key, p.name))
				}
			}
		},
	}
}

// platformField is a setting that a platform adds; it is remembered under said.
func platformField(x *Context, f Field, name, said string) field {
	of := field{name: name, help: f.Help, required: f.Required}
	switch {
	case f.Secret:
		var s *Secret
		of = secret(name, f.Help, &s)
		of.required = f.Required
		inner := of.read
		of.read = func(r *reader, n node, key string) {
			if inner(r, n, key); s != nil {
				s.List = f.List
				put(&x.Secrets, said, s)
			}
		}
	case f.List:
		of.kind = textsKind
		of.read = func(r *reader, n node, key string) {
			if list, ok := r.texts(n, key, f.Address); ok {
				put(&x.Extra, said, strings.Join(list, "\n"))
			}
		}
	default:
		value := ""
		read := readText(&value)
		if f.Address {
			of.kind, read = addressKind, readAddress(&value)
		}
		of.read = func(r *reader, n node, key string) {
			if read(r, n, key); value != "" {
				x.say(said, value)
			}
		}
	}
	return of
}

// texts reads a text or a list of them, each an address where they have to be.
func (r *reader) texts(n node, key string, addresses bool) ([]string, bool) {
	elements := []node{n}
	if n.Kind == yaml.SequenceNode {
		elements = nil
		for _, element := range n.Content {
			elements = append(elements, node{resolve(element), element.Line})
		}
	}
	before := len(r.problems)
	var all []string
	for _, element := range elements {
		value := ""
		read := readText(&value)
		if addresses {
			read = readAddress(&value)
		}
		read(r, element, key)
		switch {
		case value == "":
		case strings.Contains(value, "\n"):
			r.problem(element, "want one line here")
		case slices.Contains(all, value):
			r.problem(element, "%q stands here twice", shorten(value))
		default:
			all = append(all, value)
		}
	}
	if len(r.problems) > before {
		return nil, false
	}
	if len(all) > 0 {
		r.found(key, n, strings.Join(all, ", "))
	}
	return all, len(all) > 0
}
