//go:build flink

package flink_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"drey/client/cmf"
)

// drey is a process of the built program.
type drey struct {
	cmd *exec.Cmd
	url string
	log string
}

var serving = regexp.MustCompile(`serving (http://[^/ ]+)`)

// startDrey serves a folder on the real Flink; it ends with the test.
func startDrey(t *testing.T, dir string) *drey {
	t.Helper()
	return serveOn(t, dir, []string{
		"--flink-rest", os.Getenv("DREY_TEST_FLINK_REST"), "--flink-sql-gateway", os.Getenv("DREY_TEST_FLINK_SQL_GATEWAY"),
		"--flink-savepoints", os.Getenv("DREY_TEST_FLINK_SAVEPOINTS"),
	})
}

func serveOn(t *testing.T, dir string, where []string) *drey {
	t.Helper()
	binary := os.Getenv("DREY_TEST_BINARY")
	if binary == "" {
		t.Fatal("DREY_TEST_BINARY must be the program to test")
	}
	d := &drey{log: filepath.Join(dir, "log")}
	d.cmd = exec.Command(binary, append([]string{
		"serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "data"), "--engine", "flink",
		"--flink-jars", os.Getenv("DREY_TEST_FLINK_JARS"),
	}, where...)...)
	log, err := os.OpenFile(d.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	d.cmd.Stderr = log
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	m := serving.FindStringSubmatch(line)
	if m == nil {
		text, _ := os.ReadFile(d.log)
		t.Fatalf("drey says %q, %v: %s", line, err, text)
	}
	d.url = m[1]
	return d
}

// kill ends it as a power cut does.
func (d *drey) kill() {
	_ = d.cmd.Process.Kill()
	_ = d.cmd.Wait()
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// eventually asks until it is so, for as long as a slow machine may take.
func eventually(t *testing.T, what string, so func() (bool, string)) {
	t.Helper()
	var seen string
	for until := time.Now().Add(5 * time.Minute); time.Now().Before(until); {
		ok, now := so()
		if ok {
			return
		}
		seen = now
		pause()
	}
	t.Fatalf("not %s: %s", what, seen)
}

func pause() { <-time.NewTimer(100 * time.Millisecond).C }

// phase waits until a statement is in the phase.
func (a *api) phase(path, phase string) (st cmf.Statement) {
	a.Helper()
	eventually(a.T, phase, func() (bool, string) {
		a.ask("GET", path, nil, &st)
		return st.Phase() == phase, st.Phase() + " " + st.Status.Detail
	})
	return st
}
