package quiet_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// program is one that is drawn by Bubble Tea.
const program = `package main

import (
	"fmt"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	"NAME/themes/quiet"
)

func main() {
	quiet.Restore()
	_ = tea.NewProgram(nil)
	value, found := os.LookupEnv("CI")
	fmt.Println("CI", value, found)
}
`

// TestQuietComesBeforeBubbleTeaUnderAnyName builds a program of this package and
// Bubble Tea in modules of several names, and reads in which order Go
// initialises them. The environment must be as it was after that.
func TestQuietComesBeforeBubbleTeaUnderAnyName(t *testing.T) {
	for _, name := range []string{"drey", "github.com/zz/drey", "gitlab.com/acme/drey", "sr.ht/~someone/drey"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			binary := build(t, name)
			order := run(t, binary, "CI=", "GODEBUG=inittrace=1")
			quiet, bubbletea := strings.Index(order, "init "+name+"/themes/quiet "), strings.Index(
				order, "init github.com/charmbracelet/bubbletea ",
			)
			if quiet < 0 || bubbletea < 0 || quiet > bubbletea {
				t.Errorf("quiet at %d, Bubble Tea at %d of\n%s", quiet, bubbletea, order)
			}
			if out := run(t, binary, "CI=mine"); out != "CI mine true\n" {
				t.Errorf("the environment is not as it was: %s", out)
			}
		})
	}
}

// run gives what a program prints with variables set.
func run(t *testing.T, binary string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// build builds the program in a module of a name.
func build(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("quiet.go")
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		"go.mod": regexp.MustCompile(`(?m)^module .*$`).ReplaceAllLiteralString(string(mod), "module "+name),
		"go.sum": string(sum), "main.go": strings.ReplaceAll(program, "NAME", name), "themes/quiet/quiet.go": string(source),
	} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(dir, "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}
