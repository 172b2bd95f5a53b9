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

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

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
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := loadConfig(config.Options{Getenv: p.Getenv, Flags: cmd.Flags()})
		if err != nil {
			return err
		}
		first, ok := c.First("")
		if !ok {
			return usageError{fmt.Errorf(noAddress, c.Path)}
		}
		session, err := consoleFor{config: c, context: first}.open()
		if err != nil {
			return usageError{err}
		}
		defer session.Close()
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
	if len(args) == 1 {
		return g.list(ctx, kind)
	}
	return g.one(ctx, kind, args[1])
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

// list prints all of a kind. What is missing is said after what is there.
func (g getting) list(ctx context.Context, kind platform.Kind) error {
	table, err := kind.List(ctx, g.environment)
	if err != nil {
		return fmt.Errorf("list %s: %w", kind.Info().Name, err)
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
			return fmt.Errorf("get %s %s: %w", info.Singular, name, err)
		}
	}
	table, err := kind.List(ctx, g.environment)
	if err != nil {
		return fmt.Errorf("get %s %s: %w", info.Singular, name, err)
	}
	table.Rows = slices.DeleteFunc(table.Rows, func(r platform.Row) bool { return r.Ref.Name != name })
	switch {
	case len(table.Rows) == 0 && len(table.Notes) > 0:
		return errors.New(clean.Line(fmt.Sprintf("no %s %s was found, but not all is there: %s", info.Singular, name, strings.Join(table.Notes, "; "))))
	case len(table.Rows) == 0:
		return &missingError{fmt.Sprintf("there is no %s %s%s", info.Singular, name, in(g.environment))}
	case len(table.Rows) > 1 && whole:
		return usageError{fmt.Errorf("there are %d %s called %s, in %s: say which with --environment", len(table.Rows), info.Name, name, places(table.Rows))}
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
	t := tabwriter.NewWriter(b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(table.Columns, "\t"))
	for _, r := range table.Rows {
		cells := make([]string, len(r.Cells))
		for i, cell := range r.Cells {
			cells[i] = clean.Line(cell)
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	_ = t.Flush() // a buffer takes all
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
