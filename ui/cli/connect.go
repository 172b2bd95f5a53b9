package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"drey/keymap"
	"drey/themes"
	"drey/ui/config"
	"drey/ui/console"
	"drey/ui/disk"
	"drey/views"
	"drey/views/platform"
	"drey/views/platforms/cmf"
	"drey/views/sql"
)

// runConsole is the command without a name: the console on a server that exists.
func runConsole(ctx context.Context, p Process, flags *pflag.FlagSet) error {
	c, err := loadConfig(config.Options{Getenv: p.Getenv, Flags: flags})
	if err != nil {
		return err
	}
	first, ok := c.First("")
	if !ok {
		return usageError{fmt.Errorf(noAddress, c.Path)}
	}
	return openConsole(ctx, p, consoleFor{config: c, context: first, standardRenderer: standardRenderer(flags)})
}

// consoleFlags are those of a console, wherever its server is.
func consoleFlags(f *pflag.FlagSet) {
	config.AddFlags(f, config.Console)
	f.Bool(rendererFlag, false, "use Bubble Tea's own renderer")
}

const rendererFlag = "standard-renderer"

func standardRenderer(flags *pflag.FlagSet) bool {
	standard, _ := flags.GetBool(rendererFlag)
	return standard
}

// consoleFor is what a console is opened for.
type consoleFor struct {
	config  config.Config
	context config.Context
	name    string       // shown for it; "": the context's, or its host
	server  <-chan error // ends of a server in this process; nil for another's

	standardRenderer bool
}

// title is what the console calls its server.
func (of consoleFor) title() string {
	switch {
	case of.name != "":
		return of.name
	case of.context.Line != 0:
		return of.context.Name
	}
	return hostOf(of.context.URL)
}

// open opens the server of a context.
func (of consoleFor) open() (*platform.Session, error) {
	settings, err := of.context.ClientConfig()
	if err != nil {
		return nil, err
	}
	settings.ReadOnly = settings.ReadOnly || of.config.ReadOnly
	return cmf.Platform.Open(platform.Settings{Context: of.title(), Server: settings})
}

// theme is the one that was chosen.
func (of consoleFor) theme(getenv func(string) string) (*themes.Theme, themes.Options, error) {
	ascii := of.config.ASCII || asciiLocale(getenv)
	look := themes.Options{Name: of.config.Theme, Depth: themes.Detect(getenv), ASCII: ascii, Ground: themes.GroundOf(getenv)}
	theme, known := themes.New(look)
	if !known {
		err := fmt.Errorf("theme %q: there are %s", of.config.Theme, strings.Join(themes.Names(), ", "))
		return nil, look, of.config.Blame("theme", err)
	}
	return theme, look, nil
}

// openConsole runs the console until it is left.
func openConsole(ctx context.Context, p Process, of consoleFor) error {
	session, err := of.open()
	if err != nil {
		return usageError{err}
	}
	defer session.Close()
	theme, look, err := of.theme(p.Getenv)
	if err != nil {
		return usageError{err}
	}
	keys := keymap.Default()
	if err := keys.Override(of.config.Keys); err != nil {
		var fault *keymap.OverrideError
		errors.As(err, &fault)
		return usageError{of.config.Blame("keys."+fault.ID, err)}
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
		Lists: lists, Session: session, Theme: theme, ThemeOn: themeOn(look), Keys: keys, Name: of.title(), Server: of.server, Environment: of.context.Environment,
		Getenv: p.Getenv, In: p.In, Out: p.Out, StateDir: stateDir(p.Getenv), StandardRenderer: of.standardRenderer,
		SQL: func(env *views.Env) views.View {
			return sql.New(env, session.SQL, texts, disk.NewFiles(cacheDir(p.Getenv), config.HomeDir(p.Getenv)))
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
