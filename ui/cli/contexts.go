package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"drey/ui/config"
	"drey/views"
	"drey/views/clean"
)

// newContexts lists the servers.
func newContexts(p Process) *cobra.Command {
	check := false
	cmd := &cobra.Command{
		Use:   "contexts",
		Short: "List the servers that the configuration names, or test each",
		Long: `List the contexts: the servers that the configuration names. A star is at the one
that the console begins with.

With --check each is asked, all at once and for three seconds at most: whether it
answers, TLS, who one is there, its version, and how far its clock is off. The
command fails when one of them does not answer as it should.`,
		Args: usageArgs(cobra.NoArgs),
	}
	config.AddFlags(cmd.Flags(), config.Server, config.Safety)
	cmd.Flags().BoolVar(&check, "check", false, "ask each of them")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := loadConfig(config.Options{Getenv: p.Getenv, Flags: cmd.Flags()})
		if err != nil {
			return err
		}
		if len(c.Contexts) == 0 {
			return usageError{fmt.Errorf(noAddress, c.Path)}
		}
		if check {
			return checkContexts(cmd.Context(), p, c)
		}
		return listContexts(p, c)
	}
	return cmd
}

// listContexts prints a line for each.
func listContexts(p Process, c config.Config) error {
	t := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "\tNAME\tPLATFORM\tADDRESS\tCHANGES\tAUTH\tLABEL")
	first, _ := c.First("")
	for _, x := range c.Contexts {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			star(x.Name == first.Name), x.Name, x.Platform, plain(addressOf(x)), changes(c, x), plain(whoOf(x)),
			plain(x.Label))
	}
	return t.Flush()
}

func star(is bool) string {
	if is {
		return "*"
	}
	return ""
}

// plain is a text of the configuration as one cell of a line.
func plain(text string) string {
	if text == "" {
		return "-"
	}
	return clean.Line(text)
}

// changes says what a context lets through.
func changes(c config.Config, x config.Context) string {
	text := [...]string{
		views.Writable: "all", views.QueriesOnly: "queries", views.NothingAtAll: "none",
	}[c.ReadOnlyIn(x)]
	if x.ConfirmTyped {
		text += ", typed"
	}
	return text
}
