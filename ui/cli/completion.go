package cli

import (
	"github.com/spf13/cobra"

	"drey/themes"
	"drey/ui/config"
)

// completeFlags has a shell complete the values of flags, in all commands.
func completeFlags(cmd *cobra.Command, p Process) {
	for name, complete := range map[string]cobra.CompletionFunc{
		"context": completeContexts(p),
		"theme":   cobra.FixedCompletions(themes.Names(), cobra.ShellCompDirectiveNoFileComp),
		"output":  cobra.FixedCompletions([]string{"table", "json", "yaml", "name"}, cobra.ShellCompDirectiveNoFileComp),
		"url":     cobra.NoFileCompletions,
	} {
		if cmd.Flags().Lookup(name) != nil {
			_ = cmd.RegisterFlagCompletionFunc(name, complete) // fails for a flag that is not there only
		}
	}
	for _, child := range cmd.Commands() {
		completeFlags(child, p)
	}
}

// completeContexts offers the contexts of the configuration, with their
// addresses. What is wrong with it is not told here.
func completeContexts(p Process) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		c, err := loadConfig(config.Options{Getenv: p.Getenv})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var all []cobra.Completion
		for _, x := range c.Contexts {
			all = append(all, cobra.CompletionWithDesc(x.Name, plain(addressOf(x))))
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeKeys offers the keys of the configuration that have a value, and the
// settings.
func completeKeys(p Process) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		c, err := loadConfig(config.Options{Getenv: p.Getenv})
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return c.Keyed(), cobra.ShellCompDirectiveNoFileComp
	}
}
