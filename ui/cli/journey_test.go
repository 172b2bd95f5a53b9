//go:build unix

package cli_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"drey/ui/uitest/terminal"
)

// build makes the program once for all journeys.
var build = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	root := filepath.Dir(strings.TrimSpace(string(out)))
	binary := filepath.Join(root, "drey")
	cmd := exec.Command("go", "build", "-o", binary, ".")
	cmd.Dir = root
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", &buildError{text}
	}
	return binary, nil
})

type buildError struct{ output []byte }

func (e *buildError) Error() string { return "go build:\n" + string(bytes.TrimSpace(e.output)) }

// traveller presses keys and reads the screen; what does not come ends the test.
type traveller struct {
	t *testing.T
	p *terminal.Program
}

func travel(t *testing.T, columns, rows int, args ...string) *traveller {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	p, err := terminal.Start(t.Context(), t.TempDir(), columns, rows, binary, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return &traveller{t, p}
}

func (j *traveller) press(keys ...string) {
	j.t.Helper()
	for _, key := range keys {
		if err := j.p.Send(key); err != nil {
			j.t.Fatal(err)
		}
	}
}

func (j *traveller) see(texts ...string) {
	j.t.Helper()
	if err := j.p.WaitFor(texts...); err != nil {
		j.t.Fatal(err)
	}
}

func (j *traveller) gone(text string) {
	j.t.Helper()
	if err := j.p.WaitGone(text); err != nil {
		j.t.Fatal(err)
	}
}

// daemon is a drey serve of its own process.
type daemon struct {
	cmd *exec.Cmd
	url string
}

var served = regexp.MustCompile(`^drey serving (http://127\.0\.0\.1:\d+)/cmf/api/v1 \(engine embedded, data .+\)$`)

func serve(t *testing.T, listen, data string) *daemon {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--listen", listen, "--data", data)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	m := served.FindStringSubmatch(strings.TrimSpace(line))
	if m == nil {
		t.Fatalf("first line of stdout: %q, %v", line, err)
	}
	d := &daemon{cmd, m[1]}
	t.Cleanup(func() { d.end(syscall.SIGKILL) })
	return d
}

// end sends a signal and gives what the process ended with.
func (d *daemon) end(sig syscall.Signal) error {
	_ = d.cmd.Process.Signal(sig)
	return d.cmd.Wait()
}
