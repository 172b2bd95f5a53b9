package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"drey/client"
	"drey/client/fault"
	"drey/ui/config"
	"drey/views"
	"drey/views/clean"
	"drey/views/platform"
	"drey/views/yaml"
)

// newGet prints objects.
func newGet(p Process) *cobra.Command {
	g := getting{p: p}
	cmd := &cobra.Command{
		Use:   "get KIND [NAME]",
		Short: "Print objects: applications, statements, pools, savepoints and others",
		Long: `Print the objects of a kind, or one of them. drey get alone lists the kinds.

Of what lives in environments those of one are printed, which --environment or the
context names, or else those of all.

It exits with 0 when all is well, 1 when something failed, 2 when it was used
wrongly, 3 when there is no such object, and 4 when it was refused.`,
		Example: `  drey get applications                 those of all environments
  drey get app orders -e prod -o yaml   one of them, whole
  drey get statements -o json | jq      whole, as a list`,
		Args: usageArgs(cobra.MaximumNArgs(2)),
	}
	config.AddFlags(cmd.Flags(), config.Server)
	cmd.Flags().StringVarP(&g.environment, "environment", "e", "", "environment to look in")
	cmd.Flags().BoolVarP(&g.all, "all-environments", "A", false, "look in all environments, whatever the context says")
	cmd.Flags().StringVarP(&g.output, "output", "o", "table", "table, json, yaml or name")
	help := cmd.HelpFunc()
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		cmd.Long += "\n\nThe kinds, by the platform of the context:\n\n" + strings.TrimRight(kindsByPlatform(), "\n")
		help(cmd, args)
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := loadConfig(config.Options{Getenv: p.Getenv, Flags: cmd.Flags()})
		if err != nil {
			return err
		}
		first, ok := c.First("")
		if !ok {
			return usageError{fmt.Errorf(
				"%s\n\nWhat drey get prints, by the kind of server:\n%s", fmt.Sprintf(noAddress, c.Path),
				kindsByPlatform(),
			)}
		}
		session, err := consoleFor{config: c, context: first}.open()
		if err != nil {
			return usageError{err}
		}
		defer session.Close()
		g.context = first.Name
		g.named = cmd.Flags().Changed("environment")
		if !g.named && !g.all {
			g.environment = first.Environment
		}
		return g.run(cmd.Context(), session, args)
	}
	return cmd
}

// getting is what one get prints and how.
type getting struct {
	p           Process
	context     string // name of the one that is asked
	environment string
	named       bool // the environment was given as a flag
	all         bool
	output      string
}

var outputs = []string{"table", "json", "yaml", "name"}

func (g getting) run(ctx context.Context, s *platform.Session, args []string) error {
	if len(args) == 0 {
		return usageError{fmt.Errorf("say what to get: there are %s", kindNames(s.Kinds))}
	}
	kind, ok := kindNamed(s.Kinds, args[0])
	switch {
	case !ok:
		return usageError{fmt.Errorf("there is no kind %q: there are %s", args[0], kindNames(s.Kinds))}
	case !slices.Contains(outputs, g.output):
		return usageError{fmt.Errorf("output %q: there are %s", g.output, strings.Join(outputs, ", "))}
	case g.named && g.all:
		return usageError{errors.New("give --environment or --all-environments, not both")}
	case g.named && !kind.Info().Scoped:
		return usageError{fmt.Errorf("%s are in no environment: leave --environment out", kind.Info().Name)}
	case !kind.Info().Scoped:
		g.environment = ""
	}
	if s.Transport != nil { // ages are those of the server's clock
		ctx = platform.WithClock(ctx, func() time.Time { return time.Now().Add(s.Transport.ClockOffset()) })
	}
	var err error
	if len(args) == 1 {
		err = g.list(ctx, kind)
	} else {
		err = g.one(ctx, kind, args[1])
	}
	return g.explain(ctx, s, err)
}

