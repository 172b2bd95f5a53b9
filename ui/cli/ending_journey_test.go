//go:build linux

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"drey/ui/uitest/terminal"
)

// ending is a console below a shell, which stays when the console has ended.
func ending(t *testing.T) (d *traveller, pid int) {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	file := filepath.Join(home, "pid")
	script := fmt.Sprintf(`sh -c 'echo $$ > %s; exec %s demo --still'; echo "ended with $?"; read x`, file, binary)
	p, err := terminal.Start(t.Context(), home, 140, 40, "/bin/sh", "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	d = &traveller{t, p}
	if err := p.WaitFor("20 applications"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return d, pid
}

// TestTheTerminalIsGivenBackAfterASignal that the console can answer.
func TestTheTerminalIsGivenBackAfterASignal(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		code   int
		shows  []string
	}{
		{syscall.SIGTERM, 0, nil},
		{syscall.SIGHUP, 0, nil},
		{syscall.SIGQUIT, 2, []string{"goroutine "}},
	} {
		t.Run(c.signal.String(), func(t *testing.T) {
			t.Parallel()
			d, pid := ending(t)
			if err := d.p.Send("m"); err != nil { // the mouse is given back, too
				t.Fatal(err)
			}
			if err := d.p.WaitFor("mouse"); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(pid, c.signal); err != nil {
				t.Fatal(err)
			}
			sent := append(c.shows, fmt.Sprintf("ended with %d", c.code),
				"\x1b[?1049l", "\x1b[?25h", "\x1b[?2004l", "\x1b[?1002l")
			if err := d.p.WaitForRaw(sent...); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(d.p.Screen(), "20 applications") {
				t.Errorf("the console is seen still:\n%s", d.p.Screen())
			}
		})
	}
}
