package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"drey/client/cmf"
	"drey/server"
)

// newServe hosts the API until it is told to end.
func newServe(p Process) *cobra.Command {
	var listen, data string
	var remote bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Host the CMF API on this machine, on the embedded engine",
		Long: `Host the CMF API on this machine. SIGINT or SIGTERM ends the server; a second
start on the same folder goes on where it was. Requests are logged on stderr.

Applications are stand-ins with the true life cycle; SQL statements run for real.`,
		Example: `  drey serve --listen 127.0.0.1:8080 --data ./drey-data`,
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			config := server.Config{
				Listen: listen, Data: data, AllowRemote: remote, Revision: version(),
				Log: slog.New(slog.NewTextHandler(p.Err, nil)),
			}
			return serve(ctx, p, config)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "address to listen on; port 0 takes a free one")
	cmd.Flags().StringVar(&data, "data", "drey-data", "folder of the data, made where it is missing")
	cmd.Flags().BoolVar(&remote, "allow-remote-without-authentication", false,
		"listen on an address that is not loopback: whoever reaches the port may do everything")
	return cmd
}

func serve(ctx context.Context, p Process, config server.Config) error {
	s, err := server.Open(ctx, config)
	if errors.Is(err, server.ErrRemote) {
		return usageError{fmt.Errorf("%w with --allow-remote-without-authentication", err)}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "drey serving %s%s (engine %s, data %s)\n", s.URL(), cmf.BasePath, s.Engine().Name, config.Data)
	return s.Run(ctx)
}
