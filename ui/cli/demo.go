package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
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
	folder, err := newDemoFolder(os.TempDir())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.remove()) }()
	log, closeLog, err := demoLog(folder.path)
	if err != nil {
		return err
	}
	defer closeLog()
	config := d.config
	config.Listen, config.Data, config.Files, config.Log, config.Revision = "127.0.0.1:0", filepath.Join(folder.path, "data"), d.files, log, version()
	config.Throwaway = true
	if config.Engine == server.EngineFlink {
		return runDemoOnFlink(ctx, p, s, config)
	}
	return runDemoEmbedded(ctx, p, s, config, sample)
}

// runDemoOnFlink starts Flink where none was named; the console opens when the
// server is ready.
func runDemoOnFlink(ctx context.Context, p Process, s *settings, config server.Config) (err error) {
	down, err := flinkForDemo(ctx, p, &config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, down()) }()
	srv, err := server.Open(ctx, config)
	if err != nil {
		return err
	}
	s.URL = srv.URL()
	group, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group.Go(func() error { return srv.Run(ctx) })
	group.Go(func() error {
		defer cancel()
		return demoOnFlink(ctx, p, s)
	})
	return group.Wait()
}

// runDemoEmbedded opens the console at once; the server opens, and is filled,
// behind it. A server that ends by itself is told in the console.
func runDemoEmbedded(ctx context.Context, p Process, s *settings, config server.Config, sample demo.Options) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	config.Listener, s.URL = listener, "http://"+listener.Addr().String()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group errgroup.Group
	ended := make(chan error, 1)
	group.Go(func() error {
		err := openAndRun(ctx, config, sample)
		ended <- err
		return err
	})
	group.Go(func() error { return removeLeftDemos(ctx, os.TempDir()) })
	group.Go(func() error {
		defer cancel()
		return openConsole(ctx, p, s, consoleFor{name: "demo", server: ended})
	})
	return group.Wait()
}

// openAndRun answers once the samples are there; what makes a demo large comes
// while it is looked at.
func openAndRun(ctx context.Context, config server.Config, sample demo.Options) error {
	srv, err := server.Open(ctx, config)
	fill, rest := demo.Samples, demo.Crowd
	if sample.Applications <= demo.CrowdBatch {
		fill, rest = demo.Seed, func(context.Context, *server.Server, demo.Options) error { return nil }
	}
	if err == nil {
		if err = fill(ctx, srv, sample); err != nil {
			err = errors.Join(fmt.Errorf("sample data: %w", err), srv.Close())
		}
	}
	switch {
	case ctx.Err() != nil && err != nil:
		return nil // the console was left before the server was ready
	case err != nil:
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return srv.Run(ctx) })
	group.Go(func() error {
		if err := rest(ctx, srv, sample); err != nil && ctx.Err() == nil {
			return fmt.Errorf("sample data: %w", err)
		}
		return nil
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
