package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmfapi"
)

// badServer answers what it is told to.
func badServer(t *testing.T) (*cmfapi.Client, *atomic.Pointer[http.HandlerFunc]) {
	t.Helper()
	var handler atomic.Pointer[http.HandlerFunc]
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*handler.Load())(w, r)
	}))
	t.Cleanup(web.Close)
	return connect(t, web.URL, client.Config{}), &handler
}

func listOf(items ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		list := "[]"
		if r.URL.Query().Get("page") == "0" {
			list = "[" + strings.Join(items, ",") + "]"
			if strings.HasSuffix(r.URL.Path, "/environments") {
				list = `[{"name":"prod"}]`
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"metadata":{"size":%d},"items":%s}`, len(items), list)
	}
}

func TestOddObjectsCostARowOrACell(t *testing.T) {
	t.Parallel()
	c, handler := badServer(t)
	good := listOf(
		`{"metadata":{"name":"fine","uid":"1"},"status":{"lifecycleState":"STABLE","jobStatus":{"state":"RUNNING"}}}`,
		`{"metadata":{"name":"novel","uid":"2"},"status":{"lifecycleState":"STABLE","jobStatus":{"state":"QUANTUM"}}}`,
		`{"metadata":{"name":"bare","uid":"3"}}`,
		`{"metadata":{"name":"wrong","uid":"4"},"spec":"text"}`,
		`{"metadata":{"name":"esc\u001b[31m`+strings.Repeat("x", 253)+
			`","uid":"5"},"status":{"jobStatus":{"state":7,"restarts":"many"}}}`,
	)
	handler.Store(&good)
	d := open(t, c, 100, 30, nil)
	d.WaitForText("fine", "? QUANTUM", "bare", "esc␛[31mxx", "wrong", "cannot be read")
	d.CheckSize(100, 30)
}

func TestTheLastDataStayWhenTheServerFails(t *testing.T) {
	t.Parallel()
	answer := func(code int, kind, body string, length int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Length", strconv.Itoa(length))
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		}
	}
	const page = "<html><body><h1>Bad gateway</h1></body></html>"
	for _, c := range []struct {
		name, word, said string
		handler          http.HandlerFunc
	}{
		{"a web page", "failing 40s", "Bad gateway", answer(http.StatusBadRequest, "text/html", page, len(page))},
		{"half a body", "offline 40s", "unexpected EOF", answer(http.StatusOK, "application/json", `{"items":[{"meta`, 400)},
		{"a 500", "failing (500) 40s", "out of order", answer(http.StatusInternalServerError, "application/json", `{"errors":[{"message":"out of order"}]}`, 39)},
		{"no JSON", "failing (no answer of this API) 40s", "cannot read the answer", answer(http.StatusOK, "application/json", "what?", 5)},
		{"no answer", "offline 40s", "EOF", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		t.Run(c.name, func(t *testing.T) { staysWithItsData(t, c.handler, c.word, c.said) })
	}
}

// staysWithItsData shows the last rows with their age while the server fails,
// says the error when asked and goes on once the server does.
func staysWithItsData(t *testing.T, failing http.HandlerFunc, word, said string) {
	c, handler := badServer(t)
	good := listOf(
		`{"metadata":{"name":"fine","uid":"1"},"status":{"lifecycleState":"STABLE","jobStatus":{"state":"RUNNING"}}}`,
	)
	handler.Store(&good)
	var late atomic.Int64
	d := open(t, c, 100, 30, func(o *Options) {
		o.Now = func() time.Time { return fixed.Add(time.Duration(late.Load())) }
	})
	d.WaitForText("fine", "live 2s")
	handler.Store(&failing)
	d.Press("R")
	d.WaitForText("fine", strings.TrimSuffix(word, " 40s")+" 0s")
	late.Store(int64(40 * time.Second))
	d.Send(clockMsg{})
	d.WaitForText("fine", word)
	d.Press("E")
	d.WaitForText("last error", said)
	d.Press("q")
	handler.Store(&good)
	d.Press("R")
	d.WaitForText("live 2s")
}

func TestNothingHangsOnASilentServer(t *testing.T) {
	t.Parallel()
	c, handler := badServer(t)
	release := make(chan struct{})
	silent := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	handler.Store(&silent)
	t.Cleanup(func() { close(release) })
	d := open(t, c, 80, 24, nil)
	d.WaitForText("waiting for the applications", "connecting")
	d.Press("3", "?", "esc", "q")
	d.WaitForQuit()
}

// before is a real server behind one that answers what it is told to.
func before(t *testing.T) (c *cmfapi.Client, well http.HandlerFunc, handler *atomic.Pointer[http.HandlerFunc]) {
	t.Helper()
	real, err := url.Parse(running(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	c, handler = badServer(t)
	well = httputil.NewSingleHostReverseProxy(real).ServeHTTP
	handler.Store(&well)
	return c, well, handler
}

func refuse(code int, path string, well http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, path) {
			well(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = fmt.Fprintf(w, `{"errors":[{"message":"refused with %d"}]}`, code)
	}
}

func TestRowsStayWhileTheServerFailsAndGoOnAfterwards(t *testing.T) {
	t.Parallel()
	c, well, handler := before(t)
	d := openSQL(t, c, 140, 40, newShelf(t, "SELECT order_id FROM examples.marketplace.orders"), realTime)
	d.WaitForText("SELECT order_id")
	d.Press("f5")
	d.WaitForText("RUNNING", "row 1 of")
	failing := refuse(http.StatusBadGateway, "", well)
	handler.Store(&failing)
	d.WaitForText("refused with 502", "row 1 of")
	handler.Store(&well)
	d.WaitFor(func(s string) bool {
		return !strings.Contains(s, "refused with 502") && strings.Contains(s, "row 1 of")
	})
}

func TestRowsStayWhenTheServerHoldsThemNoMore(t *testing.T) {
	t.Parallel()
	c, well, handler := before(t)
	d := openSQL(t, c, 140, 40, newShelf(t, "SELECT order_id FROM examples.marketplace.orders"), realTime)
	d.WaitForText("SELECT order_id")
	d.Press("f5")
	d.WaitForText("RUNNING", "row 1 of")
	expired := refuse(http.StatusGone, "/results", well)
	handler.Store(&expired)
	d.WaitForText("does not hold these results any more; what was fetched stays", "row 1 of", "complete")
	d.Press("esc", "o", "enter")
	d.WaitForText("order_id", "STRING")
}
