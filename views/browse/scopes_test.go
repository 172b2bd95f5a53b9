package browse

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"drey/client/fault"
	"drey/client/urgency"
)

// manyScopes is a source over n scopes, which counts how often each is asked.
func manyScopes(n int, answer func(ctx context.Context, scope string) error) (source *allScopes[string], asked func() map[string]int) {
	var mu sync.Mutex
	counts := map[string]int{}
	names := func(context.Context) ([]string, string, bool, error) {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("scope-%03d", i))
		}
		return all, "", true, nil
	}
	s := NewAllScopes(names, 10, func(scope string) Lister[string] {
		return func(ctx context.Context) ([]string, []Unread, bool, error) {
			mu.Lock()
			counts[scope]++
			mu.Unlock()
			if err := answer(ctx, scope); err != nil {
				return nil, nil, false, err
			}
			return []string{scope}, nil, true, nil
		}
	})
	return s.(*allScopes[string]), func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		taken := counts
		counts = map[string]int{}
		return taken
	}
}

func total(counts map[string]int) (sum, most int) {
	for _, n := range counts {
		sum, most = sum+n, max(most, n)
	}
	return sum, most
}

// TestManyScopesAreAskedInTurn polls 3 and 400 scopes for five minutes.
func TestManyScopesAreAskedInTurn(t *testing.T) {
	for n, want := range map[int]struct{ sum, most int }{3: {3 * 150, 150}, 400: {refreshAtOnce * 150, 3}} {
		synctest.Test(t, func(t *testing.T) {
			s, asked := manyScopes(n, func(context.Context, string) error { return nil })
			defer s.Close()
			batch, _, err := s.Next(t.Context())
			if sum, most := total(asked()); err != nil || len(batch.Items) != n || sum != n || most != 1 {
				t.Fatalf("%d scopes: %d rows, %v after %d questions", n, len(batch.Items), err, sum)
			}
			for range 150 {
				time.Sleep(pollEvery)
				batch, changed, err := s.Next(urgency.With(t.Context(), urgency.Shown))
				if err != nil || changed && (len(batch.Items) != n || batch.Missing != "") {
					t.Fatalf("%d scopes: got %d rows, note %q, %v", n, len(batch.Items), batch.Missing, err)
				}
			}
			if turns := s.Turns(); turns != (n+refreshAtOnce-1)/refreshAtOnce {
				t.Errorf("%d scopes: %d turns", n, turns)
			}
			counts := asked()
			if sum, most := total(counts); sum != want.sum || most != want.most || len(counts) != n {
				t.Errorf("%d scopes: %d questions, of one at most %d, to %d of them; want %+v", n, sum, most, len(counts), want)
			}
			if _, _, err := s.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
			if sum, _ := total(asked()); sum != n {
				t.Errorf("%d scopes: %d questions when a person asked, want all", n, sum)
			}
		})
	}
}

// TestAScopeThatHangsIsNamed has one of many not answer any more: it is named
// once it is late, and the others are asked on.
func TestAScopeThatHangsIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		hangs := false
		s, asked := manyScopes(20, func(ctx context.Context, scope string) error {
			mu.Lock()
			hang := hangs && scope == "scope-007"
			mu.Unlock()
			if hang {
				<-ctx.Done()
			}
			return ctx.Err()
		})
		defer s.Close()
		shown := urgency.With(t.Context(), urgency.Shown)
		if _, _, err := s.Next(shown); err != nil {
			t.Fatal(err)
		}
		asked()
		mu.Lock()
		hangs = true
		mu.Unlock()
		missing := ""
		for range 10 {
			time.Sleep(pollEvery)
			batch, changed, err := s.Next(shown)
			if err != nil {
				t.Fatal(err)
			}
			if changed {
				missing = batch.Missing
			}
		}
		if missing != "still waiting for scope-007" {
			t.Errorf("got %q", missing)
		}
		if counts := asked(); counts["scope-007"] != 1 || counts["scope-000"] < 2 {
			t.Errorf("got %v", counts)
		}
	})
}

// TestScopesThatNeverAnsweredAreAllAsked keeps none of them waiting for a turn.
func TestScopesThatNeverAnsweredAreAllAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, asked := manyScopes(50, func(context.Context, string) error { return nil })
		defer s.Close()
		batch, _, err := s.Next(urgency.With(t.Context(), urgency.Background))
		if sum, _ := total(asked()); err != nil || sum != 50 || len(batch.Items) != 50 || strings.Contains(batch.Missing, "waiting") {
			t.Errorf("%d questions, %d rows, %q, %v", sum, len(batch.Items), batch.Missing, err)
		}
	})
}

// TestAServerThatFailsIsNotLive has many scopes, none, and a server that is away
// after the first answers: the list fails at once, and comes back.
func TestAServerThatFailsIsNotLive(t *testing.T) {
	for _, n := range []int{0, 3, 400} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var away error
			state := func() error {
				mu.Lock()
				defer mu.Unlock()
				return away
			}
			s, _ := manyScopes(n, func(context.Context, string) error { return state() })
			defer s.Close()
			names := s.names
			s.names = func(ctx context.Context) ([]string, string, bool, error) {
				if err := state(); err != nil {
					return nil, "", false, err
				}
				return names(ctx)
			}
			shown := urgency.With(t.Context(), urgency.Shown)
			next := func() error {
				time.Sleep(pollEvery)
				_, _, err := s.Next(shown)
				return err
			}
			if err := next(); err != nil {
				t.Fatal(err)
			}
			mu.Lock()
			away = faulty{fault.Offline}
			mu.Unlock()
			for i := range 10 {
				if err := next(); !fault.Is(err, fault.Offline) {
					t.Errorf("%d scopes, poll %d: got %v from a server that is away", n, i, err)
				}
			}
			mu.Lock()
			away = nil
			mu.Unlock()
			if err := next(); err != nil || s.missing != "" {
				t.Errorf("%d scopes: got %v, note %q from a server that is back", n, err, s.missing)
			}
		})
	}
}

// TestAScopeThatMayNotBeReadHidesNoOther has one of many be forbidden.
func TestAScopeThatMayNotBeReadHidesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := manyScopes(30, func(_ context.Context, scope string) error {
			if scope < "scope-010" {
				return faulty{fault.Forbidden}
			}
			return nil
		})
		defer s.Close()
		for range 30 {
			time.Sleep(pollEvery)
			if _, _, err := s.Next(urgency.With(t.Context(), urgency.Shown)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
