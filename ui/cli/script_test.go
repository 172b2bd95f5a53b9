package cli_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

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
	})
}
