package cli_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"drey/server"
	"drey/ui/cli"
)

// TestMain lets the scripts below testdata run this test binary as drey.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"drey": func() {
			p := cli.Process{Getenv: os.Getenv, In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
			if err := cli.Run(context.Background(), os.Args[1:], p); err != nil {
				fmt.Fprintln(os.Stderr, "drey: "+err.Error())
				os.Exit(cli.ExitCode(err))
			}
		},
	})
}

// startServer starts a real server and puts its address into a variable:
// "server NAME".
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: server NAME")
	}
	s, err := server.Open(context.Background(), server.Config{Listen: "127.0.0.1:0", Data: ts.MkAbs("data-" + args[0]), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		ts.Fatalf("%v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	ts.Defer(func() {
		stop()
		if err := <-ended; err != nil {
			ts.Logf("server %s: %v", args[0], err)
		}
	})
	ts.Setenv(args[0], s.URL())
}

// TestScripts runs the commands as a person would, away from any terminal.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			return nil
		},
		Condition: func(string) (bool, error) { return false, nil },
		Cmds:      map[string]func(*testscript.TestScript, bool, []string){"server": startServer},
	})
}
