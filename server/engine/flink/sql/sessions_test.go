package sql

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"drey/client/flinkrest"
	"drey/server/engine"
	"drey/server/engine/flink/rest"
)

// gateway answers as a SQL Gateway does about sessions, and counts them.
type gateway struct {
	mu     sync.Mutex
	opened int
	alive  map[string]bool
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	id, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v2/sessions/"), "/")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/v2/sessions":
		g.opened++
		id = fmt.Sprint("session-", g.opened)
		g.alive[id] = true
		fmt.Fprintf(w, `{"sessionHandle":%q}`, id)
	case !g.alive[id]:
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, `{"errors":["Session '%s' does not exist."]}`, id)
	default:
		if r.Method == http.MethodDelete && !strings.Contains(r.URL.Path, "/operations/") {
			delete(g.alive, id)
		}
		fmt.Fprint(w, `{}`)
	}
}

func (g *gateway) count() (opened int, alive []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for id := range g.alive {
		alive = append(alive, id)
	}
	slices.Sort(alive)
	return g.opened, alive
}

func withGateway(t *testing.T) (*gateway, *Statements) {
	t.Helper()
	g := &gateway{alive: map[string]bool{}}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	client, err := rest.New("SQL Gateway", rest.Endpoint{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Dir: t.TempDir(), Gateway: flinkrest.Gateway{Transport: client}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return g, s
}

func take(t *testing.T, s *Statements, database string) string {
	t.Helper()
	session, err := s.sessions.take(t.Context(), engine.StatementRun{Environment: "env", Database: database})
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func TestSessionsThatStatementsLeaveAsTheyWereAreUsedAgain(t *testing.T) {
	g, s := withGateway(t)
	first := take(t, s, "a")
	s.sessions.release(first)
	for range 20 {
		session := take(t, s, "a")
		if session != first {
			t.Fatalf("got %s, want %s again", session, first)
		}
		s.sessions.forget(session) // as while the rows of a query are fetched from it
		s.sessions.release(session)
	}
	if opened, _ := g.count(); opened != 1 {
		t.Errorf("%d sessions were opened for 21 statements one after another, want 1", opened)
	}
	if other := take(t, s, "b"); other == first {
		t.Error("the session of one database was used for another")
	}
	if !s.sessions.open[first] {
		t.Error("a session that is used again would be left behind by an ended process")
	}
}

func TestSessionsAreNotUsedForever(t *testing.T) {
	g, s := withGateway(t)
	first := take(t, s, "a")
	s.sessions.release(first)
	for range maxUses - 1 {
		s.sessions.release(take(t, s, "a"))
	}
	if next := take(t, s, "a"); next == first {
		t.Errorf("a session served more than %d statements", maxUses)
	}
	s.group.Wait()
	if _, alive := g.count(); slices.Contains(alive, first) {
		t.Error("a session that has served its time is still open")
	}
}

func TestSessionsOfAGatewayThatWasStartedAgainAreNotUsed(t *testing.T) {
	g, s := withGateway(t)
	first := take(t, s, "a")
	s.sessions.release(first)
	g.mu.Lock()
	clear(g.alive)
	g.mu.Unlock()
	if next := take(t, s, "a"); next == first {
		t.Error("a session that the gateway does not know was used")
	}
}

func TestFewSessionsAreReady(t *testing.T) {
	_, s := withGateway(t)
	var taken []string
	for i := range 3 * maxReady {
		for range 2 * maxSpare {
			taken = append(taken, take(t, s, fmt.Sprint("d", i)))
		}
	}
	for _, session := range taken {
		s.sessions.release(session)
	}
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	ready := 0
	for _, of := range s.sessions.ready {
		ready += len(of)
	}
	if ready > maxReady*maxSpare {
		t.Errorf("%d sessions are ready, want at most %d", ready, maxReady*maxSpare)
	}
}
