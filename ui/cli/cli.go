// Package cli is the composition root: the commands, and who gets what.
package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"drey/client/fault"
	"drey/ui/config"
	"drey/views/browse"
)

// Process is what a command needs of the process around it.
type Process struct {
	Getenv       func(string) string
	In, Out, Err *os.File
}

// usageError is a command that was used wrongly; it exits with 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// ExitCode is 2 for a command that was used wrongly, 3 where there is no such
// object, 4 where it was refused, and 1 for one that failed otherwise.
func ExitCode(err error) int {
	var usage usageError
	var refused *browse.RefusedError
	switch {
	case errors.As(err, &usage):
		return 2
	case fault.Is(err, fault.NotFound):
		return 3
	case errors.As(err, &refused), fault.Is(err, fault.Forbidden, fault.Unlicensed, fault.SignedOut, fault.ReadOnly):
		return 4
	}
	return 1
}

// Run runs the command that args name; none is the console.
func Run(ctx context.Context, args []string, p Process) error {
	root := newRoot(p)
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}

func newRoot(p Process) *cobra.Command {
	root := &cobra.Command{
		Use:           "drey",
		Short:         "A console for Flink platforms, and a local server for them",
		Long:          longHelp,
		Example:       examples,
		Args:          usageArgs(cobra.NoArgs),
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       buildVersion(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runConsole(cmd.Context(), p, cmd.Flags())
		},
	}
	root.SetIn(p.In)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	config.AddFlags(root.Flags(), config.Server, config.Safety)
	consoleFlags(root.Flags())
	root.AddCommand(
		newDemo(p), newServe(p), newGet(p), newOpen(p), newToken(p), newKeys(p), newFlink(p), newContexts(p),
		newConfig(p),
	)
	completeFlags(root, p)
	return root
}

// usageArgs makes wrong arguments exit with 2.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

const examples = `  drey demo                            the console on a throw-away server with sample data
  drey --url http://localhost:8080     the console on a CMF server
  drey --context prod                  the console on a server of the configuration
  drey get applications -o yaml        print objects, without the console
  drey serve --data ./drey-data        host the API for other clients`

var longHelp = `drey is a terminal console for Confluent Manager for Apache Flink (CMF), and a
server that hosts the same API on this machine.

Where a setting comes from, later ones win: the configuration file, the
environment, flags. Each connection flag has an environment variable:

` + config.Help() + `
and DREY_TOKEN may hold the token itself. Several servers go into the file, under
contexts; drey contexts lists them, drey config explain KEY tells of a setting.

Files: the configuration is read from ~/.config/drey/config.yaml; SQL buffers,
history and the log console.log are in ~/.local/state/drey. XDG_CONFIG_HOME and
XDG_STATE_HOME name other folders.

In the console, ? lists every key, : is a palette of commands, q leaves.
In tmux, "set -sg escape-time 10" makes esc answer at once.`

// noAddress is the one screen of a console without a server.
const noAddress = `drey needs the address of a CMF server.

  Try it without one       drey demo
  A server you know        drey --url http://HOST:8080
                           or: export CONFLUENT_CMF_URL=http://HOST:8080
  One behind kubectl       kubectl port-forward service/cmf-service 8080:80
                           drey --url http://localhost:8080
  Host one here            drey serve --data ./drey-data
                           drey --url http://127.0.0.1:8080

With TLS: --certificate-authority-path, and for mutual TLS --client-cert-path
and --client-key-path. With a token: --token-file FILE, or DREY_TOKEN.
Or put "url: …" into %s.
More: drey help`
