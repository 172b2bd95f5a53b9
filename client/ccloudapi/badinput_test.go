package ccloudapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drey/client"
	"drey/client/ccloudapi"
	"drey/client/ccloudapi/ccloudtest"
	"drey/client/fault"
	"drey/client/statement"
)

// says is a client of a server that answers everything with one text.
func says(t *testing.T, status int, body string) *ccloudapi.Client {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(web.Close)
	return open(t, ccloudtest.New(t, ccloudtest.Quirks{}), func(c *ccloudapi.Config) { c.Endpoint = web.URL })
}

// TestWhatServersSendIsARowOrAMessage lists answers that no specification has.
func TestWhatServersSendIsARowOrAMessage(t *testing.T) {
	list := func(item string) string { return `{"data":[` + item + `],"metadata":{"next":""}}` }
	for name, c := range map[string]struct {
		body         string
		rows, broken int
		message      string
		phase        statement.Phase
	}{
		"data that is an object":     {body: `{"data":{}}`, message: "cannot read the answer"},
		"data that is null":          {body: `{"data":null,"metadata":null}`},
		"nothing at all":             {body: `{}`},
		"an item that is a text":     {body: list(`"x"`), broken: 1},
		"null properties and traits": {body: list(`{"name":"a","spec":{"properties":null},"status":{"phase":"PENDING","traits":null}}`), rows: 1, phase: statement.Pending},
		"no status":                  {body: list(`{"name":"a","spec":{}}`), rows: 1, phase: statement.Unknown},
		"zero times":                 {body: list(`{"name":"a","metadata":{"created_at":"0001-01-01T00:00:00Z"},"spec":{},"status":{"phase":"RUNNING","latest_offsets_timestamp":"0001-01-01T00:00:00Z"}}`), rows: 1, phase: statement.Running},
		"a lower-case phase":         {body: list(`{"name":"a","spec":{},"status":{"phase":"running"}}`), rows: 1, phase: statement.Running},
		"a phase that is not known":  {body: list(`{"name":"a","spec":{},"status":{"phase":"PAUSED"}}`), rows: 1, phase: statement.Unknown},
		"offsets of 2^63":            {body: list(`{"name":"a","spec":{},"status":{"phase":"RUNNING","latest_offsets":{"t":"partition:0,offset:9223372036854775808"}}}`), rows: 1, phase: statement.Running},
		"two of one name":            {body: list(`{"name":"a","metadata":{"uid":"1"},"spec":{},"status":{"phase":"RUNNING"}},{"name":"a","metadata":{"uid":"2"},"spec":{},"status":{"phase":"RUNNING"}}`), rows: 2, phase: statement.Running},
		"a type that is not known":   {body: list(`{"name":"a","spec":{},"status":{"phase":"RUNNING","traits":{"sql_kind":"SELECT","schema":{"columns":[{"name":"g","type":{"type":"GEOGRAPHY"}}]}}}}`), rows: 1, phase: statement.Running},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, _, err := says(t, http.StatusOK, c.body).Statements(ccloudtest.Environment)(t.Context())
			if c.message != "" && (err == nil || !strings.Contains(err.Error(), c.message)) ||
				c.message == "" && err != nil {
				t.Fatalf("got %v, want %q", err, c.message)
			}
			if len(l.Items) != c.rows || len(l.Broken) != c.broken {
				t.Errorf("%d rows and %d broken, want %d and %d", len(l.Items), len(l.Broken), c.rows, c.broken)
			}
			for _, s := range l.Items {
				if got := ccloudapi.StatusOf(ccloudtest.Environment, s); got.Phase != c.phase ||
					s.Status != nil && got.Raw != s.Status.Phase {
					t.Errorf("it is %v (%s), want %v", got.Phase, got.Raw, c.phase)
				}
			}
		})
	}
}

// TestAnIdentityTokenThatHasExpiredIsOneMessage keeps the token to itself.
func TestAnIdentityTokenThatHasExpiredIsOneMessage(t *testing.T) {
	const token = "eyJ-of-the-identity"
	asked := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Header.Get("Authorization") != "Bearer "+token || r.Header.Get("Confluent-Identity-Pool-Id") != "pool-1" {
			t.Errorf("asked with %v", r.Header)
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"errors":[{"status":"401","detail":"the token has expired"}]}`)
	}))
	t.Cleanup(web.Close)
	api := open(t, ccloudtest.New(t, ccloudtest.Quirks{}), func(c *ccloudapi.Config) {
		c.Endpoint, c.DataKey, c.IdentityPool = web.URL, client.Bearer(secret(token)), "pool-1"
	})
	_, _, err := api.Statements(ccloudtest.Environment)(t.Context())
	if !fault.Is(err, fault.SignedOut) || strings.Count(err.Error(), "the token has expired") != 1 ||
		strings.Contains(err.Error(), token) {
		t.Errorf("got %v", err)
	}
	if asked != 1 {
		t.Errorf("asked %d times with the same token", asked)
	}
}
