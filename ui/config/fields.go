package config

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"golang.org/x/net/http/httpguts"

	"drey/client"
	"drey/themes"
	"drey/views"
)

// contextFields is the table of what a context of a platform may say. Reading,
// the schema, explain and the documentation come from it.
func contextFields(x *Context, of Platform) []field {
	all := []field{
		{name: "platform", help: "kind of server", kind: choiceKind, required: true, read: readPlatform(&x.Platform)},
		{name: "url", help: "address of the server; a path before the API's is kept", kind: addressKind, read: readAddress(&x.URL)},
		{name: "environment", help: "environment or namespace to begin in", read: readText(&x.Environment)},
		{
			name: "read-only", kind: choiceKind, values: []string{"false", "true", "queries"},
			read: readReadOnly(&x.ReadOnly),
			help: "true: send no request that changes anything; queries: SELECT, SHOW, DESCRIBE and EXPLAIN may be run, " +
				"stopped and deleted, nothing else",
		},
		choice("colour", "colour of header and frame", &x.Colour, themes.Colours...),
		{name: "label", help: "word in the header, such as PRODUCTION", read: readText(&x.Label)},
		{
			name: "confirm", kind: choiceKind, values: []string{"typed"},
			help: "typed: a change asks for the context's name instead of a yes",
			read: func(r *reader, n node, key string) {
				word := ""
				readChoice(&word, "typed")(r, n, key)
				x.ConfirmTyped = word == "typed"
			},
		},
		{
			name: "auth", kind: objectKind, oneOf: true, help: "who one is: one of token, basic, oauth, mds",
			fields: authFields(new(Auth)),
			read:   func(r *reader, n node, key string) { r.auth(n, key, &x.Auth) },
		},
		object("tls", "certificates", tlsFields(&x.TLS)),
		{name: "proxy", help: "http://HOST:PORT, https://…, socks5://…, or none; without it the environment's", kind: addressKind, read: readProxy(&x.Proxy)},
		{name: "headers", help: "headers of each request, by name", kind: mapKind, read: readHeaders(&x.Headers)},
		{name: "timeout", help: "of a request, such as 30s", kind: durationKind, read: readDuration(&x.Timeout)},
	}
	own := platformFields(x, of.Fields, "", "")
	all = slices.DeleteFunc(all, func(f field) bool {
		_, replaced := find(own, f.name)
		return replaced
	})
	return append(all, own...)
}

func authFields(a *Auth) []field {
	basic, oauth, mds := &Basic{}, &OAuth{}, &MDS{}
	basicFields := []field{
		required(field{name: "user", help: "name of the user", read: readText(&basic.User)}),
		required(secret("password", "password of the user", &basic.Password)),
	}
	oauthFields := []field{
		required(field{
			name: "url", help: "address that gives tokens", kind: addressKind, read: readAddress(&oauth.URL),
		}),
		required(field{name: "client", help: "id of the client", read: readText(&oauth.Client)}),
		required(secret("secret", "secret of the client", &oauth.Secret)),
		{name: "scope", help: "scopes, with blanks between", read: readText(&oauth.Scope)},
	}
	mdsFields := []field{
		{
			name: "url", help: "address of Confluent's Metadata Service; without it the server's own",
			kind: addressKind, read: readAddress(&mds.URL),
		},
		required(field{name: "user", help: "name of the user", read: readText(&mds.User)}),
		required(secret("password", "password of the user", &mds.Password)),
	}
	return []field{
		secret("token", "bearer token", &a.Token),
		part("basic", "user and password", basicFields, func() { a.Basic = basic }),
		part("oauth", "client credentials of OAuth 2", oauthFields, func() { a.OAuth = oauth }),
		part("mds", "sign-in of Confluent Platform", mdsFields, func() { a.MDS = mds }),
	}
}

func tlsFields(t *TLS) []field {
	return []field{
		{name: "ca", help: "PEM file of the authority that signed the server's certificate", kind: pathKind, read: readPath(&t.CA)},
		{name: "cert", help: "PEM file of the client's certificate, for mutual TLS", kind: pathKind, read: readPath(&t.Cert)},
		{name: "key", help: "PEM file of the client's key", kind: pathKind, read: readPath(&t.Key)},
		{name: "server-name", help: "name that the server's certificate is for, where it is not the address's", read: readText(&t.ServerName)},
	}
}

