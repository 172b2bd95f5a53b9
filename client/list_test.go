package client_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"drey/client"
	"drey/client/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// far is a server at the far side of the network that answers as handler says,
// under a path prefix so that an address built by hand is found out.
func far(t *testing.T, cfg client.Config, handler http.HandlerFunc) *client.Client {
	t.Helper()
	srv := httptest.NewServer(http.StripPrefix("/prefix", handler))
	t.Cleanup(srv.Close)
	cfg.URL = srv.URL + "/prefix/"
	c, err := client.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

type thing struct{ Name string }

// TestWholeListsNeedNoDialect polls an API that answers with an array.
func TestWholeListsNeedNoDialect(t *testing.T) {
	asked := 0
	c := far(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, `[{"Name":"a"},{"Name":7},{"Name":"c"}]`)
	})
	poll := client.NewPoll[thing](c, "/things", nil)
	l, changed, err := poll.Next(t.Context())
	if err != nil || !changed || len(l.Items) != 2 || len(l.Broken) != 1 || l.Broken[0].Index != 1 || l.Total != 3 {
		t.Fatalf("got %+v, %v, %v", l, changed, err)
	}
	if l, changed, err = poll.Next(t.Context()); err != nil || changed || len(l.Items) != 2 {
		t.Fatalf("unchanged: got %+v, %v, %v", l, changed, err)
	}
	if asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
}

// tokens is the dialect of an API whose pages name the one behind them.
var tokens = client.Dialect{
	Message: func(body []byte) (string, bool) {
		var e struct{ Error struct{ Message string } }
		ok := json.Unmarshal(body, &e) == nil && e.Error.Message != ""
		return e.Error.Message, ok
	},
	Next: func(body []byte, sent url.Values) (client.Page, error) {
		var list struct {
			Data []json.RawMessage
			Next string
		}
		p := client.Page{}
		err := json.Unmarshal(body, &list)
		if p.Items = list.Data; list.Next != "" {
			p.Next = url.Values{"page_token": {list.Next}}
		}
		return p, err
	},
	Sign: func(r *http.Request) error {
		r.Header.Set("X-Key", "secret")
		return nil
	},
}

// TestPagesAreFollowedByToken polls such an API, whose tokens change with what
// they stand for: a page is asked for conditionally by its own address only.
func TestPagesAreFollowedByToken(t *testing.T) {
	var asked []string
	version := 1
	c := far(t, client.Config{Dialect: tokens}, func(w http.ResponseWriter, r *http.Request) {
		token := r.URL.Query().Get("page_token")
		asked = append(asked, token+" "+r.Header.Get("If-None-Match"))
		if r.Header.Get("X-Key") != "secret" {
			t.Error("a request is not signed")
		}
		w.Header().Set("ETag", fmt.Sprintf(`"%s/%d"`, token, version))
		switch token {
		case "":
			fmt.Fprintf(w, `{"Data":[{"Name":"a"}],"Next":"t%d"}`, version)
		default:
			fmt.Fprintf(w, `{"Data":[{"Name":"b%d"}]}`, version)
		}
	})
	poll := client.NewPoll[thing](c, "/things", nil)
	for ; version <= 2; version++ {
		l, changed, err := poll.Next(t.Context())
		if err != nil || !changed || len(l.Items) != 2 || l.Items[1].Name != fmt.Sprintf("b%d", version) {
			t.Fatalf("got %+v, %v, %v", l, changed, err)
		}
	}
	if want := []string{" ", "t1 ", ` "/1"`, "t2 "}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}

// TestADialectReadsItsOwnErrors tells a thing that is not there from a server
// that does not know the path.
func TestADialectReadsItsOwnErrors(t *testing.T) {
	c := far(t, client.Config{Dialect: tokens}, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		if strings.HasSuffix(r.URL.Path, "/mine") {
			fmt.Fprint(w, `{"error":{"message":"there is no mine"}}`)
		}
	})
	_, err := client.Send[thing](t.Context(), c, "get", client.Request{Method: http.MethodGet, Path: "/mine"})
	if !fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "there is no mine") {
		t.Errorf("its own: got %v", err)
	}
	_, err = client.Send[thing](t.Context(), c, "get", client.Request{Method: http.MethodGet, Path: "/other"})
	if !fault.Is(err, fault.Unsupported) {
		t.Errorf("another's: got %v", err)
	}
}
