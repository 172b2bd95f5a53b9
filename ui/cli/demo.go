package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"drey/server"
	"drey/server/demo"
)

// newDemo opens the console on a server of its own that is gone at the end.
func newDemo(p Process) *cobra.Command {
	s := &settings{}
	sample := demo.Options{}
	var files []string
	config := server.Config{}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Open the console on a throw-away local server with sample data",
		Long: `Open the console on a server of its own: a free loopback port, a temporary
folder, sample data in every state. All of it is gone when you leave.

With --engine flink it runs on a real Apache Flink, which is fetched and started
for the demo unless --flink-rest names one.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), p, cmd.Flags(), s, demoConfig{sample: sample, files: files, config: config})
		},
	}
	s.consoleFlags(cmd.Flags())
	cmd.Flags().BoolVar(&s.ReadOnly, "read-only", false, "send no request that changes anything")
	cmd.Flags().IntVar(&sample.Applications, "applications", 0, "how many applications (default about 20)")
	cmd.Flags().IntVar(&sample.Environments, "environments", 0, "how many environments (default 3)")
	cmd.Flags().BoolVar(&sample.Still, "still", false, "nothing changes by itself, for measuring and for pictures")
	cmd.Flags().StringArrayVar(&files, "files", nil, "folder that filesystem tables may read and write (repeatable; none by default)")
	flinkFlags(cmd.Flags(), &config)
	return cmd
}

// demoConfig is what a demo is made of.
type demoConfig struct {
	sample demo.Options
	files  []string
	config server.Config // the engine
}

func runDemo(ctx context.Context, p Process, flags *pflag.FlagSet, s *settings, d demoConfig) (err error) {
	sample := d.sample
	if sample.Applications < 0 || sample.Environments < 0 {
		return usageError{errors.New("want no negative number of applications or environments")}
	}
	// Where a user's own server is does not matter here.
	if err := s.load(flags, func(name string) string { return withoutConnection(name, p.Getenv) }); err != nil {
		return err
	}
	s.CAPath, s.CertPath, s.KeyPath = "", "", ""
	dir, err := os.MkdirTemp("", "drey-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	log, closeLog, err := demoLog(dir)
	if err != nil {
		return err
	}
	defer closeLog()
	config := d.config
	down, err := flinkForDemo(ctx, p, &config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, down()) }()
	config.Listen, config.Data, config.Files, config.Log, config.Revision = "127.0.0.1:0", filepath.Join(dir, "data"), d.files, log, version()
	srv, err := server.Open(ctx, config)
	if err != nil {
		return err
	}
	s.URL = srv.URL()
	if config.Engine == server.EngineFlink {
		return runBoth(ctx, srv, func(ctx context.Context) error { return demoOnFlink(ctx, p, s) })
	}
	if sample.Applications > 1000 {
		fmt.Fprintf(p.Err, "making %d applications …\n", sample.Applications)
	}
	if err := demo.Seed(ctx, srv, sample); err != nil {
		return errors.Join(fmt.Errorf("sample data: %w", err), srv.Close())
	}
	return runBoth(ctx, srv, func(ctx context.Context) error { return openConsole(ctx, p, s, "demo") })
}

// runBoth runs the server for as long as the console is open; a server that
// ends by itself closes the console.
func runBoth(ctx context.Context, srv *server.Server, open func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group.Go(func() error { return srv.Run(ctx) })
	group.Go(func() error {
		defer cancel()
		return open(ctx)
	})
	return group.Wait()
}

func withoutConnection(name string, getenv func(string) string) string {
	for _, connection := range envNames {
		if name == connection {
			return ""
		}
	}
	return getenv(name)
}

// demoLog keeps the server's log out of the terminal.
func demoLog(dir string) (*slog.Logger, func(), error) {
	f, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		return nil, nil, err
	}
	return slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelWarn})), func() { _ = f.Close() }, nil
}