// explain says what a failure comes from: a server of another kind, or an
// environment that is not there. A list that the server does not have is no object
// that was not found.
func (g getting) explain(ctx context.Context, s *platform.Session, err error) error {
	var missing *missingError
	if err == nil || errors.As(err, &missing) || !fault.Is(err, fault.NotFound, fault.Unsupported, fault.Failing) {
		return err
	}
	if about, _ := s.Probe(ctx); about.Wrong != "" {
		return usageError{fmt.Errorf("context %s: %s", g.context, about.Wrong)}
	}
	if !fault.Is(err, fault.NotFound, fault.Unsupported) {
		return err
	}
	if g.environment != "" && s.Scopes != nil {
		if scopes, _, scopesErr := s.Scopes.List(ctx); scopesErr == nil &&
			!slices.ContainsFunc(scopes, func(x platform.Scope) bool { return x.Name == g.environment }) {
			return &missingError{fmt.Sprintf(
				"there is no %s %s: %s", s.Scopes.Singular, g.environment, scopeNames(s.Scopes.Plural, scopes),
			)}
		}
	}
	return failedError{err}
}

// scopeNames says which scopes there are.
func scopeNames(plural string, scopes []platform.Scope) string {
	if len(scopes) == 0 {
		return "there are no " + plural
	}
	var names []string
	for _, x := range scopes {
		names = append(names, x.Name)
	}
	if more := len(names) - 20; more > 0 {
		names = append(names[:20], fmt.Sprintf("%d more", more))
	}
	return "there are " + strings.Join(names, ", ")
}

// failedError is a failure, whatever the server's answer means otherwise.
type failedError struct{ error }

// Fault says what the error means.
func (failedError) Fault() fault.Fault { return fault.Fault{Kind: fault.Failing} }

