//go:build flink

package flink_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"drey/client/cmf"
	"drey/server/flinkup"
)

// cluster is a Flink of a test's own, whose processes it may kill.
type cluster struct {
	*testing.T
	flinkup.State
	processes map[string]flinkup.Process
}

func ownFlink(t *testing.T) *cluster {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	o := flinkup.Options{
		Version: os.Getenv("DREY_TEST_FLINK_VERSION"), Cache: filepath.Join(cache, "drey", "flink"), State: t.TempDir(),
	}
	s, err := flinkup.Up(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := flinkup.Down(context.Background(), o); err != nil {
			t.Error(err)
		}
	})
	c := &cluster{T: t, State: s, processes: map[string]flinkup.Process{}}
	for _, p := range s.Processes {
		c.processes[p.Name] = p
	}
	return c
}

// kill ends a process as a crash does, and gives what starts it again.
func (c *cluster) kill(name string) (again func()) {
	c.Helper()
	pid := c.processes[name].PID
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		c.Fatal(err)
	}
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		c.Fatal(err)
	}
	dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		c.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		c.Fatal(err)
	}
	eventually(c.T, "ended", func() (bool, string) {
		p := c.processes[name]
		return !p.Alive(), fmt.Sprint(pid)
	})
	return func() {
		args := strings.Split(string(bytes.TrimRight(line, "\x00")), "\x00")
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, strings.Split(string(bytes.TrimRight(environment, "\x00")), "\x00")
		if err := cmd.Start(); err != nil {
			c.Fatal(err)
		}
		c.processes[name] = flinkup.Process{Name: name, PID: cmd.Process.Pid, Log: c.processes[name].Log}
		c.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	}
}

// live are the jobs that have not ended, "STATE name id".
func (c *cluster) live() []string {
	c.Helper()
	var list struct {
		Jobs []struct{ JID, Name, State string }
	}
	(&web{T: c.T, base: c.REST}).ask("GET", "/jobs/overview", nil, &list)
	var all []string
	for _, j := range list.Jobs {
		if !slices.Contains([]string{cmf.JobFinished, cmf.JobCanceled, cmf.JobFailed}, j.State) {
			all = append(all, j.State+" "+j.Name+" "+j.JID)
		}
	}
	return all
}

// has waits until so many jobs live.
func (c *cluster) has(n int) {
	c.Helper()
	eventually(c.T, fmt.Sprintf("%d jobs", n), func() (bool, string) {
		live := c.live()
		return len(live) == n, strings.Join(live, "\n")
	})
}

// serve is a drey on this Flink.
func (c *cluster) serve(dir string) *drey {
	c.Helper()
	return serveOn(c.T, dir, []string{
		"--flink-rest", c.REST, "--flink-sql-gateway", c.SQLGateway, "--flink-savepoints", c.Savepoints,
	})
}