func required(f field) field {
	f.required = true
	return f
}

func choice(name, help string, to *string, values ...string) field {
	return field{name: name, help: help, kind: choiceKind, values: values, read: readChoice(to, values...)}
}

func object(name, help string, fields []field) field { return part(name, help, fields, func() {}) }

// part is an object that counts once all that it requires is there.
func part(name, help string, fields []field, done func()) field {
	return field{name: name, help: help, kind: objectKind, fields: fields, read: func(r *reader, n node, key string) {
		before := len(r.problems)
		if !r.object(n, key, "a setting of "+name, fields) {
			return
		}
		for _, f := range fields {
			if f.required && r.values[join(key, f.name)] == nil && len(r.problems) == before {
				r.problem(n, "%s has no %s", name, f.name)
			}
		}
		done()
	}}
}

// auth reads who one is: one way.
func (r *reader) auth(n node, key string, to *Auth) {
	fields := authFields(to)
	if !r.object(n, key, "a setting of auth", fields) {
		return
	}
	if given := r.members(n); len(given) != 1 && r.healthy(n) {
		r.problem(n, "auth wants one of %s, not %d", strings.Join(names(fields), ", "), len(given))
	}
}

// healthy tells that nothing was said of a value's lines yet.
func (r *reader) healthy(n node) bool {
	return !slices.ContainsFunc(r.problems, func(p problem) bool { return p.line >= n.line })
}

// secret is a field whose value is somewhere else.
func secret(name, help string, to **Secret) field {
	return field{name: name, help: help, kind: secretKind, read: func(r *reader, n node, key string) {
		s := &Secret{getenv: r.getenv}
		if r.secret(n, key, name, s) {
			*to = s
			r.found(key, n, s.String())
		}
	}}
}

// secretFields are the ways to say where a secret is.
func secretFields(s *Secret) []field {
	return []field{
		{name: "file", help: "file that holds it and nothing else", kind: pathKind, read: readPath(&s.File)},
		{name: "env", help: "environment variable that holds it", read: readText(&s.Env)},
		{
			name: "command", help: "program that prints it, and its arguments", kind: listKind,
			read: func(r *reader, n node, _ string) {
				list, ok := r.strings(n, "a list here: [PROGRAM, ARGUMENT, …]; want it")
				switch {
				case ok && (len(list) == 0 || list[0] == ""):
					r.problem(n, "want a program and its arguments: [PROGRAM, ARGUMENT, …]")
				case ok:
					s.Command = slices.Clone(list)
					s.Command[0] = r.program(list[0])
				}
			},
		},
	}
}

// secret reads where a secret is. What stands there instead is not shown: it
// may be the secret.
func (r *reader) secret(n node, key, name string, s *Secret) bool {
	n.Node = resolve(n.Node)
	if n.Kind != yaml.MappingNode {
		r.problem(
			n,
			"a secret is not written into this file: want %s: {file: PATH}, {env: NAME} or {command: [PROGRAM, ARGUMENT, …]}",
			name,
		)
		return false
	}
	before := len(r.problems)
	r.object(n, key, "a place of a secret", secretFields(s))
	given := 0
	for _, there := range []bool{s.File != "", s.Env != "", len(s.Command) > 0} {
		if there {
			given++
		}
	}
	if given != 1 && len(r.problems) == before {
		r.problem(n, "%s wants one of file, env, command", name)
	}
	return len(r.problems) == before
}

func put[V any](m *map[string]V, name string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[name] = value
}

func readPlatform(to *string) func(*reader, node, string) {
	return func(r *reader, n node, key string) { readChoice(to, r.platformNames()...)(r, n, key) }
}

func readChoice(to *string, values ...string) func(*reader, node, string) {
	return func(r *reader, n node, key string) {
		if n.Kind != yaml.ScalarNode || !slices.Contains(values, n.Value) {
			r.wrong(n, oneOf(values))
			return
		}
		*to = n.Value
		r.found(key, n, n.Value)
	}
}

