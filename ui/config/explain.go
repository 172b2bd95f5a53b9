package config

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Explain tells what a setting is, the values that were said for it and where,
// the one that counts first. A key is as the file has it, with dots:
// contexts.prod.url; that of an object explains all below it.
func (c Config) Explain(w io.Writer, key string) error {
	f, known := c.field(key)
	if !known {
		return fmt.Errorf(
			"there is no setting %q: drey config schema lists them; those outside of contexts are %s", key,
			strings.Join(names(c.fields()), ", "),
		)
	}
	fmt.Fprintf(w, "%s: %s\n", key, f.help)
	if s, ok := c.setting(key); ok {
		s.explainSources(w)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	said := 0
	for _, name := range c.below(key) {
		for i, v := range c.values[name] {
			use := ""
			if i > 0 {
				use = "(not used)"
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", name, c.shown(name, v), v.From, use)
			said++
		}
	}
	if said == 0 {
		fmt.Fprintln(t, "  not set")
	}
	return t.Flush()
}

// explainSources lists where a setting may come from, in their order.
func (s Setting) explainSources(w io.Writer) {
	var from []string
	if s.Group != File {
		from = append(from, "the flag --"+s.Name)
	}
	if s.Env != "" {
		from = append(from, "the environment variable "+s.Env)
	}
	if s.kind != variableKind {
		from = append(from, "the file")
	}
	fmt.Fprintf(w, "comes from %s\n", strings.Join(from, ", else "))
}

// shown is a value for people: never a secret.
func (c Config) shown(key string, v Value) string {
	if s, ok := c.setting(key); ok && s.kind == variableKind {
		return "(secret)"
	}
	if v.Text == "" {
		return `""`
	}
	return fmt.Sprintf("%q", v.Text)
}

func (c Config) setting(key string) (Setting, bool) {
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Name == key })
	if i < 0 {
		return Setting{}, false
	}
	return settings[i], true
}

// below are the keys with values at or below a key, in order.
func (c Config) below(key string) []string {
	var all []string
	for name := range c.values {
		if name == key || strings.HasPrefix(name, key+".") {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// field finds what a key stands for.
func (c Config) field(key string) (field, bool) {
	first, rest, deeper := strings.Cut(key, ".")
	f, known := find(c.fields(), first)
	if !known || !deeper {
		return f, known
	}
	switch f.kind {
	case keysKind:
		return field{help: "keys of the action " + rest}, true
	case contextsKind:
		return c.contextField(rest)
	}
	return field{}, false
}

// contextField finds a key below contexts. A context's name may have dots.
func (c Config) contextField(key string) (field, bool) {
	for _, x := range c.Contexts {
		rest, ok := strings.CutPrefix(key, x.Name)
		switch {
		case !ok || x.Line == 0:
			continue
		case rest == "":
			return field{help: "a server of platform " + x.Platform}, true
		case rest[0] == '.':
			if f, known := inside(contextFields(&Context{}, c.platform(x.Platform)), rest[1:]); known {
				return f, true
			}
		}
	}
	return field{}, false
}

// inside follows a key into objects.
func inside(fields []field, key string) (field, bool) {
	first, rest, deeper := strings.Cut(key, ".")
	f, known := find(fields, first)
	switch {
	case !known, !deeper:
		return f, known
	case f.kind == mapKind && f.fields != nil:
		if _, below, deeper := strings.Cut(rest, "."); deeper {
			return inside(f.fields, below)
		}
		return field{help: f.help}, true
	case f.kind == mapKind:
		return field{help: f.help}, true
	case f.kind == objectKind:
		return inside(f.fields, rest)
	case f.kind == secretKind:
		return inside(secretFields(&Secret{}), rest)
	}
	return field{}, false
}

func find(fields []field, name string) (field, bool) {
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return field{}, false
	}
	return fields[i], true
}

func (c Config) platform(name string) Platform {
	for _, p := range c.platforms {
		if p.Name == name {
			return p
		}
	}
	return Platform{}
}

// Keyed are the keys that can be explained: the settings, and what the file has.
func (c Config) Keyed() []string {
	var all []string
	for _, s := range settings {
		all = append(all, s.Name)
	}
	for key := range c.values {
		if !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	slices.Sort(all)
	return all
}
