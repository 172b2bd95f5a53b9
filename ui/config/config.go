// Package config is what a person has said of drey: the configuration file, the
// environment and the flags, read strictly into one Config. There is one table
// of settings (settings.go) and one of a context's fields (fields.go); flags,
// variables, the file, `drey config explain` and `schema` and the tables of
// docs/configuration.md all come from them. It knows no platform: which kinds
// of servers there are, and what a context of each may say, is a parameter.
//
// Load gives the Config. Config.Contexts are all servers; First is the one to
// begin with; Context.ClientConfig makes of one what client.New takes. What is
// wrong with the file is an error of Load, a line for each fault; what is wrong
// with the world, such as a token file that is not there, is an error of
// ClientConfig, and costs that context only.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Platform is a kind of server that contexts may name.
type Platform struct {
	Name string
	// Fields are what a context of this platform has beside those of every
	// context.
	Fields []Field
	// AddressOptional tells that a context needs no url.
	AddressOptional bool
	// Variables of the environment that, all set, make the context DefaultName
	// where nothing else names one.
	Variables []string
}

// Field is a setting that contexts of one platform have. Its name may have dots:
// auth.key.secret is secret below key below auth, which are Fields of their own
// that say what they are for; * stands for any name. A field that is called as a
// setting of every context, such as auth, takes its place.
type Field struct {
	Name     string
	Env      string // variable that a context without the setting takes it from
	Unless   string // "" or a field that, where it is said, keeps Env from being asked
	Help     string
	Required bool // of its context, or of what is around it where that is there
	Secret   bool // written as a token is: {file: …}, {env: …} or {command: […]}; never shown
	List     bool // a text, or a list of them, which Settings.Values has a line for each
	Address  bool // checked as one
}

// EditorBuiltin is drey's own editor, as a setting.
const EditorBuiltin = "builtin"

// Config is what was said, all of it checked.
type Config struct {
	// Contexts are the servers: default first, if there is one, then those of the
	// file in its order.
	Contexts []Context
	// Current names the context that was asked for; "" where nobody did.
	Current string
	// ReadOnly holds for all contexts, beside what each says.
	ReadOnly bool
	Theme    string
	Editor   string // command of the person's editor, or EditorBuiltin
	ASCII    bool
	Progress string // as it was said: auto, on, off
	Notify   string // as it was said: bell, osc9, off
	Keys     map[string][]string

	// Path is where the file is looked for, whether or not it is there.
	Path string

	context     string // as it was asked for
	environment string // of the flag, for the first context
	server      server
	values      map[string][]Value
	platforms   []Platform
}

// server is what the old keys, flags and variables say of one server.
type server struct{ url, ca, cert, key, tokenFile, token, environment string }

// Value is a value that was said, and where.
type Value struct {
	Text string
	From string // "flag --url", "environment variable DREY_CONTEXT", "PATH:LINE"
	file bool
}

// Options are what Load reads from.
type Options struct {
	Getenv func(string) string
	// Flags are those that AddFlags added; nil for none.
	Flags     *pflag.FlagSet
	Platforms []Platform
	// Local leaves out everything that names a server: for a console that has
	// one of its own.
	Local bool
}

// DefaultName is the context that an address by flag, variable or old key makes.
const DefaultName = "default"

// Load reads and checks everything. A file that is not there is an empty one.
func Load(o Options) (Config, error) {
	c := Config{Path: Path(o.Getenv), values: map[string][]Value{}, platforms: o.Platforms}
	r := &reader{path: c.Path, values: c.values, getenv: o.Getenv, platforms: o.Platforms, local: o.Local}
	if err := r.file(&c); err != nil {
		return Config{}, err
	}
	c.apply(o)
	if o.Local {
		c.server, c.Contexts = server{}, nil
		delete(c.values, "url")
	}
	if err := c.check(); err != nil || o.Local {
		return c, err
	}
	if err := c.addDefault(o.Getenv); err != nil {
		return Config{}, err
	}
	return c, c.choose()
}

// apply lets flags and the environment win over the file.
func (c *Config) apply(o Options) {
	for _, s := range settings {
		var said []Value
		if f := lookup(o.Flags, s.Name); f != nil && f.Changed {
			said = append(said, Value{Text: f.Value.String(), From: "flag --" + s.Name})
		}
		if s.Env != "" {
			if text := o.Getenv(s.Env); text != "" {
				said = append(said, Value{Text: text, From: "environment variable " + s.Env})
			}
		}
		if len(said) == 0 {
			continue
		}
		if s.Name == "environment" {
			c.environment = said[0].Text
		} else {
			set(s.field(c), said[0].Text)
		}
		c.values[s.Name] = append(said, c.values[s.Name]...)
	}
}

func lookup(flags *pflag.FlagSet, name string) *pflag.Flag {
	if flags == nil {
		return nil
	}
	return flags.Lookup(name)
}

