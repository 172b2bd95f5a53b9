package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drey/themes"
	"drey/ui/config"
	"drey/ui/console"
	"drey/ui/console/address"
	"drey/ui/disk"
	"drey/views/platform"
)

// runConsole is the command without a name: the console on a server that exists.
func runConsole(ctx context.Context, p Process, flags *pflag.FlagSet) error {
	c, err := loadConfig(config.Options{Getenv: p.Getenv, Flags: flags})
	if err != nil {
		return err
	}
	first, ok := c.First(lastContext(p))
	if !ok {
		return usageError{fmt.Errorf(noAddress, c.Path)}
	}
	return openConsole(ctx, p, consoleFor{config: c, context: first, standardRenderer: standardRenderer(flags)})
}

// newOpen opens the console at an address.
func newOpen(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "open ADDRESS",
		Short: "Open the console at an address such as drey://prod/environments/payments/applications#orders",
		Long: `Open the console at a place: an address as C copies it there. It names a
context, and in it a tab, a filter and a row.`,
		Args: usageArgs(cobra.ExactArgs(1)),
	}
	consoleFlags(cmd.Flags())
	config.AddFlags(cmd.Flags(), config.Server, config.Safety)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		start, err := address.Parse(args[0])
		if err != nil {
			return usageError{fmt.Errorf("address %q: %w", args[0], err)}
		}
		c, err := loadConfig(config.Options{Getenv: p.Getenv, Flags: cmd.Flags()})
		if err != nil {
			return err
		}
		for _, x := range c.Contexts {
			of := consoleFor{config: c, context: x, start: start, standardRenderer: standardRenderer(cmd.Flags())}
			if of.title() == start.Context || x.Name == start.Context {
				return openConsole(cmd.Context(), p, of)
			}
		}
		return usageError{fmt.Errorf(
			"there is no context %q: there are %s", start.Context, strings.Join(c.Names(), ", "),
		)}
	}
	return cmd
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

	texts  platform.Texts // of the context; nil: nothing is kept
	getenv func(string) string

	start            address.Address // where to begin
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
	secrets, err := of.context.OwnSecrets()
	if err != nil {
		return nil, err
	}
	return platformNamed(of.context.Platform).Open(platform.Settings{
		Context: of.title(), Server: settings, ReadOnly: of.config.ReadOnlyIn(of.context), Values: of.context.Extra,
		Secrets: secrets,
		Texts:   of.texts, OpenFile: openFile(of.getenv),
	})
}

// openFile opens a file of the person's; ~ is the home folder.
func openFile(getenv func(string) string) func(string) (io.ReadCloser, int64, error) {
	return func(path string) (io.ReadCloser, int64, error) {
		if rest, ok := strings.CutPrefix(path, "~/"); ok && getenv != nil {
			path = filepath.Join(config.HomeDir(getenv), rest)
		}
		file, err := os.Open(path)
		if err != nil {
			return nil, 0, err
		}
		info, err := file.Stat()
		if err == nil && !info.Mode().IsRegular() {
			err = fmt.Errorf("%s is no file", path)
		}
		if err != nil {
			return nil, 0, errors.Join(err, file.Close())
		}
		return file, info.Size(), nil
	}
}

// theme is the one that was chosen.
func (of consoleFor) theme(getenv func(string) string) (*themes.Theme, themes.Options, error) {
	ascii := of.config.ASCII || asciiLocale(getenv)
	look := themes.Options{
		Name: of.config.Theme, Depth: themes.Detect(getenv), ASCII: ascii, Ground: themes.GroundOf(getenv),
	}
	theme, known := themes.New(look)
	if !known {
		err := fmt.Errorf("theme %q: there are %s", of.config.Theme, strings.Join(themes.Names(), ", "))
		return nil, look, of.config.Blame("theme", err)
	}
	return theme, look, nil
}

// openConsole runs the console until it is left.
func openConsole(ctx context.Context, p Process, of consoleFor) error {
	theme, look, err := of.theme(p.Getenv)
	if err != nil {
		return usageError{err}
	}
	progress, notify, err := of.signals(p.Getenv)
	if err != nil {
		return usageError{err}
	}
	keys, err := keysOf(of.config)
	if err != nil {
		return usageError{err}
	}
	if look.ASCII {
		keys.ASCII()
	}
	opened := &openContexts{process: p}
	defer opened.close()
	first := opened.context(of)
	if len(of.others()) == 0 { // with others, one that cannot be opened is shown with the reason
		if first.Session, err = first.Open(); err != nil {
			return usageError{err}
		}
	}
	options := console.Options{
		Context: first, Start: of.start, Theme: theme, ThemeOn: themeOn(look), Keys: keys,
		Editor:   editorCommand(of.config.Editor, p.Getenv),
		ReadFile: func(path string) (string, error) { return disk.ReadFile(config.HomeDir(p.Getenv), path) },
		Browse:   browserOf(p.Getenv),
		Getenv:   p.Getenv, In: p.In, Out: p.Out, StateDir: stateDir(p.Getenv), StandardRenderer: of.standardRenderer,
		Progress: progress, Notify: notify,
	}
	for _, x := range of.others() {
		options.Others = append(options.Others, opened.context(consoleFor{config: of.config, context: x}))
	}
	defer logToFile(stateDir(p.Getenv))()
	if of.server == nil { // one that ends with the console has another address each time
		options.Lists = opened.textsOf("")
	}
	defer frugal()()
	return console.Run(ctx, options)
}

// editorCommand is the person's own editor, "" for the built-in one.
func editorCommand(setting string, getenv func(string) string) string {
	if setting == config.EditorBuiltin {
		return ""
	}
	return strings.TrimSpace(cmp.Or(setting, getenv("VISUAL"), getenv("EDITOR")))
}

// lastContext is the context that was seen when the console was left, "" where
// nobody knows.
func lastContext(p Process) string {
	texts := disk.NewTexts(stateDir(p.Getenv))
	defer func() { _ = texts.Close() }() // it was read only
	text, err := texts.Load(console.ListsName)
	if err != nil {
		return ""
	}
	return console.LastContext(text)
}

// others are the contexts beside the first one; a console with a server of its
// own has none.
func (of consoleFor) others() []config.Context {
	return slices.DeleteFunc(slices.Clone(of.config.Contexts), func(x config.Context) bool {
		return x.Name == of.context.Name
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
	// two servers may share a host
	return u.Host + strings.TrimSuffix(strings.TrimRight(u.EscapedPath(), "/"), "/cmf/api/v1")
}
