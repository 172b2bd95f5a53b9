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
	"drey/ui/config"
)

// newDemo opens the console on a server of its own that is gone at the end.
func newDemo(p Process) *cobra.Command {
	sample := demo.Options{}
	var files []string
	local := server.Config{}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Open the console on a throw-away local server with sample data",
		Long: `Open the console on a server of its own: a free loopback port, a temporary
folder, sample data in every state. All of it is gone when you leave.

With --engine flink it runs on a real Apache Flink, which is fetched and started
for the demo unless --flink-rest names one.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), p, cmd.Flags(), demoConfig{sample: sample, files: files, config: local})
		},
	}
	consoleFlags(cmd.Flags())
	config.AddFlags(cmd.Flags(), config.Safety)
	cmd.Flags().IntVar(&sample.Applications, "applications", 0, "how many applications (default about 20)")
	cmd.Flags().IntVar(&sample.Environments, "environments", 0, "how many environments (default 3)")
	cmd.Flags().BoolVar(&sample.Still, "still", false, "nothing changes by itself, for measuring and for pictures")
	cmd.Flags().StringArrayVar(
		&files, "files", nil, "folder that filesystem tables may read and write (repeatable; none by default)",
	)
	flinkFlags(cmd.Flags(), &local)
	return cmd
}

// demoConfig is what a demo is made of.
type demoConfig struct {
	sample demo.Options
	files  []string
	config server.Config // the engine
}

func runDemo(ctx context.Context, p Process, flags *pflag.FlagSet, d demoConfig) (err error) {
	sample := d.sample
	if sample.Applications < 0 || sample.Environments < 0 {
		return usageError{errors.New("want no negative number of applications or environments")}
	}
	said, err := loadConfig(config.Options{Getenv: p.Getenv, Flags: flags, Local: true})
	if err != nil {
		return err
	}
	of := consoleFor{config: said, name: "demo", standardRenderer: standardRenderer(flags)}
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
	local := d.config
	local.Listen, local.Data, local.Files, local.Log, local.Revision = "127.0.0.1:0", filepath.Join(
		folder.path, "data",
	), d.files, log, version()
	local.Throwaway = true
	if local.Engine == server.EngineFlink {
		of.name = "demo on Flink"
		return runDemoOnFlink(ctx, p, of, local)
	}
	return runDemoEmbedded(ctx, p, of, local, sample)
}

// runDemoOnFlink starts Flink where none was named; the console opens when the
// server is ready.
func runDemoOnFlink(ctx context.Context, p Process, of consoleFor, config server.Config) (err error) {
	down, err := flinkForDemo(ctx, p, &config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, down()) }()
	srv, err := server.Open(ctx, config)
	if err != nil {
		return err
	}
	of = of.local(srv.URL())
	group, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group.Go(func() error { return srv.Run(ctx) })
	group.Go(func() error {
		defer cancel()
		return demoOnFlink(ctx, p, of, config.Flink.Jars != "")
	})
	return group.Wait()
}

// runDemoEmbedded opens the console at once; the server opens, and is filled,
// behind it. A server that ends by itself is told in the console.
func runDemoEmbedded(ctx context.Context, p Process, of consoleFor, config server.Config, sample demo.Options) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	config.Listener = listener
	of = of.local("http://" + listener.Addr().String())
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
		of.server = ended
		return openConsole(ctx, p, of)
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

// local is a console for a server in this process.
func (of consoleFor) local(url string) consoleFor {
	of.context = config.Local("demo", "cmf", url)
	of.context.Environment = of.config.Environment()
	return of
}

// demoLog keeps the server's log out of the terminal.
func demoLog(dir string) (*slog.Logger, func(), error) {
	f, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		return nil, nil, err
	}
	return slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelWarn})), func() { _ = f.Close() }, nil
}
