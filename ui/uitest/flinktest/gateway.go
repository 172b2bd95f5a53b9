package flinktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Gateway is a SQL Gateway for tests, with answers as Flink 2.2.1 gave them
// (flink-engine.md §3.3, flink-verified.md §4): a page that was passed is refused, a
// session that is gone is a 500, and each empty page advances the token.
type Gateway struct {
	URL      string
	t        testing.TB
	mu       sync.Mutex
	requests []string // what changed a session, and what was run, by session
	n        int
	live     map[string]bool
	ops      map[string]*served
	endless  bool
}

type served struct {
	sql   string
	token int
	close bool
}

// NewGateway starts a gateway that ends with the test.
func NewGateway(t testing.TB) *Gateway {
	t.Helper()
	g := &Gateway{t: t, live: map[string]bool{}, ops: map[string]*served{}}
	web := httptest.NewServer(g)
	t.Cleanup(web.Close)
	g.URL = web.URL
	return g
}

// Lose ends a session, as the gateway does with one that nobody asked for.
func (g *Gateway) Lose(session string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.live[session] = false
}

// Endless has queries run on when their rows were given.
func (g *Gateway) Endless() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.endless = true
}

// Forget forgets the requests.
func (g *Gateway) Forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests = nil
}

// Of are the requests to one session, without what it is asked when it is opened.
func (g *Gateway) Of(session string) []string {
	var all []string
	for _, r := range g.Requests() {
		if text, ok := strings.CutPrefix(r, session+" "); ok && !strings.HasPrefix(text, "run SHOW CURRENT") {
			all = append(all, text)
		}
	}
	return all
}

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	var sent struct {
		Statement string            `json:"statement"`
		Config    map[string]string `json:"executionConfig"`
	}
	_ = json.NewDecoder(r.Body).Decode(&sent)
	fail := func(text string) {
		w.WriteHeader(http.StatusInternalServerError)
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{
			"Internal server error.",
			"<Exception on server side:\norg.apache.flink.table.gateway.api.utils.SqlGatewayException: x\n\tat a\n" + text + "\nEnd of exception on server side>",
		}})
	}
	if len(parts) == 2 {
		g.n++
		session := fmt.Sprintf("s%d", g.n)
		g.live[session] = true
		fmt.Fprintf(w, `{"sessionHandle":%q}`, session)
		return
	}
	session := parts[2]
	switch {
	case !g.live[session]:
		fail("Caused by: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Session '" + session +
			"' does not exist.")
	case len(parts) == 3 && r.Method == http.MethodDelete:
		g.live[session] = false
		g.requests = append(g.requests, session+" close")
		fmt.Fprint(w, `{"status":"CLOSED"}`)
	case parts[len(parts)-1] == "heartbeat":
		g.requests = append(g.requests, session+" heartbeat")
		fmt.Fprint(w, `{}`)
	case parts[len(parts)-1] == "configure-session":
		g.requests = append(g.requests, session+" configure "+sent.Statement)
		fmt.Fprint(w, `{}`)
	case parts[len(parts)-1] == "statements":
		g.n++
		op := fmt.Sprintf("o%d", g.n)
		g.ops[op] = &served{sql: sent.Statement}
		g.requests = append(g.requests, session+" run "+sent.Statement)
		if strings.HasPrefix(sent.Statement, "SELECT") && sent.Config["restart-strategy.type"] != "none" {
			g.t.Error("a query that fails is tried again and again")
		}
		fmt.Fprintf(w, `{"operationHandle":%q}`, op)
	case len(parts) == 7 && parts[5] == "result":
		g.result(w, session, parts[4], parts[6], fail)
	default:
		if op := g.ops[parts[min(4, len(parts)-1)]]; op != nil && r.Method == http.MethodDelete {
			op.close = true
		}
		fmt.Fprint(w, `{"status":"CLOSED"}`)
	}
}

func (g *Gateway) result(w http.ResponseWriter, session, handle, at string, fail func(string)) {
	op := g.ops[handle]
	if op == nil || op.close {
		fail(
			"Caused by: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Can not find the " +
				"submitted operation in the OperationManager with the " + handle,
		)
		return
	}
	var token int
	_, _ = fmt.Sscan(at, &token)
	if token != op.token && token != op.token-1 {
		fail(fmt.Sprintf(
			"Caused by: org.apache.flink.table.gateway.api.utils.SqlExecutionException: Expecting token to be %d or %d, "+
				"but found %d.",
			op.token, op.token-1, token,
		))
		return
	}
	op.token = max(op.token, token+1)
	next := fmt.Sprintf("/v2/sessions/%s/operations/%s/result/%d?rowFormat=PLAIN_TEXT", session, handle, token+1)
	page := func(kind, query, rows string) {
		fmt.Fprintf(
			w,
			`{"resultType":%q,"isQueryResult":%s,"results":{"columns":[{"name":"c",`+
				`"logicalType":{"type":"DECIMAL","nullable":true,"precision":10,"scale":2}}],"rowFormat":"PLAIN_TEXT","data":[%s]}`,
			kind, query, rows,
		)
		if kind != "EOS" {
			fmt.Fprintf(w, `,"nextResultUri":%q`, next)
		}
		fmt.Fprint(w, `}`)
	}
	row := func(kind, cell string) string { return fmt.Sprintf(`{"kind":%q,"fields":[%s]}`, kind, cell) }
	switch {
	case op.sql == "SHOW CURRENT CATALOG", op.sql == "SHOW CATALOGS":
		page("PAYLOAD", "false", row("INSERT", `"default_catalog"`))
	case op.sql == "SHOW CURRENT DATABASE":
		page("PAYLOAD", "false", row("INSERT", `"default_database"`))
	case strings.Contains(op.sql, "nope"):
		fail(
			"Caused by: org.apache.flink.table.api.ValidationException: SQL validation failed. From line 1, column 8 to " +
				"line 1, column 11: Column 'nope' not found in any table\n\tat b\nCaused by: x.Y: inner",
		)
	case strings.Contains(op.sql, "zero") && token > 0:
		fail(
			"Caused by: java.lang.RuntimeException: Failed to fetch next result\n\tat b\nCaused by: " +
				"java.lang.ArithmeticException: / by zero",
		)
	case !strings.HasPrefix(op.sql, "SELECT"):
		page("PAYLOAD", "false", row("INSERT", `"OK"`))
	case token == 0 || token == 2 || g.endless && token > 2:
		page("PAYLOAD", "true", "") // nothing yet, and the token advances
	case token == 1:
		page(
			"PAYLOAD", "true",
			row("INSERT", `"3.50"`)+","+row("UPDATE_BEFORE", `"3.50"`)+","+row("UPDATE_AFTER", `null`),
		)
	default:
		page("EOS", "true", "")
	}
}

// Requests are those that changed a session, and the statements, as SESSION WHAT TEXT.
func (g *Gateway) Requests() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.requests)
}
