package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"drey/keymap"
)

// newKeys prints every key with the name that overrides it.
func newKeys(p Process) *cobra.Command {
	return &cobra.Command{
		Use:   "keys",
		Short: "List every key of the console",
		Long: `List every key of the console with the name under which the configuration file
replaces it, such as

  keys:
    table.savepoint: [f2]`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
			context := ""
			for _, e := range keymap.Default().Entries() {
				if e.Context() != context {
					if context != "" {
						fmt.Fprintln(w)
					}
					context = e.Context()
				}
				fmt.Fprintf(w, "%s\t%s\t%s\n", e.Binding.Help().Key, e.Binding.Help().Desc, e.ID)
			}
			return w.Flush()
		},
	}
}
