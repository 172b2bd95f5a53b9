package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"drey/server/service"
)

// endingContext ends after it was asked a number of times, and counts.
type endingContext struct {
	context.Context
	asked, ends int
}

func (c *endingContext) Err() error {
	if c.asked++; c.asked > c.ends {
		return context.Canceled
	}
	return nil
}

func repeated(n int, format string) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, format, i)
	}
	return text.String()
}

func TestReadingYAMLEndsWithTheRequest(t *testing.T) {
	for name, doc := range map[string]string{
		"keys":    repeated(20000, "a%d: 1\n"),
		"aliases": "x: &a [1, 2]\n" + repeated(20000, "a%d: *a\n"),
	} {
		all := &endingContext{Context: t.Context(), ends: 1 << 40}
		if _, err := fromYAML(all, []byte(doc)); err != nil {
			t.Fatal(name, err)
		}
		for _, ends := range []int{1, 20, all.asked * 3 / 4} {
			ctx := &endingContext{Context: t.Context(), ends: ends}
			_, err := fromYAML(ctx, []byte(doc))
			if !errors.Is(err, context.Canceled) || ctx.asked > ends+200 {
				t.Errorf("%s: ended after %d of %d steps: got %v after %d", name, ends, all.asked, err, ctx.asked)
			}
		}
	}
}

func TestYAMLThatTakesMoreThanItsSizeIsRefused(t *testing.T) {
	merged := func(keys, times int) string {
		return "base: &b {" + repeated(keys, "a%d: 1, ") + "}\nx:\n  <<: [" + strings.Repeat("*b, ", times) + "*b]\n"
	}
	for name, c := range map[string]struct{ doc, want string }{
		"merged again and again": {merged(2000, 200), "aliases stand for more than"},
		"merged a little":        {merged(200, 200), ""},
		"directives":             {repeated(5000, "%%TAG !a%d! tag:x\n") + "---\nx: 1\n", "at most 16 directives"},
		"one directive":          {"%YAML 1.1\n---\nx: 1\n", ""},
		"digits":                 {"x: !!int " + strings.Repeat("1_", 5000) + "1", "more than 1000 digits"},
		"hexadecimal digits":     {"x: !!int 0x" + strings.Repeat("f", 5000), "more than 1000 digits"},
	} {
		_, err := fromYAML(t.Context(), []byte(c.doc))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestOnlySoManyHeavyRequestsRunAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := newHeavyLimits()
		var mu sync.Mutex
		running, most, done := 0, 0, 0
		const all = 40
		for range all {
			go func() {
				q := &request{ctx: t.Context(), limits: limits}
				defer q.end()
				if err := q.enter(limits.documents); err != nil {
					t.Error(err)
				}
				mu.Lock()
				running++
				most = max(most, running)
				mu.Unlock()
				time.Sleep(time.Second) // passes once all others run or wait
				mu.Lock()
				running--
				done++
				mu.Unlock()
			}()
		}
		time.Sleep(time.Hour)
		mu.Lock()
		defer mu.Unlock()
		if most != cap(limits.documents) || done != all {
			t.Errorf("%d of %d heavy requests ran, %d at once, want all and %d", done, all, most, cap(limits.documents))
		}
	})
}

func TestWhoLeavesWhileWaitingTakesNothing(t *testing.T) {
	limits := newHeavyLimits()
	first := &request{ctx: t.Context(), limits: limits}
	for range cap(limits.documents) {
		if err := first.enter(limits.documents); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.reserve(maxBodies); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	left := &request{ctx: ctx, limits: limits}
	if err := left.enter(limits.documents); !errors.Is(err, context.Canceled) {
		t.Errorf("enter: got %v, want the context's end", err)
	}
	for range maxBodies/maxBody - 1 {
		_ = first.reserve(maxBody)
	}
	if err := left.reserve(maxBody); !errors.Is(err, context.Canceled) {
		t.Errorf("reserve: got %v, want the context's end", err)
	}
	left.end()
	first.end()
	if len(limits.documents) != 0 || !limits.bytes.TryAcquire(maxBodies) {
		t.Error("what the requests had taken was not given back")
	}
}

func TestWarningsAreFew(t *testing.T) {
	warnings := strings.Fields(repeated(50000, "w%d "))
	w := &recorder{ResponseWriter: httptest.NewRecorder()}
	(&API{}).respond(w, httptest.NewRequest("POST", "/", http.NoBody), nil, reply{service.Answer{Warnings: warnings}})
	got := w.Header().Values("Warning")
	if len(got) != maxWarnings || got[maxWarnings-1] != `299 drey "49981 more warnings"` {
		t.Errorf("got %d warnings, the last %q", len(got), got[len(got)-1])
	}
}