func oneOf(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return strings.Join(values[:len(values)-1], ", ") + " or " + values[len(values)-1]
}

func readReadOnly(to *views.ReadOnly) func(*reader, node, string) {
	return func(r *reader, n node, key string) {
		yes := false
		switch {
		case n.Kind == yaml.ScalarNode && n.Value == "queries":
			*to = views.QueriesOnly
		case n.Kind != yaml.ScalarNode || n.Decode(&yes) != nil:
			r.wrong(n, "true, false or queries")
			return
		case yes:
			*to = views.NothingAtAll
		}
		r.found(key, n, n.Value)
	}
}

func readAddress(to *string) func(*reader, node, string) {
	return func(r *reader, n node, key string) {
		text, ok := r.text(n)
		if !ok {
			return
		}
		address, err := client.ParseURL(text)
		if err != nil {
			r.problem(n, "%v", err)
			return
		}
		*to = address
		r.found(key, n, address)
	}
}

// readServer reads the address of the old keys, which a console with a server of
// its own does not need.
func readServer(to *string) func(*reader, node, string) {
	return func(r *reader, n node, key string) {
		if r.local {
			readText(to)(r, n, key)
			return
		}
		readAddress(to)(r, n, key)
	}
}

func readProxy(to *string) func(*reader, node, string) {
	return func(r *reader, n node, key string) {
		text, ok := r.text(n)
		if !ok {
			return
		}
		if err := client.CheckProxy(text); err != nil {
			r.problem(n, "%v", err)
			return
		}
		*to = text
		r.found(key, n, text)
	}
}

// The shortest and the longest time that a request may take.
const (
	minTimeout = time.Second
	maxTimeout = 10 * time.Minute
)

func readDuration(to *time.Duration) func(*reader, node, string) {
	return func(r *reader, n node, key string) {
		d, err := time.ParseDuration(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil || d < minTimeout || d > maxTimeout {
			r.wrong(n, "a time from 1s to 10m, such as 30s,")
			return
		}
		*to = d
		r.found(key, n, d.String())
	}
}

// readPath reads the path of a file: ~ is the home folder, and what does not
// begin at the root is beside the configuration.
func readPath(to *string) func(*reader, node, string) {
	return func(r *reader, n node, key string) {
		text, ok := r.text(n)
		if !ok || text == "" {
			return
		}
		*to = r.absolute(text)
		r.found(key, n, *to)
	}
}

func (r *reader) absolute(path string) string {
	if rest, home := strings.CutPrefix(path, "~"); home && (rest == "" || rest[0] == '/') {
		return filepath.Join(HomeDir(r.getenv), rest)
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(r.path), path)
}

// program is a path where it is written as one; a bare name is looked for where
// programs are.
func (r *reader) program(name string) string {
	if strings.ContainsRune(name, '/') {
		return r.absolute(name)
	}
	return name
}

// Headers that are secrets, and those that belong to a request itself.
var (
	secretHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie"}
	ownHeaders    = []string{
		"Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Host", "If-None-Match",
		"Transfer-Encoding", "Upgrade",
	}
)

func readHeaders(to *map[string]string) func(*reader, node, string) {
	return func(r *reader, n node, key string) {
		if n.Kind != yaml.MappingNode {
			r.wrong(n, "names with values, one a line")
			return
		}
		for _, p := range r.members(n) {
			name := http.CanonicalHeaderKey(p.name)
			switch {
			case !httpguts.ValidHeaderFieldName(p.name):
				r.problem(p.value, "%q is no name of a header", shorten(p.name))
			case slices.Contains(secretHeaders, name):
				r.problem(p.value, "%s is a secret: say under auth who you are", name)
			case slices.Contains(ownHeaders, name):
				r.problem(p.value, "%s is set by drey itself", name)
			default:
				r.header(p.value, join(key, name), name, to)
			}
		}
	}
}

func (r *reader) header(n node, key, name string, to *map[string]string) {
	text, ok := r.text(n)
	if !ok {
		return
	}
	if !httpguts.ValidHeaderFieldValue(text) {
		r.problem(n, "%s: a header is one line of text", name)
		return
	}
	put(to, name, text)
	r.found(key, n, text)
}
