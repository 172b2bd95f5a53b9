package cli

import (
	"github.com/spf13/cobra"

	"drey/ui/config"
)

// newConfig explains the configuration.
func newConfig(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Explain the configuration",
		Long: `Explain the configuration: the file ~/.config/drey/config.yaml, which is only
read, flags and environment variables.`,
		Args: usageArgs(cobra.NoArgs),
	}
	cmd.AddCommand(newExplain(p), newSchema(p))
	return cmd
}

func newExplain(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain KEY",
		Short: "Tell what a setting is, its value, and which place it came from",
		Example: `  drey config explain url
  drey config explain contexts.prod.auth`,
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: completeKeys(p),
	}
	config.AddFlags(cmd.Flags(), config.Server, config.Safety, config.Console)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := loadConfig(config.Options{Getenv: p.Getenv, Flags: cmd.Flags()})
		if err != nil {
			return err
		}
		if err := c.Explain(p.Out, args[0]); err != nil {
			return usageError{err}
		}
		return nil
	}
	return cmd
}

func newSchema(p Process) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print a JSON schema of the configuration file, for editors",
		Example: `  drey config schema > ~/.config/drey/schema.json
  # then, as the first line of config.yaml:
  # yaml-language-server: $schema=schema.json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			text, err := config.Schema(configPlatforms())
			if err != nil {
				return err
			}
			_, err = p.Out.Write(text)
			return err
		},
	}
}
