package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"drey/client"
	"drey/client/fault"
)

func fixed(value string) client.Secret {
	return func(context.Context, bool) (string, error) { return value, nil }
}

// serve starts a server that is closed with the test.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func open(t *testing.T, cfg client.Config) *client.Client {
	t.Helper()
	c, err := client.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func get(t *testing.T, c *client.Client) error {
	t.Helper()
	_, err := c.Do(t.Context(), client.Request{Method: http.MethodGet, Path: "/x"})
	return err
}

// wants answers requests that have one of the headers, and refuses the others.
type wants struct {
	headers  sync.Map // allowed
	requests atomic.Int64
	refused  atomic.Int64
}

func (s *wants) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	if _, ok := s.headers.Load(r.Header.Get("Authorization")); !ok {
		s.refused.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_, _ = w.Write([]byte(`{}`))
}

func (s *wants) only(header string) {
	s.headers.Clear()
	s.headers.Store(header, true)
}

// TestNoCredentialLeavesForAnotherHost redirects to a server of another port, in
// every way and with every kind of credential.
func TestNoCredentialLeavesForAnotherHost(t *testing.T) {
	var strangers atomic.Int64
	stranger := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		strangers.Add(1)
		_, _ = w.Write([]byte(`{}`))
	})
	for _, status := range []int{301, 302, 303, 307, 308} {
		home := serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, stranger.URL+r.URL.Path, status)
		})
		for name, auth := range map[string]client.Auth{
			"token": client.Bearer(fixed("s3cret")), "basic": client.Basic("me", fixed("s3cret")),
			"oauth": client.OAuth(home.URL+"/token", "me", fixed("s3cret")),
			"mds":   client.MDS(home.URL, "me", fixed("s3cret")), "nobody": nil,
		} {
			c := open(t, client.Config{URL: home.URL, Auth: auth, Headers: map[string]string{"X-Key": "s3cret"}})
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
				_, err := c.Do(t.Context(), client.Request{
					Method: method, Path: "/x", Body: map[string]string{"a": "b"},
				})
				if err == nil {
					t.Errorf("%s, %d, %s: followed", name, status, method)
				}
				if auth == nil && (err == nil || !strings.Contains(
					err.Error(), "the server sends us to "+stranger.URL+": ",
				)) {
					t.Errorf("%d, %s: got %v", status, method, err)
				}
				if err != nil && strings.Contains(err.Error(), "s3cret") {
					t.Errorf("the secret is shown: %v", err)
				}
			}
		}
	}
	if n := strangers.Load(); n != 0 {
		t.Errorf("%d requests went to another host", n)
	}
}

// TestHostsOfTheContextMayHaveCredentials redirects to a host that the platform
// has named.
func TestHostsOfTheContextMayHaveCredentials(t *testing.T) {
	server := &wants{}
	server.only("Bearer s3cret")
	other := httptest.NewServer(server)
	t.Cleanup(other.Close)
	home := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})
	c := open(t, client.Config{
		URL: home.URL, Hosts: []string{strings.TrimPrefix(other.URL, "http://")}, Auth: client.Bearer(fixed("s3cret")),
	})
	if err := get(t, c); err != nil || server.requests.Load() != 1 {
		t.Errorf("got %v after %d requests", err, server.requests.Load())
	}
}

// TestCredentialsAreNotSentInPlainText redirects from https to http on one host.
func TestCredentialsAreNotSentInPlainText(t *testing.T) {
	var seen atomic.Int64
	plain := serve(t, func(http.ResponseWriter, *http.Request) { seen.Add(1) })
	safe := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(safe.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	writeCertificate(t, ca, safe)
	if err := get(t, open(t, client.Config{
		URL: safe.URL, CAPath: ca, Auth: client.Bearer(fixed("s3cret")),
	})); err == nil {
		t.Error("followed")
	}
	if seen.Load() != 0 {
		t.Error("a request left in plain text")
	}
}

// program writes a script that prints what body says.
func program(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "helper")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// runs counts the lines that a script has written to a file.
func runs(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(data), "\n")
}

// TestAProgramsTokenIsFetchedAgainOnce has twenty requests at once whose token
// has ended: the program is run once more, and each is sent once more.
func TestAProgramsTokenIsFetchedAgainOnce(t *testing.T) {
	log := filepath.Join(t.TempDir(), "runs")
	path := program(t, fmt.Sprintf("echo x >>%q; echo token-$(wc -l <%q | tr -d ' ')\n", log, log))
	server := &wants{}
	server.only("Bearer token-1")
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	c := open(t, client.Config{URL: web.URL, Auth: client.Bearer(client.SecretCommand(client.Token, []string{path}))})
	for range 3 {
		if err := get(t, c); err != nil {
			t.Fatal(err)
		}
	}
	if n := runs(t, log); n != 1 {
		t.Fatalf("the program was run %d times for three requests", n)
	}
	server.only("Bearer token-2")
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if err := get(t, c); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := runs(t, log); n != 2 {
		t.Errorf("the program was run %d times, want 2", n)
	}
	server.headers.Clear()
	before := server.requests.Load()
	for range 5 {
		if err := get(t, c); !fault.Is(err, fault.SignedOut) {
			t.Errorf("got %v", err)
		}
	}
	if n := runs(t, log); n != 2 {
		t.Errorf("the program was run %d times at once for a server that refuses all, want 2", n)
	}
	if sent := server.requests.Load() - before; sent != 5 {
		t.Errorf("%d requests were sent, want 5", sent)
	}
}

