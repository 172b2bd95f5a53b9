package cli_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"drey/server"
	"drey/server/auth"
	"drey/server/demo"
	"drey/ui/cli"
	"drey/ui/uitest/crowd"
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

// scenarios are servers whose answers are made up for a script: another kind of
// server, pages of HTML, and one whose clock stands a day behind what it has made.
var scenarios = map[string]http.Handler{
	"jobmanager": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/config" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"flink-version":"1.20.1"}`))
	}),
	"html": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>Welcome</title>"))
	}),
	"clock": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", "Sat, 03 Jan 2026 03:04:05 GMT")
		crowd.New(2, 1).ServeHTTP(w, r)
	}),
	"nostatements": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/statements") {
			http.NotFound(w, r)
			return
		}
		crowd.New(2, 1).ServeHTTP(w, r)
	}),
}

// startServer starts a real server and puts its address into a variable:
// "server NAME", "server NAME demo" for one with sample data, "server NAME closed"
// for one that wants a token which nobody has, or one of the scenarios.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: server NAME [demo|closed|SCENARIO]")
	}
	if len(args) == 2 && scenarios[args[1]] != nil {
		web := httptest.NewServer(scenarios[args[1]])
		ts.Defer(web.Close)
		ts.Setenv(args[0], web.URL)
		return
	}
	config := server.Config{
		Listen: "127.0.0.1:0", Data: ts.MkAbs("data-" + args[0]), Log: slog.New(slog.DiscardHandler),
	}
	if len(args) == 2 && args[1] == "closed" {
		config.TokenFile = ts.MkAbs("tokens")
		ts.Check(os.WriteFile(config.TokenFile, []byte("nobody write "+auth.HashToken("nobody knows it")+"\n"), 0o600))
	}
	s, err := server.Open(context.Background(), config)
	if err != nil {
		ts.Fatalf("%v", err)
	}
	if len(args) == 2 && args[1] == "demo" {
		if err := demo.Seed(context.Background(), s, demo.Options{}); err != nil {
			ts.Fatalf("%v", err)
		}
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

// exitCode runs a command that has to end so: "exitcode N COMMAND…".
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N COMMAND...")
	}
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("%s ended with %d, want %s", strings.Join(args[1:], " "), code, args[0])
	}
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
		Cmds:      map[string]func(*testscript.TestScript, bool, []string){"server": startServer, "exitcode": exitCode},
	})
}
