package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"drey/client"
	"drey/views"
)

// Context is a server and how it is reached. Its values are checked, but for
// what only using them shows: files, commands, the server.
type Context struct {
	Name        string
	Platform    string
	URL         string
	Environment string // to begin in; "" for all
	ReadOnly    views.ReadOnly
	Colour      string // one of themes.Colours; "" for none
	Label       string // shown in capitals or not, as it is written
	// ConfirmTyped asks for the context's name where others ask for a yes.
	ConfirmTyped bool
	Auth         Auth
	TLS          TLS
	Proxy        string // http, https, socks5 with host; none; "": the environment's
	Headers      map[string]string
	Timeout      time.Duration // of a request; 0 for the client's own
	// Extra are the settings that its platform adds, by name; Secrets those that
	// are secret.
	// The names of fields below others have dots.
	Extra   map[string]string
	Secrets map[string]*Secret
	// Line is where the file has it, 0 for one that the file does not name.
	Line int

	getenv func(string) string
}

// Auth is who one is: at most one of them.
type Auth struct {
	Token *Secret
	Basic *Basic
	OAuth *OAuth
	MDS   *MDS
}

// Basic is a user and a password, sent with each request.
type Basic struct {
	User     string
	Password *Secret
}

// OAuth are client credentials that a token is fetched with.
type OAuth struct {
	URL, Client, Scope string // Scope may hold several, with blanks between
	Secret             *Secret
}

// MDS is Confluent's Metadata Service, where a token is signed in for. URL is
// "" where the server itself has it.
type MDS struct {
	URL, User string
	Password  *Secret
}

// TLS are PEM files and the name that the server's certificate is for.
type TLS struct{ CA, Cert, Key, ServerName string }

// contextName is a name that a command line, an address and a prompt can hold.
var contextName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// contexts reads the servers.
func (r *reader) contexts(n node, key string, c *Config) {
	if r.local {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "names with values, one a line")
		return
	}
	for _, p := range r.members(n) {
		if !contextName.MatchString(p.name) {
			r.problem(
				p.value, "%q is no name of a context: want at most 63 letters, digits, dots, - and _", shorten(p.name),
			)
			continue
		}
		x := Context{Name: p.name, Line: p.value.line, getenv: r.getenv}
		r.context(p.value, join(key, p.name), &x)
		c.Contexts = append(c.Contexts, x)
	}
}

// context reads one of them.
func (r *reader) context(n node, key string, x *Context) {
	platform, known := r.platformOf(n)
	before := len(r.problems)
	if !r.object(n, key, "a setting of a context", contextFields(x, platform)) || !known {
		if len(r.problems) == before {
			r.problem(n, "context %s has no platform: want one of %s", x.Name, strings.Join(r.platformNames(), ", "))
		}
		return
	}
	if x.URL == "" && !platform.AddressOptional && len(r.problems) == before {
		r.problem(n, "context %s has no url", x.Name)
	}
	x.fill(platform)
	for _, f := range platform.Fields {
		if f.Required && !strings.Contains(f.Name, ".") && !x.has(f.Name) && len(r.problems) == before {
			r.problem(n, "context %s has no %s, which platform %s needs", x.Name, f.Name, platform.Name)
		}
	}
	if (x.TLS.Cert == "") != (x.TLS.Key == "") {
		r.problem(n, "context %s: tls wants both cert and key, or neither", x.Name)
	}
	r.checkSignIn(n, x)
}

// fill takes from the environment what the context does not say.
func (x *Context) fill(of Platform) {
	for _, f := range of.Fields {
		value := ""
		if f.Env != "" && !x.has(f.Name) && (f.Unless == "" || !x.has(f.Unless)) {
			value = x.getenv(f.Env)
		}
		switch {
		case value == "":
		case f.Secret:
			put(&x.Secrets, f.Name, &Secret{Env: f.Env, List: f.List, getenv: x.getenv})
		default:
			x.say(f.Name, value)
		}
	}
}

// say takes a value of a platform's own field. One that is called as the
// environment to begin in is that, too.
func (x *Context) say(name, value string) {
	put(&x.Extra, name, value)
	if name == "environment" {
		x.Environment = value
	}
}

// has tells whether a field of the platform, or one below it, was said.
func (x *Context) has(name string) bool {
	for key := range x.Extra {
		if key == name || strings.HasPrefix(key, name+".") {
			return true
		}
	}
	for key := range x.Secrets {
		if key == name || strings.HasPrefix(key, name+".") {
			return true
		}
	}
	return false
}

// checkSignIn keeps secrets from leaving by plain http where the server is
// asked by https.
func (r *reader) checkSignIn(n node, x *Context) {
	if !strings.HasPrefix(x.URL, "https:") {
		return
	}
	for _, at := range []string{x.signInURL()} {
		if strings.HasPrefix(at, "http:") {
			r.problem(
				n, "context %s would send its secret to %s in plain text: want https://, as in its url", x.Name, at,
			)
		}
	}
}

// signInURL is where a token is fetched, "" for nowhere but the server.
func (x Context) signInURL() string {
	switch {
	case x.Auth.OAuth != nil:
		return x.Auth.OAuth.URL
	case x.Auth.MDS != nil:
		return x.Auth.MDS.URL
	}
	return ""
}

