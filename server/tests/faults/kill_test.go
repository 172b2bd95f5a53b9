package faults

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

const killTestRounds = "DREY_KILL_ROUNDS"

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
			s, ok := writtenStatement(client, url+cmf.BasePath+"/"+servertest.ProdStatements, fmt.Sprintf("%s-%d", prefix, i))
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
		if !post(client, url+cmf.BasePath+"/"+servertest.ProdApps, body) {
			return done
		}
		if i%3 == 2 {
			a.suspended = post(client, url+cmf.BasePath+"/"+servertest.ProdApps+"/"+a.name+"/suspend", "")
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
	text := servertest.SelectFrom(name, "SELECT click_id, view_time FROM clicks")
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
		cmd, url := servertest.Victim(t, dir)
		client := &http.Client{Transport: &http.Transport{}, Timeout: servertest.Patience}
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
			t.Fatalf("round %d: the server died by itself, or took no writes for %s", round, servertest.Patience)
		}
	}
	checkSurvivors(t, dir, made)
}

// awaitWrites waits for so many writes; false: the writers have ended, or
// nothing was written for long.
func awaitWrites(n int, wrote, missing <-chan struct{}) bool {
	alarm := time.NewTimer(servertest.Patience)
	defer alarm.Stop()
	for range n {
		select {
		case <-wrote:
			alarm.Reset(servertest.Patience)
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
	w := &servertest.World{T: t, Dir: dir, Clock: servertest.ClockAt(time.Now())}
	w.Open()
	t.Cleanup(func() { _ = w.Server.Close() })
	if err := w.Loop().Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Advance(30 * time.Second)
	statements := 0
	for _, m := range made {
		if m.statement {
			statements++
			checkStatement(w, m)
			continue
		}
		a := w.Must("GET", servertest.ProdApps+"/"+m.name, "")
		want := cmf.LifecycleStable
		if m.suspended {
			want = cmf.LifecycleSuspended
		}
		if got := a.String("status", "lifecycleState"); got != want && !m.unsure {
			t.Errorf("%s: got %q, want %s", m.name, got, want)
		}
		page := w.Must("GET", servertest.ProdApps+"/"+m.name+"/instances", "")
		if n := page.String("metadata", "size"); n != "1" && !(m.suspended || m.unsure) ||
			a.String("status", "observedGeneration") > "1" {
			t.Errorf("%s was deployed more than once: %s", m.name, page)
		}
	}
	list := w.Must("GET", servertest.ProdStatements+"?size=1", "")
	if n, _ := list.Int("metadata", "size"); int(n) < statements || statements == 0 {
		t.Errorf("got %d statements, want the %d that were acknowledged", n, statements)
	}
	t.Logf("%d acknowledged writes survived, %d of them statements", len(made), statements)
}

// checkStatement looks that a statement runs, with rows to read, or is stopped.
func checkStatement(w *servertest.World, m acknowledged) {
	w.T.Helper()
	s := w.Must("GET", servertest.ProdStatements+"/"+m.name, "")
	want := cmf.PhaseRunning
	if m.suspended {
		want = cmf.PhaseStopped
	}
	got := s.String("status", "phase")
	if got != want && !m.unsure {
		w.T.Errorf("%s: got %q (%s), want %s", m.name, got, s.String("status", "detail"), want)
	}
	if got == cmf.PhaseRunning {
		if rows, _ := w.Page(m.name, ""); len(rows) == 0 {
			w.T.Errorf("%s runs, but has no rows", m.name)
		}
	}
}
