package cli

import (
	"context"
	"fmt"
	"net/url"

	"github.com/spf13/pflag"

	"drey/client"
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
	c, err := client.New(client.Config{
		URL: s.URL, CAPath: s.CAPath, CertPath: s.CertPath, KeyPath: s.KeyPath, Token: s.token, ReadOnly: s.ReadOnly,
	})
	if err != nil {
		return usageError{err}
	}
	defer c.Close()
	theme, known := themes.New(themes.Options{Name: s.Theme, Depth: themes.Detect(p.Getenv), ASCII: s.ASCII})
	if !known {
		return usageError{fmt.Errorf("theme %q: there are %v", s.Theme, themes.Names())}
	}
	keys := keymap.Default()
	if err := keys.Override(s.Keys); err != nil {
		return usageError{fmt.Errorf("configuration: %w", err)}
	}
	if of.name == "" {
		of.name = hostOf(s.URL)
	}
	texts := disk.NewTexts(stateDir(p.Getenv))
	defer texts.Close()
	defer frugal()()
	return console.Run(ctx, console.Options{
		Client: c, Theme: theme, Keys: keys, Name: of.name, Server: of.server, Environment: s.Environment,
		In: p.In, Out: p.Out, StateDir: stateDir(p.Getenv), StandardRenderer: s.standardRenderer,
		SQL: func(env *views.Env) views.View {
			return sql.New(env, texts, disk.NewFiles(cacheDir(p.Getenv), homeDir(p.Getenv)))
		},
	})
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return u.Host
}