// set puts the text of a flag or a variable into a field.
func set(field any, text string) {
	switch field := field.(type) {
	case *string:
		*field = text
	case *bool:
		*field = text == "true"
	}
}

// addDefault makes the context of the old keys, flags and variables, if they
// name a server.
func (c *Config) addDefault(getenv func(string) string) error {
	s := c.server
	if s.url == "" {
		c.addFromVariables(getenv)
		return nil
	}
	if i := c.index(DefaultName); i >= 0 {
		return fmt.Errorf("configuration %s:%d: there is a context %q, and %s names a server, which makes one of that name: "+
			"give one of the two another name, or leave one out", c.Path, c.Contexts[i].Line, DefaultName,
			c.values["url"][0].From)
	}
	d := Context{Name: DefaultName, Platform: "cmf", URL: s.url, Environment: s.environment, getenv: getenv}
	d.TLS = TLS{CA: s.ca, Cert: s.cert, Key: s.key}
	switch {
	case s.tokenFile != "":
		d.Auth.Token = &Secret{File: s.tokenFile, getenv: getenv}
	case s.token != "":
		d.Auth.Token = &Secret{Env: "DREY_TOKEN", getenv: getenv}
	}
	c.Contexts = slices.Insert(c.Contexts, 0, d)
	return nil
}

// addFromVariables makes the context of a platform that has its own variables,
// where nothing else names a server.
func (c *Config) addFromVariables(getenv func(string) string) {
	if len(c.Contexts) > 0 {
		return
	}
	for _, p := range c.platforms {
		unset := func(name string) bool { return getenv(name) == "" }
		if len(p.Variables) == 0 || slices.ContainsFunc(p.Variables, unset) {
			continue
		}
		d := Context{Name: DefaultName, Platform: p.Name, getenv: getenv}
		d.fill(p)
		c.Contexts = append(c.Contexts, d)
		return
	}
}

// choose finds the context that was asked for: --context, DREY_CONTEXT, an
// address by flag or variable, the file's context.
func (c *Config) choose() error {
	address := c.values["url"]
	switch said := c.values["context"]; {
	case len(said) > 0 && !said[0].file:
		c.Current = c.context
	case len(address) > 0 && !address[0].file:
		c.Current = DefaultName
	default:
		c.Current = c.context
	}
	if c.Current == "" || c.index(c.Current) >= 0 {
		return nil
	}
	if len(c.Contexts) == 0 {
		return c.Blame("context", fmt.Errorf(
			"there is no context %q: the configuration %s has none under contexts", c.Current, c.Path,
		))
	}
	return c.Blame("context", fmt.Errorf(
		"there is no context %q: there are %s", c.Current, strings.Join(c.Names(), ", "),
	))
}

// Names are the contexts' names.
func (c Config) Names() []string {
	names := make([]string, len(c.Contexts))
	for i, context := range c.Contexts {
		names[i] = context.Name
	}
	return names
}

func (c Config) index(name string) int {
	return slices.IndexFunc(c.Contexts, func(x Context) bool { return x.Name == name })
}

// Context finds a context by its name.
func (c Config) Context(name string) (Context, bool) {
	if i := c.index(name); i >= 0 {
		return c.Contexts[i], true
	}
	return Context{}, false
}

// First is the context to begin with: the one asked for, else last, which was
// shown when the program was left before, else the first one; false where there
// is none. The environment that a flag named is in it.
func (c Config) First(last string) (Context, bool) {
	if len(c.Contexts) == 0 {
		return Context{}, false
	}
	i := max(c.index(cmp.Or(c.Current, last)), 0)
	first := c.Contexts[i]
	first.Environment = cmp.Or(c.environment, first.Environment)
	return first, true
}

// Environment is the one that a flag named, for a console with a server of its
// own; "" for none.
func (c Config) Environment() string { return cmp.Or(c.environment, c.server.environment) }

// Blame puts the place in the file before an error about a setting that came
// from there: "configuration PATH:LINE: …".
func (c Config) Blame(key string, err error) error {
	if said := c.values[key]; len(said) > 0 && said[0].file {
		return fmt.Errorf("configuration %s: %w", said[0].From, err)
	}
	return err
}

// Path is where the configuration file is looked for.
func Path(getenv func(string) string) string {
	return filepath.Join(BaseDir(getenv, "XDG_CONFIG_HOME", ".config"), "drey", "config.yaml")
}

// BaseDir is an XDG base directory. The environment is a parameter here, which
// is why adrg/xdg, which reads it at its own start, does not serve.
func BaseDir(getenv func(string) string, name, fallback string) string {
	if dir := getenv(name); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(HomeDir(getenv), fallback)
}

// HomeDir is what ~ stands for; "" where nobody knows.
func HomeDir(getenv func(string) string) string {
	if home := getenv("HOME"); home != "" {
		return home
	}
	home, _ := os.UserHomeDir()
	return home
}

// errNoFile is a file that is not there.
var errNoFile = errors.New("no file")
