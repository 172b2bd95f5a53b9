package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drey/server"
	"drey/server/flinkup"
	"drey/ui/config"
)

// newFlink fetches, starts and ends an Apache Flink of this machine's own.
func newFlink(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "flink",
		Short: "Start and end an Apache Flink on this machine",
		Long: `Start and end an Apache Flink ` + flinkup.Version + ` on this machine: JobManager, TaskManager and
SQL Gateway on free loopback ports. It needs Java 17; Maven fetches the jars, once.`,
		Example: `  drey flink up
  drey flink status
  drey flink down`,
		Args: usageArgs(cobra.NoArgs),
	}
	cmd.AddCommand(
		newFlinkUp(p),
		flinkVerb(p, "down", "End the processes that up started", flinkDown),
		flinkVerb(p, "status", "Tell what runs", flinkStatus),
	)
	return cmd
}

func newFlinkUp(p Process) *cobra.Command {
	var version string
	var settings []string
	cmd := flinkVerb(p, "up", "Fetch and start Flink, wait until it answers, print its addresses",
		func(ctx context.Context, p Process, o flinkup.Options) error {
			o.Version = version
			var err error
			if o.Settings, err = flinkSettings(settings); err != nil {
				return err
			}
			return flinkUp(ctx, p, o)
		})
	cmd.Flags().StringVar(
		&version, "version", flinkup.Version, "version of Flink: "+strings.Join(flinkup.Versions, ", "),
	)
	cmd.Flags().StringArrayVar(
		&settings, "set", nil,
		"an option of Flink to start with, such as jobmanager.scheduler=adaptive; may be given more than once",
	)
	return cmd
}

// flinkSettings reads NAME=VALUE.
func flinkSettings(given []string) (map[string]string, error) {
	settings := make(map[string]string, len(given))
	for _, text := range given {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("--set %q: want NAME=VALUE, such as jobmanager.scheduler=adaptive", text)}
		}
		settings[strings.TrimSpace(name)] = value
	}
	return settings, nil
}

func flinkVerb(p Process, use, short string, run func(context.Context, Process, flinkup.Options) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return run(ctx, p, flinkOptions(p))
		},
	}
}

// flinkOptions keeps jars below the cache folder and all else below the state folder.
func flinkOptions(p Process) flinkup.Options {
	return flinkup.Options{
		Cache:    filepath.Join(config.BaseDir(p.Getenv, "XDG_CACHE_HOME", ".cache"), "drey", "flink"),
		State:    filepath.Join(stateDir(p.Getenv), "flink"),
		Progress: func(text string) { fmt.Fprintln(p.Err, text+" …") },
	}
}

func flinkUp(ctx context.Context, p Process, o flinkup.Options) error {
	s, err := flinkup.Up(ctx, o)
	if err != nil {
		return err
	}
	printFlink(p.Out, s)
	fmt.Fprintf(p.Out, "\nServe on it:  drey serve --engine flink --flink-rest %s --flink-sql-gateway %s "+
		"--flink-savepoints %s\n",
		s.REST, s.SQLGateway, s.Savepoints)
	return nil
}

func flinkDown(ctx context.Context, p Process, o flinkup.Options) error {
	err := flinkup.Down(ctx, o)
	if errors.Is(err, flinkup.ErrDown) {
		fmt.Fprintln(p.Out, "no Flink runs here")
		return nil
	}
	if err == nil {
		fmt.Fprintln(p.Out, "Flink is down")
	}
	return err
}

// flinkStatus fails when a process is missing, for scripts.
func flinkStatus(_ context.Context, p Process, o flinkup.Options) error {
	s, err := flinkup.Status(o)
	if err != nil {
		return err
	}
	printFlink(p.Out, s)
	var dead []string
	for _, process := range s.Processes {
		if !process.Alive() {
			dead = append(dead, process.Name)
		}
	}
	if len(dead) > 0 {
		return fmt.Errorf("not running: %s; drey flink up starts all anew", strings.Join(dead, ", "))
	}
	return nil
}

func printFlink(out io.Writer, s flinkup.State) {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	defer func() { _ = w.Flush() }()
	fmt.Fprintf(w, "Flink\t%s, %d slots\n", s.Version, s.Slots)
	fmt.Fprintf(w, "REST\t%s\n", s.REST)
	fmt.Fprintf(w, "SQL Gateway\t%s\n", s.SQLGateway)
	fmt.Fprintf(w, "Savepoints\t%s\n", s.Savepoints)
	var sum int64
	for _, process := range s.Processes {
		memory := process.Memory()
		sum += memory
		fmt.Fprintf(w, "%s\tpid %d, %d MB\n", process.Name, process.PID, memory>>20)
	}
	fmt.Fprintf(w, "Memory\t%d MB\n", sum>>20)
}

// flinkFlags choose the engine, and say where Flink is.
func flinkFlags(f *pflag.FlagSet, config *server.Config) {
	f.StringVar(
		&config.Engine, "engine", server.EngineEmbedded, "what runs applications and statements: embedded or flink",
	)
	f.StringVar(&config.Flink.REST, "flink-rest", "", "address of Flink's JobManager, such as http://127.0.0.1:8081")
	f.StringVar(
		&config.Flink.SQLGateway, "flink-sql-gateway", "",
		"address of Flink's SQL Gateway, such as http://127.0.0.1:8083",
	)
	f.StringVar(&config.Flink.Jars, "flink-jars", "", "folder that jars of applications (local:///…) are below")
	f.StringArrayVar(
		&config.Flink.JarHosts, "flink-jar-host", nil,
		"host, or HOST:PORT, that jars may be fetched from (repeatable; none by default)",
	)
	f.StringVar(
		&config.Flink.Savepoints, "flink-savepoints", "", "URI of the folder of savepoints; Flink's own by default",
	)
	f.BoolVar(
		&config.Flink.WebUIWrites, "flink-web-ui-writes", false,
		"let requests below flink-web-ui change jobs, such as a cancel",
	)
	f.StringVar(
		&config.Flink.User, "flink-user", "",
		"user at both addresses, with the password in DREY_FLINK_PASSWORD (or a token in DREY_FLINK_TOKEN)",
	)
	f.StringVar(
		&config.Flink.CA, "flink-ca", "", "PEM file of the authority that signed the certificates at both addresses",
	)
}

// checkEngine takes secrets from the environment and refuses half an address.
func checkEngine(config *server.Config, getenv func(string) string) error {
	config.Flink.Password, config.Flink.Token = getenv("DREY_FLINK_PASSWORD"), getenv("DREY_FLINK_TOKEN")
	f := config.Flink
	switch config.Engine {
	case server.EngineFlink:
		if f.REST == "" || f.SQLGateway == "" {
			return usageError{errors.New(
				"--engine flink needs --flink-rest and --flink-sql-gateway; drey flink up starts a Flink and prints both",
			)}
		}
	case server.EngineEmbedded:
		if f.REST != "" || f.SQLGateway != "" {
			return usageError{errors.New("--flink-rest and --flink-sql-gateway are for --engine flink")}
		}
	default:
		return usageError{fmt.Errorf("--engine %q: want embedded or flink", config.Engine)}
	}
	return nil
}
