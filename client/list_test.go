package client_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"drey/client"
	"drey/client/fault"
	"drey/client/urgency"
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

// numbered is the dialect of an API whose pages have a number and a size.
var numbered = client.Dialect{
	PageSize: "size",
	Next: func(body []byte, sent url.Values) (client.Page, error) {
		p := client.Page{}
		if err := json.Unmarshal(body, &p.Items); err != nil {
			return p, err
		}
		page, _ := strconv.Atoi(sent.Get("page"))
		size, _ := strconv.Atoi(sent.Get("size"))
		if len(p.Items) == size {
			p.Next = url.Values{"page": {strconv.Itoa(page + 1)}, "size": {strconv.Itoa(size)}}
		}
		return p, nil
	},
}

// ofNumbers serves so many items in pages, and keeps what was asked.
func ofNumbers(t *testing.T, items int, asked *[]string) *client.Poll[thing] {
	c := far(t, client.Config{Dialect: numbered}, func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.RawQuery)
		page, _ := strconv.Atoi(r.FormValue("page"))
		size, _ := strconv.Atoi(r.FormValue("size"))
		list := []thing{}
		for i := page * size; i < min(items, (page+1)*size); i++ {
			list = append(list, thing{fmt.Sprint(i)})
		}
		_ = json.NewEncoder(w).Encode(list) // the reader is the test
	})
	poll := client.NewPoll[thing](c, "/things", url.Values{"page": {"0"}, "size": {"10"}})
	poll.Head(3)
	return poll
}

// TestTheHeadOfALongListComesBeforeItsPages reads it, then each page whole and once.
func TestTheHeadOfALongListComesBeforeItsPages(t *testing.T) {
	var asked []string
	poll := ofNumbers(t, 25, &asked)
	for i, want := range []int{3, 10, 20, 25} {
		l, _, err := poll.Page(t.Context())
		if err != nil || len(l.Items) != want || l.More != (want < 25) || l.Items[want-1].Name != fmt.Sprint(want-1) {
			t.Fatalf("answer %d: %d items, more %v, %v; want %d", i, len(l.Items), l.More, err, want)
		}
	}
	want := []string{"page=0&size=3", "page=0&size=10", "page=1&size=10", "page=2&size=10"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}

// TestAShortListIsItsHead asks once; later questions are for the page.
func TestAShortListIsItsHead(t *testing.T) {
	var asked []string
	poll := ofNumbers(t, 2, &asked)
	for range 2 {
		if l, _, err := poll.Page(t.Context()); err != nil || len(l.Items) != 2 || l.More {
			t.Fatalf("got %+v, %v", l, err)
		}
	}
	if want := []string{"page=0&size=3", "page=0&size=10"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}

// TestNobodyWaitsForTheHeadOfWhatIsReadBehind reads pages alone.
func TestNobodyWaitsForTheHeadOfWhatIsReadBehind(t *testing.T) {
	var asked []string
	poll := ofNumbers(t, 2, &asked)
	if _, _, err := poll.Page(urgency.With(t.Context(), urgency.Background)); err != nil {
		t.Fatal(err)
	}
	if want := []string{"page=0&size=10"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}
