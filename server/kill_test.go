package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

const (
	killTestDir    = "DREY_KILL_TEST_DIR"
	killTestRounds = "DREY_KILL_ROUNDS"
)

// killRounds is how often the server is killed.
func killRounds(t *testing.T) int {
	t.Helper()
	text := os.Getenv(killTestRounds)
	if text == "" {
		return 10
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s: want a number of rounds, got %q", killTestRounds, text)
	}
	return n
}

// childOfKillTest serves until it is killed, when this process is the server
// of TestNoAcknowledgedWriteIsLostByAKill.
func childOfKillTest() bool {
	dir := os.Getenv(killTestDir)
	if dir == "" {
		return false
	}
	signal.Ignore(syscall.Signal(25)) // SIGXFSZ: a write beyond a limit is to fail
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

// victim starts this test binary as a server, through other commands if need be.
func victim(t *testing.T, dir string, through ...string) (*exec.Cmd, string) {
	t.Helper()
	words := append(through, os.Args[0], "-test.run=^$")
	cmd := exec.Command(words[0], words[1:]...)
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

// acknowledged is an application that a writer made, or a statement, and
// whether it was then suspended or stopped; unsure: the answer to that never
// came.
type acknowledged struct {
	name              string
	statement         bool
	suspended, unsure bool
}

// writer writes until the server is gone, and remembers what was acknowledged.
func writer(client *http.Client, url, prefix string, wrote chan<- struct{}) []acknowledged {
	var done []acknowledged
	for i := 0; ; i++ {
		if i%20 == 1 {
			s, ok := writtenStatement(client, url+cmf.BasePath+"/"+prodStatements, fmt.Sprintf("%s-%d", prefix, i))
			if !ok {
				return done
			}
			done = append(done, s)
		}
		a := acknowledged{name: fmt.Sprintf("%s-%d", prefix, i)}
		body := servertest.Application(
			a.name, `"upgradeMode":"savepoint"`,
			`"drey.stand-in.deploy-time":"30 ms","drey.stand-in.savepoint-time":"10 ms"`,
		)
		if !post(client, url+cmf.BasePath+"/"+prodApps, body) {
			return done
		}
		if i%3 == 2 {
			a.suspended = post(client, url+cmf.BasePath+"/"+prodApps+"/"+a.name+"/suspend", "")
			a.unsure = !a.suspended
		}
		done = append(done, a)
		select {
		case wrote <- struct{}{}:
		default: // nobody counts any more
		}
	}
}

// writtenStatement makes a statement without an end, and stops every other.
func writtenStatement(client *http.Client, url, name string) (acknowledged, bool) {
	s := acknowledged{name: name, statement: true}
	text := selectFrom(name, "SELECT click_id, view_time FROM clicks")
	if !post(client, url, text) {
		return s, false
	}
	if len(name)%2 == 0 {
		s.suspended = send(client, http.MethodPut, url+"/"+name, string(cmf.Object(text).With(true, "spec", "stopped")))
		s.unsure = !s.suspended
	}
	return s, true
}

func post(client *http.Client, url, body string) bool {
	return send(client, http.MethodPost, url, body)
}

func send(client *http.Client, method, url, body string) bool {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return false
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, response.Body)
	return errors.Join(err, response.Body.Close()) == nil && response.StatusCode < 300
}

func TestNoAcknowledgedWriteIsLostByAKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills servers")
	}
	dir := filepath.Join(t.TempDir(), "data")
	var made []acknowledged
	for round := range killRounds(t) {
		cmd, url := victim(t, dir)
		client := &http.Client{Transport: &http.Transport{}, Timeout: patience}
		if round == 0 {
			if !post(client, url+cmf.BasePath+"/environments", `{"name":"prod","kubernetesNamespace":"x"}`) {
				t.Fatal("the environment was not taken")
			}
			if !post(
				client, url+cmf.BasePath+"/environments/prod/compute-pools", servertest.Pool("pool", "DEDICATED"),
			) {
				t.Fatal("the pool was not taken")
			}
		}
		wrote, missing := make(chan struct{}, 1000), make(chan struct{})
		var mu sync.Mutex
		var group sync.WaitGroup
		for w := range 4 {
			group.Go(func() {
				got := writer(client, url, fmt.Sprintf("a-%d-%d", round, w), wrote)
				mu.Lock()
				defer mu.Unlock()
				made = append(made, got...)
			})
		}
		go func() {
			group.Wait()
			close(missing)
		}()
		alive := awaitWrites(1+rand.IntN(100), wrote, missing) // killed in the middle of a random write
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		<-missing
		client.CloseIdleConnections()
		if !alive {
			t.Fatalf("round %d: the server died by itself, or took no writes for %s", round, patience)
		}
	}
	checkSurvivors(t, dir, made)
}

// patience is how long a server may take for its next write.
const patience = 30 * time.Second

// awaitWrites waits for so many writes; false: the writers have ended, or
// nothing was written for long.
func awaitWrites(n int, wrote, missing <-chan struct{}) bool {
	alarm := time.NewTimer(patience)
	defer alarm.Stop()
	for range n {
		select {
		case <-wrote:
			alarm.Reset(patience)
		case <-missing:
			return false
		case <-alarm.C:
			return false
		}
	}
	return true
}

// checkSurvivors finds every acknowledged application, lets them all come to
// rest, and looks that none has been started twice.
func checkSurvivors(t *testing.T, dir string, made []acknowledged) {
	if len(made) == 0 {
		t.Fatal("nothing was written")
	}
	w := &world{t: t, dir: dir, clock: servertest.ClockAt(time.Now())}
	w.open()
	t.Cleanup(func() { _ = w.Server.Close() })
	if err := w.loop.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.advance(30 * time.Second)
	statements := 0
	for _, m := range made {
		if m.statement {
			statements++
			w.checkStatement(m)
			continue
		}
		a := w.must("GET", prodApps+"/"+m.name, "")
		want := cmf.LifecycleStable
		if m.suspended {
			want = cmf.LifecycleSuspended
		}
		if got := a.String("status", "lifecycleState"); got != want && !m.unsure {
			t.Errorf("%s: got %q, want %s", m.name, got, want)
		}
		page := w.must("GET", prodApps+"/"+m.name+"/instances", "")
		if n := page.String("metadata", "size"); n != "1" && !(m.suspended || m.unsure) ||
			a.String("status", "observedGeneration") > "1" {
			t.Errorf("%s was deployed more than once: %s", m.name, page)
		}
	}
	list := w.must("GET", prodStatements+"?size=1", "")
	if n, _ := list.Int("metadata", "size"); int(n) < statements || statements == 0 {
		t.Errorf("got %d statements, want the %d that were acknowledged", n, statements)
	}
	t.Logf("%d acknowledged writes survived, %d of them statements", len(made), statements)
}