// TestWhatAProgramMayNotDo has programs that print no token.
func TestWhatAProgramMayNotDo(t *testing.T) {
	var sent atomic.Int64
	web := serve(t, func(http.ResponseWriter, *http.Request) { sent.Add(1) })
	for body, want := range map[string]string{
		"echo one; echo two":             "want one line on stdout, the token and nothing else; it printed 2 lines",
		"echo one two":                   "it printed 1 lines",
		"true":                           "it printed nothing",
		"echo tok; echo careful >&2":     "wrote to stderr: careful: want the token on stdout",
		"echo no such vault >&2; exit 3": "failed (exit status 3): no such vault",
		"exit 4":                         "failed: exit status 4",
		"head -c 1000000 /dev/zero | tr '\\0' x; echo; echo": "",
	} {
		c := open(t, client.Config{URL: web.URL, Auth: client.Bearer(client.SecretCommand(
			client.Token, []string{program(t, body)},
		))})
		err := get(t, c)
		if want == "" {
			continue // it is only not to be held whole
		}
		if err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "token command helper") || !fault.Is(err, fault.SignedOut) {
			t.Errorf("%s: got %v, want …%s", body, err, want)
		}
	}
	c := open(t, client.Config{URL: web.URL, Auth: client.Bearer(client.SecretCommand(
		client.Token, []string{"drey-no-such-program"},
	))})
	if err := get(t, c); err == nil || !strings.Contains(err.Error(), "there is no such program") {
		t.Errorf("got %v", err)
	}
	if sent.Load() > 1 {
		t.Errorf("%d requests left without a token", sent.Load())
	}
}

// tokenGiver is a place that gives tokens for client credentials.
type tokenGiver struct {
	given atomic.Int64
	fail  atomic.Int64 // status to answer with instead
}

func (s *tokenGiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if status := int(s.fail.Load()); status != 0 {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"no such client"}`))
		return
	}
	user, password, ok := r.BasicAuth()
	switch {
	case r.URL.Path == "/security/1.0/authenticate" && r.Method == http.MethodGet && ok && user == "me" &&
		password == "pass word":
		_, _ = fmt.Fprintf(w, `{"auth_token":"m%d","token_type":"Bearer","expires_in":21600}`, s.given.Add(1))
	case r.URL.Path == "/token" && r.Method == http.MethodPost && ok && user == "me" && password == "pass+word" &&
		r.FormValue("grant_type") == "client_credentials" && r.FormValue("scope") == "a b":
		_ = json.NewEncoder(w).Encode(map[string]any{
			"access_token": "o" + strconv.FormatInt(s.given.Add(1), 10), "token_type": "bearer", "expires_in": 3600,
		})
	default:
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"message":"wrong user or password"}`))
	}
}

// TestSigningIn has both ways to sign in: a token is fetched once for many
// requests, and again after a refusal.
func TestSigningIn(t *testing.T) {
	for name, test := range map[string]struct {
		auth   func(url string, password client.Secret) client.Auth
		prefix string
	}{
		"oauth": {func(url string, s client.Secret) client.Auth { return client.OAuth(url+"/token", "me", s, "a", "b") }, "Bearer o"},
		"mds":   {func(url string, s client.Secret) client.Auth { return client.MDS(url, "me", s) }, "Bearer m"},
	} {
		t.Run(name, func(t *testing.T) {
			giver, server := &tokenGiver{}, &wants{}
			signIn, web := httptest.NewServer(giver), httptest.NewServer(server)
			t.Cleanup(signIn.Close)
			t.Cleanup(web.Close)
			c := open(t, client.Config{URL: web.URL, Auth: test.auth(signIn.URL, fixed("pass word"))})
			server.only(test.prefix + "1")
			var group sync.WaitGroup
			for range 10 {
				group.Go(func() {
					if err := get(t, c); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			server.only(test.prefix + "2")
			if err := get(t, c); err != nil || giver.given.Load() != 2 {
				t.Errorf("after a refusal: %v, %d tokens were fetched", err, giver.given.Load())
			}
			wrong := open(t, client.Config{URL: web.URL, Auth: test.auth(signIn.URL, fixed("wrong"))})
			if err := get(t, wrong); !fault.Is(err, fault.SignedOut) ||
				!strings.Contains(
					err.Error(),
					"cannot sign in: "+strings.TrimPrefix(signIn.URL, "http://")+" refuses these credentials",
				) {
				t.Errorf("a wrong password: got %v", err)
			}
			signIn.Close()
			away := open(t, client.Config{URL: web.URL, Auth: test.auth(signIn.URL, fixed("pass word"))})
			if err := get(t, away); !fault.Is(err, fault.Offline) ||
				!strings.Contains(err.Error(), "cannot sign in: ") || !strings.Contains(
				err.Error(), "does not answer",
			) {
				t.Errorf("a place that is away: got %v", err)
			}
		})
	}
}

func TestBasicAndHeaders(t *testing.T) {
	web := serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != "me" || password != "pass word" || r.Header.Get("X-Team") != "flink" {
			t.Errorf("got %q, %q, %v", user, password, r.Header)
		}
		_, _ = w.Write([]byte(`{}`))
	})
	if err := get(t, open(t, client.Config{
		URL: web.URL, Auth: client.Basic("me", fixed("pass word")), Headers: map[string]string{"X-Team": "flink"},
	})); err != nil {
		t.Error(err)
	}
}
