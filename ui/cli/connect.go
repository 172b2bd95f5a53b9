package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"drey/client"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/themes"
	"drey/ui/console"
	"drey/ui/disk"
	"drey/views"
	"drey/views/sql"
)

// runConsole is the command without a name: the console on a server that exists.
func runConsole(ctx context.Context, p Process, flags *pflag.FlagSet, s *settings) error {
	if err := s.load(flags, p.Getenv); err != nil {
		return err
	}
	if s.URL == "" {
		return usageError{fmt.Errorf(noAddress, configPath(p.Getenv))}
	}
	if err := s.loadToken(p.Getenv); err != nil {
		return usageError{err}
	}
	return openConsole(ctx, p, s, consoleFor{})
}

// consoleFor is what the console is told of the server beside its address.
type consoleFor struct {
	name   string       // shown for it; "": its host
	server <-chan error // ends of a server in this process; nil for another's
}

// openConsole runs the console until it is left.
func openConsole(ctx context.Context, p Process, s *settings, of consoleFor) error {
	c, err := cmfapi.New(client.Config{
		URL: s.URL, CAPath: s.CAPath, CertPath: s.CertPath, KeyPath: s.KeyPath, Token: s.token, TokenPath: s.TokenFile, ReadOnly: s.ReadOnly,
	})
	if err != nil {
		return usageError{err}
	}
	defer c.Close()
	look := themes.Options{Name: s.Theme, Depth: themes.Detect(p.Getenv), ASCII: s.ASCII || asciiLocale(p.Getenv), Ground: themes.GroundOf(p.Getenv)}
	theme, known := themes.New(look)
	if !known {
		err := fmt.Errorf("theme %q: there are %s", s.Theme, strings.Join(themes.Names(), ", "))
		if s.themeFromFile {
			err = fmt.Errorf("configuration %s: %w", configLine(configPath(p.Getenv), "theme"), err)
		}
		return usageError{err}
	}
	keys := keymap.Default()
	if err := keys.Override(s.Keys); err != nil {
		var fault *keymap.OverrideError
		errors.As(err, &fault)
		return usageError{fmt.Errorf("configuration %s: %w", configLine(configPath(p.Getenv), "keys", fault.ID), err)}
	}
	if of.name == "" {
		of.name = hostOf(s.URL)
	}
	defer logToFile(stateDir(p.Getenv))()
	texts := disk.NewTexts(stateDir(p.Getenv))
	defer texts.Close()
	defer frugal()()
	var lists console.Texts
	if of.server == nil { // one that ends with the console has another address each time
		lists = texts
	}
	return console.Run(ctx, console.Options{
		Lists:  lists,
		Client: c, Theme: theme, ThemeOn: themeOn(look), Keys: keys, Name: of.name, Server: of.server, Environment: s.Environment,
		Getenv: p.Getenv, In: p.In, Out: p.Out, StateDir: stateDir(p.Getenv), StandardRenderer: s.standardRenderer,
		SQL: func(env *views.Env) views.View {
			return sql.New(env, cmfapi.SQL(env.Client), texts, disk.NewFiles(cacheDir(p.Getenv), homeDir(p.Getenv)))
		},
	})
}

// themeOn makes the theme for the terminal's ground; a theme that was chosen by
// name stays.
func themeOn(look themes.Options) func(themes.Ground) *themes.Theme {
	if look.Name != "" || look.Depth == themes.NoColour {
		return nil
	}
	return func(ground themes.Ground) *themes.Theme {
		if ground != themes.UnknownGround {
			look.Ground = ground
		}
		look.Paint = look.Ground == themes.UnknownGround // readable on any
		theme, _ := themes.New(look)
		return theme
	}
}

// asciiLocale says whether the locale's character set is ASCII: C or POSIX
// without a set of its own. Locales that are not set say nothing.
func asciiLocale(getenv func(string) string) bool {
	locale := cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG"))
	return locale == "C" || locale == "POSIX" || strings.HasSuffix(strings.ToUpper(locale), ".ANSI_X3.4-1968")
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return u.Host + strings.TrimSuffix(strings.TrimRight(u.EscapedPath(), "/"), "/cmf/api/v1") // two servers may share a host
}
