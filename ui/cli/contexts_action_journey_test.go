//go:build unix

package cli_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"drey/server"
	"drey/server/demo"
)

// gated is a server with the demo's objects whose suspends wait until go is closed.
func gated(t *testing.T) (address string, goOn chan struct{}) {
	t.Helper()
	s, err := server.Open(t.Context(), server.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Seed(t.Context(), s, demo.Options{}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	to, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	goOn = make(chan struct{})
	proxy := httputil.NewSingleHostReverseProxy(to)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/suspend") {
			select {
			case <-goOn:
			case <-r.Context().Done():
				return
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	return web.URL, goOn
}

// TestJourneyOfAnActionAndADraft begins both in one context and looks at another one:
// the action ends in its own and is said with its name, and the draft is where it was.
func TestJourneyOfAnActionAndADraft(t *testing.T) {
	t.Parallel()
	one, goOn := gated(t)
	two := serve(t, "127.0.0.1:0", t.TempDir())
	withEnvironment(t, two.url, "beta-team")
	home := configured(t, fmt.Sprintf(
		"editor: builtin\ncontexts:\n  one: {platform: cmf, url: %q}\n  two: {platform: cmf, url: %q}\n", one, two.url,
	))
	j := travelFrom(t, home, 140, 40)
	j.see("20 applications")
	j.press("/", "sessions-15m prod", "\r")
	j.see("1 of ", "RUNNING")
	j.press("e")
	j.see("name: sessions-15m", "check and compare")
	j.press("\x1b/")
	j.press("parallelism", "\r", "\x1b[F", "\x7f", "7")
	j.press("\x1b")
	j.see("WILL BE SENT")
	j.press("\x1b")
	j.waitUnseen("WILL BE SENT")
	j.see("1 of ")
	j.press("s")
	j.see("Suspend sessions-15m")
	j.confirm()
	j.see("suspending sessions-15m")
	ctx := func(name string, texts ...string) {
		t.Helper()
		j.press(":")
		j.see("Command")
		j.press("ctx " + name + "\r")
		j.see(texts...)
	}
	ctx("two", "beta-team", "two ›")
	close(goOn)
	j.see("one: suspended sessions-15m", "beta-team")
	j.press(":drafts\r")
	j.see("no drafts")
	j.press("\x1b")
	j.waitUnseen("no drafts")
	ctx("one", "sessions-15m", "SUSPENDED", "one ›")
	j.press(":drafts\r")
	j.see("1 draft", "sessions-15m")
	j.press("\r")
	j.see("7", "sessions-15m")
	j.p.Stop()
}