// doing puts what was done before an error that does not say it itself.
func doing(what string, err error) error {
	if strings.HasPrefix(err.Error(), what+": ") {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}

// kindNamed finds a kind by one of its names.
func kindNamed(kinds []platform.Kind, name string) (platform.Kind, bool) {
	for _, k := range kinds {
		info := k.Info()
		for _, own := range append([]string{info.Name, info.Singular}, info.Aliases...) {
			if strings.EqualFold(strings.ReplaceAll(own, " ", "-"), name) {
				return k, true
			}
		}
	}
	return nil, false
}

func kindNames(kinds []platform.Kind) string {
	var names []string
	for _, k := range kinds {
		names = append(names, strings.ReplaceAll(k.Info().Name, " ", "-"))
	}
	return strings.Join(names, ", ")
}

// kindsByPlatform are the kinds of each platform, a line each.
func kindsByPlatform() string {
	var b strings.Builder
	for _, p := range platforms {
		name := p.Name
		for _, line := range clean.Wrap(kindNames(kindsOf(p)), 66) {
			fmt.Fprintf(&b, "  %-8s%s\n", name, strings.TrimRight(line, " "))
			name = ""
		}
	}
	return b.String()
}

// kindsOf are the kinds of a platform. Nothing is asked: it is opened at an address
// where nobody has to listen, with as little as it takes.
func kindsOf(p platform.Platform) []platform.Kind {
	settings := platform.Settings{
		Context: p.Name, Server: client.Config{URL: "http://localhost"}, Values: map[string]string{},
	}
	secrets := []string{""}
	for _, f := range p.Fields {
		switch {
		case f.Secret:
			secrets = append(secrets, f.Name)
		case f.Required:
			settings.Values[f.Name] = "name"
		}
	}
	for _, name := range secrets {
		settings.Secrets = map[string]client.Secret{}
		if name != "" {
			settings.Secrets[name] = func(context.Context, bool) (string, error) {
				return "", errors.New("nothing is asked")
			}
		}
		if s, err := p.Open(settings); err == nil {
			s.Close()
			return s.Kinds
		}
	}
	return nil
}

// list prints all of a kind. What is missing is said after what is there.
func (g getting) list(ctx context.Context, kind platform.Kind) error {
	table, err := kind.List(ctx, g.environment)
	if err != nil {
		return doing("list "+kind.Info().Name, err)
	}
	if err := g.print(table, false); err != nil {
		return err
	}
	if len(table.Notes) > 0 {
		return errors.New(clean.Line("not all is there: " + strings.Join(table.Notes, "; ")))
	}
	return nil
}

// one prints the object of a name. Where it may be in several places, and where
// its cells are wanted, it is looked for in the list.
func (g getting) one(ctx context.Context, kind platform.Kind, name string) error {
	info := kind.Info()
	whole := g.output == "json" || g.output == "yaml"
	if whole && (g.environment != "" || !info.Scoped) {
		ref := views.Ref{Kind: info.Name, Scope: g.environment, Name: name}
		raw, err := kind.Get(ctx, ref)
		if err == nil {
			return g.print(platform.Table{Rows: []platform.Row{{Ref: ref, Raw: raw}}}, true)
		}
		if !fault.Is(err, fault.NotFound, fault.Unsupported) {
			return doing("get "+info.Singular+" "+name, err)
		}
	}
	table, err := kind.List(ctx, g.environment)
	if err != nil {
		return doing("get "+info.Singular+" "+name, err)
	}
	table.Rows = slices.DeleteFunc(table.Rows, func(r platform.Row) bool { return r.Ref.Name != name })
	switch {
	case len(table.Rows) == 0 && len(table.Notes) > 0:
		return errors.New(clean.Line(fmt.Sprintf(
			"no %s %s was found, but not all is there: %s", info.Singular, name, strings.Join(table.Notes, "; "),
		)))
	case len(table.Rows) == 0:
		return &missingError{fmt.Sprintf("there is no %s %s%s", info.Singular, name, in(g.environment))}
	case len(table.Rows) > 1 && whole:
		return usageError{fmt.Errorf(
			"there are %d %s called %s, in %s: say which with --environment", len(table.Rows), info.Name, name,
			places(table.Rows),
		)}
	}
	return g.print(table, true)
}

func in(environment string) string {
	if environment == "" {
		return ""
	}
	return " in " + environment
}

// places are where rows are, by scope and parent.
func places(rows []platform.Row) string {
	var names []string
	for _, r := range rows {
		names = append(names, strings.Trim(r.Ref.Scope+"/"+r.Ref.Parent, "/"))
	}
	return strings.Join(names, ", ")
}

// print writes a table in the form that was asked for; single is for one object
// that was named.
func (g getting) print(table platform.Table, single bool) error {
	var b bytes.Buffer
	var err error
	switch g.output {
	case "table":
		printTable(&b, table)
	case "name":
		for _, r := range table.Rows {
			fmt.Fprintln(&b, clean.Line(strings.TrimLeft(r.Ref.Scope+"/"+r.Ref.Name, "/")))
		}
	default:
		err = g.printWhole(&b, table, single)
	}
	if err != nil {
		return err
	}
	_, err = g.p.Out.Write(b.Bytes())
	return err
}

func printTable(b io.Writer, table platform.Table) {
	var padded bytes.Buffer
	t := tabwriter.NewWriter(&padded, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(table.Columns, "\t"))
	for _, r := range table.Rows {
		cells := make([]string, len(r.Cells))
		for i, cell := range r.Cells {
			cells[i] = clean.Line(cell)
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	_ = t.Flush() // a buffer takes all
	for line := range strings.Lines(padded.String()) {
		fmt.Fprintln(b, strings.TrimRight(line, " \n"))
	}
}

// printWhole writes objects as they are: one that was named alone, others as a
// list. On a terminal they are cleaned.
func (g getting) printWhole(b *bytes.Buffer, table platform.Table, single bool) error {
	raws := make([]json.RawMessage, 0, len(table.Rows))
	for _, r := range table.Rows {
		raws = append(raws, r.Raw)
	}
	doc, err := json.Marshal(raws)
	if single {
		doc, err = raws[0], nil
	}
	if err != nil {
		return err
	}
	var text string
	if g.output == "yaml" {
		text, err = yaml.FromJSON(doc)
	} else {
		var indented bytes.Buffer
		err = json.Indent(&indented, doc, "", "  ")
		text = indented.String()
	}
	if err != nil {
		return err
	}
	onTerminal := term.IsTerminal(g.p.Out.Fd())
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if onTerminal {
			line = clean.Line(line)
		}
		b.WriteString(line + "\n")
	}
	return nil
}

// missingError is an object that is not there.
type missingError struct{ text string }

func (e *missingError) Error() string { return e.text }

// Fault says what the error means.
func (*missingError) Fault() fault.Fault { return fault.Fault{Kind: fault.NotFound} }
