package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drey/client/cmf"
	"drey/server"
	"drey/server/auth"
)

// newServe hosts the API until it is told to end.
func newServe(p Process) *cobra.Command {
	config, move := server.Config{Revision: version()}, archiveFiles{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Host the CMF API on this machine, on the embedded engine or on Apache Flink",
		Long: `Host the CMF API on this machine. SIGINT or SIGTERM ends the server; a second
start on the same folder goes on where it was. Requests are logged on stderr.

On the embedded engine applications are stand-ins with the true life cycle and
SQL statements run for real. With --engine flink both run on the Apache Flink at
--flink-rest and --flink-sql-gateway; drey flink up starts one.

Beside the API there are /healthz, /readyz and /metrics. Secrets are encrypted
with a key from --secret-key-file or DREY_SECRET_KEY, else from secret.key in
the data folder, which is made where it is missing.`,
		Example: `  drey serve --listen 127.0.0.1:8080 --data ./drey-data
  drey serve --files ./tables            tables may read and write below ./tables
  drey serve --token-file tokens         callers need a token; drey token makes one`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			config.Log = slog.New(slog.NewTextHandler(p.Err, nil))
			config.SecretKey = p.Getenv("DREY_SECRET_KEY")
			if err := checkEngine(&config, p.Getenv); err != nil {
				return err
			}
			return serve(ctx, p, config, move)
		},
	}
	serveFlags(cmd.Flags(), &config)
	cmd.Flags().StringVar(&move.out, "export", "", "write all objects to a file as YAML, secrets encrypted, and end")
	cmd.Flags().StringVar(&move.in, "import", "", "read such a file into a folder that has no environments, then serve")
	flinkFlags(cmd.Flags(), &config)
	return cmd
}

func serveFlags(f *pflag.FlagSet, config *server.Config) {
	f.StringVar(&config.Listen, "listen", "127.0.0.1:8080", "address to listen on; port 0 takes a free one")
	f.StringVar(&config.Data, "data", "drey-data", "folder of the data, made where it is missing")
	f.StringArrayVar(
		&config.Files, "files", nil, "folder that filesystem tables may read and write (repeatable; none by default)",
	)
	f.DurationVar(
		&config.ResultsExpiry, "results-expiry", 0,
		"how long results stay readable after a statement ended (default 1h)",
	)
	size(
		f, &config.StatementResults, "statement-results",
		"memory for the results of a statement that nobody has fetched; then it waits (default 64 MB)",
	)
	size(
		f, &config.StatementState, "statement-state",
		"memory for the state of a statement's operators; then it fails (default 256 MB)",
	)
	size(
		f, &config.StatementsMemory, "statements-memory",
		"memory for results and state of all statements together (default 512 MB)",
	)
	f.StringVar(&config.TokenFile, "token-file", "", "file of bearer tokens, as drey token prints lines for it")
	f.StringVar(&config.ClientCA, "client-ca", "", "PEM file of the authorities of client certificates")
	f.StringArrayVar(
		&config.Readers, "reader", nil, "common name of a client certificate that may only read (repeatable)",
	)
	f.StringArrayVar(
		&config.Writers, "writer", nil,
		"common name of a client certificate that may write; then no other may (repeatable)",
	)
	f.StringVar(&config.TLSCert, "tls-cert", "", "PEM file of the server's certificate, read again when it changes")
	f.StringVar(&config.TLSKey, "tls-key", "", "PEM file of the server's key")
	f.StringVar(
		&config.SecretKeyFile, "secret-key-file", "",
		"file of the key that secrets are encrypted with (or DREY_SECRET_KEY)",
	)
	f.BoolVar(&config.AllowRemote, "allow-remote-without-authentication", false,
		"listen on an address that is not loopback: whoever reaches the port may do everything")
	f.StringArrayVar(&config.AllowedHosts, "allowed-host", nil,
		"name that such a server may be called by (repeatable; by default the machine's name and addresses)")
}

// newToken makes a bearer token and the line that lets its holder in.
func newToken(p Process) *cobra.Command {
	readOnly := false
	cmd := &cobra.Command{
		Use:   "token NAME",
		Short: "Make a bearer token for drey serve --token-file",
		Long: `Make a bearer token. The token goes to stdout, for its holder; the line for the
server's token file, which holds only a hash of it, goes to stderr.`,
		Example: `  drey token ci 2>>tokens >ci.token`,
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if strings.ContainsAny(args[0], " \t\r\n#") {
				return usageError{fmt.Errorf("name %q: want one word", args[0])}
			}
			role := auth.RoleWrite
			if readOnly {
				role = auth.RoleRead
			}
			token := auth.NewToken()
			fmt.Fprintln(p.Out, token)
			fmt.Fprintf(p.Err, "%s %s %s\n", args[0], role, auth.HashToken(token))
			return nil
		},
	}
	cmd.Flags().BoolVar(&readOnly, "read-only", false, "the token may only read")
	return cmd
}

// archiveFiles are what to write all objects to and to read them from.
type archiveFiles struct{ out, in string }

func serve(ctx context.Context, p Process, config server.Config, move archiveFiles) error {
	limitMemory(config.StatementsMemory)
	s, err := server.Open(ctx, config)
	if errors.Is(err, server.ErrRemote) {
		return usageError{fmt.Errorf("%w with --allow-remote-without-authentication", err)}
	}
	if err != nil {
		return err
	}
	for _, notice := range s.Notices() {
		fmt.Fprintln(p.Err, notice)
	}
	if move.in != "" {
		if err := move.read(ctx, p, s); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	if move.out != "" {
		return errors.Join(move.write(ctx, s), s.Close())
	}
	fmt.Fprintf(p.Out, "drey serving %s%s (engine %s, data %s)\n", s.URL(), cmf.BasePath, s.Engine().Name, config.Data)
	return s.Run(ctx)
}

func (a archiveFiles) read(ctx context.Context, p Process, s *server.Server) error {
	f, err := os.Open(a.in)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer f.Close()
	n, err := s.Import(ctx, f)
	if err != nil {
		return fmt.Errorf("import %s: %w", a.in, err)
	}
	fmt.Fprintf(p.Err, "imported %d objects\n", n)
	return nil
}

// write makes the file whole or not at all. Its temporary name is one that was
// free, so that nothing that lies there is followed or overwritten.
func (a archiveFiles) write(ctx context.Context, s *server.Server) error {
	f, err := os.CreateTemp(filepath.Dir(a.out), "."+filepath.Base(a.out)+".*.part")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := errors.Join(s.Export(ctx, f), f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("export %s: %w", a.out, err), os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), a.out)
}
