package config

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"drey/client"
	"drey/themes"
)

// Group says which commands have the flag of a setting.
type Group uint8

// The groups. File settings have no flag.
const (
	File Group = iota
	Server
	Console
	Safety
)

// Setting is one row of the table of settings that are not a context's.
type Setting struct {
	// Name is the key in the file and, after two dashes, the flag.
	Name  string
	Short string // the flag's letter, "" for none
	Env   string // the environment variable, "" for none
	Help  string
	Group Group

	kind   kind
	values []string          // of a choice
	field  func(*Config) any // *string or *bool; nil: read by a function of its own
}

// settings is the table. The connection's variables are those of the confluent
// command line (cmf-behaviour.md §7).
var settings = []Setting{
	{
		Name: "context", Env: "DREY_CONTEXT", Help: "context to begin in: a name under contexts", Group: Server,
		field: func(c *Config) any { return &c.context },
	},
	{
		Name: "url", Env: "CONFLUENT_CMF_URL", Help: "address of the CMF server, such as http://localhost:8080",
		Group: Server, kind: addressKind,
		field: func(c *Config) any { return &c.server.url },
	},
	{
		Name: "certificate-authority-path", Env: "CONFLUENT_CMF_CERTIFICATE_AUTHORITY_PATH", Group: Server,
		kind:  pathKind,
		Help:  "PEM file of the authority that signed the server's certificate",
		field: func(c *Config) any { return &c.server.ca },
	},
	{
		Name: "client-cert-path", Env: "CONFLUENT_CMF_CLIENT_CERT_PATH", Group: Server, kind: pathKind,
		Help:  "PEM file of the client's certificate, for mutual TLS",
		field: func(c *Config) any { return &c.server.cert },
	},
	{
		Name: "client-key-path", Env: "CONFLUENT_CMF_CLIENT_KEY_PATH", Group: Server, kind: pathKind,
		Help: "PEM file of the client's key", field: func(c *Config) any { return &c.server.key },
	},
	{
		Name: "token-file", Env: "DREY_TOKEN_FILE", Group: Server, kind: pathKind,
		Help:  "file with a bearer token (or the token in DREY_TOKEN)",
		field: func(c *Config) any { return &c.server.tokenFile },
	},
	{
		Name: "token", Env: "DREY_TOKEN", Help: "bearer token, where no token-file is given", kind: variableKind,
		field: func(c *Config) any { return &c.server.token },
	},
	{
		Name: "environment", Short: "e", Help: "environment to begin in", Group: Console,
		field: func(c *Config) any { return &c.server.environment },
	},
	{
		Name: "read-only", Help: "send no request that changes anything, in any context", Group: Safety,
		kind:  booleanKind,
		field: func(c *Config) any { return &c.ReadOnly },
	},
	{
		Name: "theme", Help: oneOf(themes.Names()), Group: Console, kind: choiceKind, values: themes.Names(),
		field: func(c *Config) any { return &c.Theme },
	},
	{
		Name: "ascii", Help: "draw with ASCII characters only", Group: Console, kind: booleanKind,
		field: func(c *Config) any { return &c.ASCII },
	},
	{
		Name: "editor", Env: "DREY_EDITOR", Group: Console, field: func(c *Config) any { return &c.Editor },
		Help: "command of the editor that e and a open; builtin for drey's own; without it $VISUAL, $EDITOR or drey's own",
	},
	{
		Name: "progress", Group: File, kind: choiceKind, values: []string{"auto", "on", "off"},
		field: func(c *Config) any { return &c.Progress },
		Help: "auto, on or off: long actions are shown in the terminal's tab or the task bar (OSC 9;4); auto asks it " +
			"of terminals alone that are known to do so",
	},
	{
		Name: "notify", Group: File, kind: choiceKind, values: []string{"bell", "osc9", "off"},
		field: func(c *Config) any { return &c.Notify },
		Help:  "bell, osc9 or off: how the end of a long action is told while the terminal is not in front; without it bell",
	},
	{Name: "keys", Help: "keys of actions by their names, as drey keys lists them", kind: keysKind},
	{Name: "contexts", Help: "the servers, by their names", kind: contextsKind},
}

// AddFlags gives a command the flags of some groups; Load reads them.
func AddFlags(f *pflag.FlagSet, groups ...Group) {
	for _, group := range groups {
		for _, s := range settings {
			switch {
			case s.Group != group:
			case s.kind == booleanKind:
				f.BoolP(s.Name, s.Short, false, s.Help)
			default:
				f.StringP(s.Name, s.Short, "", s.Help)
			}
		}
	}
}

// Help lists the flags that have an environment variable, a line each.
func Help() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 3, ' ', 0)
	for _, s := range settings {
		if s.Env != "" && s.Group != File {
			fmt.Fprintf(w, "  --%s\t%s\n", s.Name, s.Env)
		}
	}
	_ = w.Flush() // of a string: it does not fail
	return b.String()
}

// check is what is wrong with the values of flags and variables; those of the file
// were checked where they stand.
func (c *Config) check() error {
	for _, s := range settings {
		said := c.values[s.Name]
		if len(said) == 0 || said[0].file {
			continue
		}
		switch s.kind {
		case choiceKind:
			if !slices.Contains(s.values, said[0].Text) {
				return fmt.Errorf("%s: want %s, not %q", said[0].From, oneOf(s.values), said[0].Text)
			}
		case addressKind:
			if _, err := client.ParseURL(said[0].Text); err != nil {
				return fmt.Errorf("%s: %w", said[0].From, err)
			}
		}
	}
	return nil
}

// fields are the keys of the file.
func (c *Config) fields() []field {
	var all []field
	for _, s := range settings {
		f := field{name: s.Name, help: s.Help, kind: s.kind, values: s.values}
		switch s.kind {
		case booleanKind:
			f.read = readBool(s.field(c).(*bool))
		case variableKind:
			f.read = func(r *reader, n node, _ string) {
				r.problem(n, "a secret is not written into this file: name a file under token-file, or set %s", s.Env)
			}
		case keysKind:
			f.read = func(r *reader, n node, key string) { r.keys(n, key, c) }
		case contextsKind:
			f.read = func(r *reader, n node, key string) { r.contexts(n, key, c) }
		case addressKind:
			f.read = readServer(s.field(c).(*string))
		case choiceKind:
			f.read = readChoice(s.field(c).(*string), s.values...)
		default:
			f.read = readText(s.field(c).(*string))
		}
		all = append(all, f)
	}
	return all
}
