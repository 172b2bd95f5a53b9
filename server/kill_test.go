package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client/cmf"
)

const killTestDir = "DREY_KILL_TEST_DIR"

// childOfKillTest serves until it is killed, when this process is the server
// of TestNoAcknowledgedWriteIsLostByAKill.
func childOfKillTest() bool {
	dir := os.Getenv(killTestDir)
	if dir == "" {
		return false
	}
	s, err := Open(context.Background(), Config{
		Listen: "127.0.0.1:0", Data: dir, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		fmt.Println("error:", err)
		return true
	}
	fmt.Println(s.URL())
	if err := s.Run(context.Background()); err != nil {
		fmt.Println("error:", err)
	}
	return true
}

// victim starts this test binary as a server.
func victim(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), killTestDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://") {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("server says %q, %v", line, err)
	}
	return cmd, strings.TrimSpace(line)
}

// writer writes until the server is gone, and remembers what was acknowledged.
func writer(client *http.Client, url, prefix string) []string {
	var acknowledged []string
	for i := 0; ; i++ {
		name := fmt.Sprintf("%s-%d", prefix, i)
		body := app(name, `"upgradeMode":"savepoint"`, `"drey.stand-in.deploy-time":"30 ms","drey.stand-in.savepoint-time":"10 ms"`)
		response, err := client.Post(url+cmf.BasePath+"/"+prodApps, "application/json", strings.NewReader(body))
		if err != nil {
			return acknowledged
		}
		_, err = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != http.StatusCreated {
			return acknowledged
		}
		acknowledged = append(acknowledged, name)
	}
}

func TestNoAcknowledgedWriteIsLostByAKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills servers")
	}
	dir := filepath.Join(t.TempDir(), "data")
	var names []string
	for round := range 10 {
		cmd, url := victim(t, dir)
		client := &http.Client{Transport: &http.Transport{}}
		if round == 0 {
			response, err := client.Post(url+cmf.BasePath+"/environments", "application/json",
				strings.NewReader(`{"name":"prod","kubernetesNamespace":"x"}`))
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
		}
		var mu sync.Mutex
		var group sync.WaitGroup
		for w := range 4 {
			group.Go(func() {
				got := writer(client, url, fmt.Sprintf("a-%d-%d", round, w))
				mu.Lock()
				defer mu.Unlock()
				names = append(names, got...)
			})
		}
		<-time.After(time.Duration(50+rand.IntN(150)) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		group.Wait()
		client.CloseIdleConnections()
	}
	checkSurvivors(t, dir, names)
}

// checkSurvivors finds every acknowledged application, lets them all come up,
// and looks that none has been started twice.
func checkSurvivors(t *testing.T, dir string, names []string) {
	if len(names) == 0 {
		t.Fatal("nothing was written")
	}
	w := &world{t: t, dir: dir, clock: &clock{now: time.Now()}}
	w.open()
	t.Cleanup(func() { _ = w.Server.Close() })
	if err := w.loop.TakeUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.advance(2 * time.Second)
	for _, name := range names {
		a := w.must("GET", prodApps+"/"+name, "")
		if got := a.String("status", "jobStatus", "state"); got != cmf.JobRunning {
			t.Errorf("%s: got %q, want RUNNING", name, got)
		}
		page := w.must("GET", prodApps+"/"+name+"/instances", "")
		if page.String("metadata", "size") != "1" || a.String("status", "observedGeneration") != "1" {
			t.Errorf("%s was deployed more than once: %s", name, page)
		}
	}
	t.Logf("%d acknowledged writes survived", len(names))
}