// platformOf looks for the platform before the rest is read.
func (r *reader) platformOf(n node) (Platform, bool) {
	n.Node = resolve(n.Node)
	if n.Kind != yaml.MappingNode {
		return Platform{}, false
	}
	for _, p := range pairs(n.Node, 0, func(string, int, int) {}) {
		if p.name != "platform" || p.value.Kind != yaml.ScalarNode {
			continue
		}
		for _, platform := range r.platforms {
			if platform.Name == p.value.Value {
				return platform, true
			}
		}
	}
	return Platform{}, false
}

func (r *reader) platformNames() []string {
	all := make([]string, len(r.platforms))
	for i, p := range r.platforms {
		all[i] = p.Name
	}
	return all
}

// Local is a context for a server of the program's own.
func Local(name, platform, url string) Context {
	return Context{Name: name, Platform: platform, URL: url}
}

// ReadOnlyIn is what may be changed in one of the contexts: the setting for all of
// them lets no change through.
func (c Config) ReadOnlyIn(x Context) views.ReadOnly {
	if c.ReadOnly {
		return views.NothingAtAll
	}
	return x.ReadOnly
}

// ClientConfig is what client.New takes to reach the context's server. A token
// file that cannot be read is an error here, and names the file.
func (x Context) ClientConfig() (client.Config, error) {
	auth, err := x.authorization()
	if err != nil {
		return client.Config{}, fmt.Errorf("%s%w", x.prefix(), err)
	}
	return client.Config{
		URL: x.URL, CAPath: x.TLS.CA, CertPath: x.TLS.Cert, KeyPath: x.TLS.Key, ServerName: x.TLS.ServerName,
		Auth: auth, Proxy: x.Proxy, Headers: x.Headers, Timeout: x.Timeout,
	}, nil
}

// OwnSecrets are the secrets of the settings that the platform adds. One that is
// not there is an error now, which names the setting.
func (x Context) OwnSecrets() (map[string]client.Secret, error) {
	all := map[string]client.Secret{}
	for _, name := range slices.Sorted(maps.Keys(x.Secrets)) {
		source, err := x.Secrets[name].Source(name)
		if err != nil {
			return nil, fmt.Errorf("%s%w", x.prefix(), err)
		}
		all[name] = source
	}
	return all, nil
}

// prefix names the context in errors, where the file has it.
func (x Context) prefix() string {
	if x.Line == 0 {
		return ""
	}
	return "context " + x.Name + ": "
}

func (x Context) authorization() (client.Auth, error) {
	switch a := x.Auth; {
	case a.Token != nil:
		secret, err := a.Token.Source(client.Token)
		if err != nil {
			return nil, err
		}
		return client.Bearer(secret), nil
	case a.Basic != nil:
		secret, err := a.Basic.Password.Source("password")
		if err != nil {
			return nil, err
		}
		return client.Basic(a.Basic.User, secret), nil
	case a.OAuth != nil:
		secret, err := a.OAuth.Secret.Source("client secret")
		if err != nil {
			return nil, err
		}
		return client.OAuth(a.OAuth.URL, a.OAuth.Client, secret, strings.Fields(a.OAuth.Scope)...), nil
	case a.MDS != nil:
		secret, err := a.MDS.Password.Source("password")
		if err != nil {
			return nil, err
		}
		at := a.MDS.URL
		if at == "" {
			at = x.URL
		}
		return client.MDS(at, a.MDS.User, secret), nil
	}
	return nil, nil
}

// Who says in words who one is there, without any secret.
func (a Auth) Who() string {
	switch {
	case a.Token != nil:
		return "token from " + a.Token.String()
	case a.Basic != nil:
		return "user " + a.Basic.User
	case a.OAuth != nil:
		return "client " + a.OAuth.Client
	case a.MDS != nil:
		return "user " + a.MDS.User + " by MDS"
	}
	return ""
}

// Secret says where a secret is; it is never in the configuration itself.
type Secret struct {
	File    string
	Env     string
	Command []string
	List    bool // it has a value a line

	getenv func(string) string
}

// Source reads the secret, whenever it is needed. what it is called in errors:
// "token". Files and variables that hold none are errors now.
func (s *Secret) Source(what string) (client.Secret, error) {
	switch {
	case s.List && s.File != "":
		return client.ListFile(what, s.File)
	case s.List && s.Env != "":
		return client.ListVariable(what, s.Env, s.getenv)
	case s.List:
		return client.ListCommand(what, s.Command), nil
	case s.File != "":
		return client.SecretFile(what, s.File)
	case s.Env != "":
		return client.SecretVariable(what, s.Env, s.getenv)
	}
	return client.SecretCommand(what, s.Command), nil
}

// String says where it is: "file PATH", "$NAME", "command PROGRAM".
func (s *Secret) String() string {
	switch {
	case s.File != "":
		return "file " + s.File
	case s.Env != "":
		return "$" + s.Env
	}
	return "command " + filepath.Base(slices.Concat(s.Command, []string{""})[0])
}
