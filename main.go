// Command drey is a console for Flink platforms, and the server behind it.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"drey/ui/cli"
)

func main() {
	os.Exit(exitCode(run(context.Background(), os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr), os.Stderr))
}

// run is the program without the process: what main calls and tests can call.
func run(ctx context.Context, args []string, getenv func(string) string, in, out, errOut *os.File) error {
	return cli.Run(ctx, args, cli.Process{Getenv: getenv, In: in, Out: out, Err: errOut})
}

// exitCode prints an error that was not yet shown: 0 fine, else
// cli.ExitCode.
func exitCode(err error, errOut io.Writer) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(errOut, "drey: "+err.Error())
	return cli.ExitCode(err)
}
