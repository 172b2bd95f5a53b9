package sources

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"drey/client/fault"
	"drey/client/urgency"
	"drey/views/platform"
	"drey/views/resource"
)

// manyScopes is a source over n scopes, which counts how often each is asked.
func manyScopes(
	n int, answer func(ctx context.Context, scope string) error,
) (source *allScopes[string], asked func() map[string]int) {
	var mu sync.Mutex
	counts := map[string]int{}
	names := func(context.Context) ([]string, string, bool, error) {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("scope-%03d", i))
		}
		return all, "", true, nil
	}
	s := NewAllScopes(Scopes{Names: names, AtOnce: 10}, func(scope string) Lister[string] {
		return func(ctx context.Context) ([]string, []resource.Unread, bool, error) {
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

// load asks until nothing is waited for any more.
func load(t *testing.T, s *allScopes[string]) resource.Batch[string] {
	t.Helper()
	var batch resource.Batch[string]
	for {
		next, changed, err := s.Next(urgency.With(t.Context(), urgency.Shown))
		if err != nil {
			t.Fatal(err)
		}
		if changed {
			batch = next
		}
		if !batch.Partial {
			return batch
		}
	}
}

// TestManyScopesAreAskedInTurn polls 3 and 400 scopes for five minutes.
func TestManyScopesAreAskedInTurn(t *testing.T) {
	for n, want := range map[int]struct{ sum, most int }{3: {3 * 150, 150}, 400: {refreshAtOnce * 150, 3}} {
		synctest.Test(t, func(t *testing.T) {
			s, asked := manyScopes(n, func(context.Context, string) error { return nil })
			defer s.Close()
			batch := load(t, s)
			if sum, most := total(asked()); len(batch.Items) != n || batch.Missing != "" || sum != n || most != 1 {
				t.Fatalf(
					"%d scopes: %d rows, %q after %d questions, of one at most %d", n, len(batch.Items), batch.Missing,
					sum, most,
				)
			}
			for range 150 {
				time.Sleep(Every)
				batch, changed, err := s.Next(urgency.With(t.Context(), urgency.Shown))
				if err != nil || changed && (len(batch.Items) != n || batch.Missing != "") {
					t.Fatalf("%d scopes: got %d rows, note %q, %v", n, len(batch.Items), batch.Missing, err)
				}
			}
			counts := asked()
			if sum, most := total(counts); sum != want.sum || most != want.most || len(counts) != n {
				t.Errorf(
					"%d scopes: %d questions, of one at most %d, to %d of them; want %+v", n, sum, most, len(counts),
					want,
				)
			}
			s.AskAll()
			if _, _, err := s.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
			if sum, _ := total(asked()); sum != n {
				t.Errorf("%d scopes: %d questions of a command, want all", n, sum)
			}
		})
	}
}

// TestTheFirstQuestionsKeepToTheBudget opens a list of 400 scopes, of which the
// server says that two are in trouble: those are asked first, some at once, and the
// others when it is their turn.
func TestTheFirstQuestionsKeepToTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var order []string
		levels := map[urgency.Level]int{}
		s, _ := manyScopes(400, func(ctx context.Context, scope string) error {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, scope)
			levels[urgency.Of(ctx, urgency.Asked)]++
			return nil
		})
		s.scopes.Hints = func() map[string]Hint {
			return map[string]Hint{
				"scope-222": {Health: platform.Health{Objects: 3, AtRisk: 1}},
				"scope-333": {Health: platform.Health{Objects: 3, Failing: 1}},
				"scope-111": {Health: platform.Health{Objects: 3}},
			}
		}
		defer s.Close()
		batch, _, err := s.Next(t.Context())
		if err != nil || len(batch.Items) != askedFirst || !batch.Partial ||
			batch.Missing != "still waiting for 380 of 400" {
			t.Errorf("first %d rows, %q, %v", len(batch.Items), batch.Missing, err)
		}
		first := map[string]bool{}
		for _, scope := range order[:askedFirst] {
			first[scope] = true
		}
		if !first["scope-111"] || !first["scope-222"] || !first["scope-333"] {
			t.Errorf("first were asked %v", order[:askedFirst])
		}
		if batch := load(t, s); len(batch.Items) != 400 || len(order) != 400 || levels[urgency.Asked] != askedFirst {
			t.Errorf("%d rows, %d questions, %v by level", len(batch.Items), len(order), levels)
		}
	})
}

// TestCountsSayWhichScopeIsAskedNext has the server count something else in one of
// 400 scopes, then in 50 of them: those lists are the next, once each, and the
// others have their turn meanwhile.
func TestCountsSayWhichScopeIsAskedNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, asked := manyScopes(400, func(context.Context, string) error { return nil })
		defer s.Close()
		counts := map[string]Hint{}
		for i := range 400 {
			counts[fmt.Sprintf("scope-%03d", i)] = Hint{Counts: "RUNNING 1"}
		}
		s.scopes.Hints = func() map[string]Hint { return counts }
		next := func() {
			time.Sleep(Every)
			if _, _, err := s.Next(urgency.With(t.Context(), urgency.Shown)); err != nil {
				t.Fatal(err)
			}
		}
		load(t, s)
		asked()
		counts["scope-399"] = Hint{Counts: "FAILED 1"}
		next()
		if got := asked(); got["scope-399"] != 1 {
			t.Errorf("after its counts changed scope-399 was asked %d times in %v", got["scope-399"], got)
		}
		for range 5 {
			next()
		}
		if got := asked(); got["scope-399"] != 0 {
			t.Error("it was asked again though nothing changed")
		}
		for i := 100; i < 150; i++ {
			counts[fmt.Sprintf("scope-%03d", i)] = Hint{Counts: "RUNNING 2"}
		}
		for range 50 / (refreshAtOnce - 1) {
			next()
		}
		got, others := asked(), 0
		for scope, n := range got {
			changed := scope >= "scope-100" && scope < "scope-150"
			if n != 1 {
				t.Errorf("%s was asked %d times", scope, n)
			}
			if !changed {
				others++
			}
		}
		if len(got)-others != 50 || others != 50/(refreshAtOnce-1) {
			t.Errorf("%d of the 50 that changed and %d others were asked", len(got)-others, others)
		}
	})
}

// TestLongListsAreAskedLessOftenWhileNothingChanges polls 3 scopes of one page and of
// two, 40 times while all is calm; then the server counts something else in one.
func TestLongListsAreAskedLessOftenWhileNothingChanges(t *testing.T) {
	for pages, want := range map[int]int{1: 3 * 40, 2: calmAtOnce * 40 / 2} {
		synctest.Test(t, func(t *testing.T) {
			s, asked := manyScopes(3, func(context.Context, string) error { return nil })
			defer s.Close()
			counts := map[string]Hint{"scope-000": {}, "scope-001": {}, "scope-002": {}}
			s.scopes.Hints = func() map[string]Hint { return counts }
			load(t, s)
			for _, p := range s.polls {
				p.values = make([]string, costOfOne*(pages-1))
				p.list = func(context.Context) ([]string, []resource.Unread, bool, error) {
					_, _, _, err := s.list(p.at.Scope)(t.Context())
					return nil, nil, false, err
				}
			}
			s.Calm(true)
			asked()
			next := func() {
				time.Sleep(calmEvery)
				if _, _, err := s.Next(urgency.With(t.Context(), urgency.Shown)); err != nil {
					t.Fatal(err)
				}
			}
			for range 40 {
				next()
			}
			if sum, _ := total(asked()); sum != want {
				t.Errorf("%d pages: %d questions in 40 polls, want %d", pages, sum, want)
			}
			s.See([]string{"scope-001"}) // on the screen now
			at, polls := s.SeenAt()
			if polls != pages || pages > 1 && time.Since(at) > time.Duration(polls)*calmEvery {
				t.Errorf("%d pages: asked again in %d polls, and %v old", pages, polls, time.Since(at))
			}
			counts["scope-001"] = Hint{Counts: "FAILED 1"}
			next()
			if got := asked(); got["scope-001"] != 1 {
				t.Errorf("%d pages: what changed waits: %v", pages, got)
			}
		})
	}
}

// TestALateAnswerCounts has one of two lists answer after the poll that asked it:
// what is shown is as old as its question as soon as it has answered.
func TestALateAnswerCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := make(chan struct{}, 9)
		slow := false
		s, _ := manyScopes(2, func(_ context.Context, scope string) error {
			if slow && scope == "scope-001" {
				<-late
			}
			return nil
		})
		defer s.Close()
		load(t, s)
		for _, p := range s.polls {
			p.values = make([]string, 4*costOfOne)
			p.list = func(context.Context) ([]string, []resource.Unread, bool, error) {
				_, _, _, err := s.list(p.at.Scope)(t.Context())
				return nil, nil, false, err
			}
		}
		slow = true
		for range 2 { // each of the two is asked
			time.Sleep(Every)
			if _, _, err := s.Next(urgency.With(t.Context(), urgency.Shown)); err != nil {
				t.Fatal(err)
			}
		}
		asked := time.Now()
		before, _ := s.SeenAt()
		late <- struct{}{}
		synctest.Wait()
		after, _ := s.SeenAt()
		if asked.Sub(before) < 2*Every || asked.Sub(after) > 2*Every {
			t.Errorf("%v old before its answer, %v after", asked.Sub(before), asked.Sub(after))
		}
	})
}

// TestRowsOnTheScreenAreAskedFirst has rows of four of 400 scopes on the screen:
// they are asked every second time, and what is shown is as old as the oldest.
func TestRowsOnTheScreenAreAskedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, asked := manyScopes(400, func(context.Context, string) error { return nil })
		defer s.Close()
		load(t, s)
		seen := []string{"scope-007", "scope-107", "scope-207", "scope-307"}
		s.See(seen)
		asked()
		for range 20 {
			time.Sleep(Every)
			if _, _, err := s.Next(urgency.With(t.Context(), urgency.Shown)); err != nil {
				t.Fatal(err)
			}
		}
		counts := asked()
		for _, scope := range seen {
			if counts[scope] < 10 {
				t.Errorf("%s was asked %d times in 20 polls", scope, counts[scope])
			}
		}
		if sum, _ := total(counts); sum != 20*refreshAtOnce || len(counts) != len(seen)+20*(refreshAtOnce-seenAtOnce) {
			t.Errorf("%d questions to %d scopes", sum, len(counts))
		}
		at, polls := s.SeenAt()
		if age := time.Since(at); polls != 2 || age < Every || age > 2*Every {
			t.Errorf("the oldest row is %v old, they are asked in %d polls", age, polls)
		}
	})
}

// TestRowsComeWithTheFirstPage lists scopes of several pages: rows are there with
// the first page of each, and nothing is asked twice on the way to the last.
func TestRowsComeWithTheFirstPage(t *testing.T) {
	for _, n := range []int{1, 3, 30} {
		synctest.Test(t, func(t *testing.T) {
			var names []string
			for i := range n {
				names = append(names, fmt.Sprintf("scope-%03d", i))
			}
			var mu sync.Mutex
			questions := 0
			s := NewAllScopes(Scopes{Names: func(context.Context) ([]string, string, bool, error) {
				return names, "", true, nil
			}, AtOnce: 10}, func(scope string) Lister[string] {
				var all []string
				return func(context.Context) ([]string, []resource.Unread, bool, error) {
					mu.Lock()
					defer mu.Unlock()
					questions++
					if len(all) == 5 {
						return all, nil, false, nil
					}
					all = append(all, fmt.Sprintf("%s/%d", scope, len(all)))
					if len(all) < 5 {
						return all, nil, true, ErrMore
					}
					return all, nil, true, nil
				}
			}).(*allScopes[string])
			defer s.Close()
			batch, _, err := s.Next(t.Context())
			if want := min(n, askedFirst); err != nil || len(batch.Items) != want || !batch.Partial ||
				batch.Missing == "" {
				t.Fatalf(
					"%d scopes: first %d rows, partial %t, %q, %v", n, len(batch.Items), batch.Partial, batch.Missing,
					err,
				)
			}
			if batch := load(t, s); len(batch.Items) != 5*n || batch.Missing != "" || questions != 5*n {
				t.Errorf("%d scopes: %d rows after %d questions, %q", n, len(batch.Items), questions, batch.Missing)
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
		load(t, s)
		asked()
		mu.Lock()
		hangs = true
		mu.Unlock()
		missing := ""
		for range 10 {
			time.Sleep(Every)
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
			names := s.scopes.Names
			s.scopes.Names = func(ctx context.Context) ([]string, string, bool, error) {
				if err := state(); err != nil {
					return nil, "", false, err
				}
				return names(ctx)
			}
			shown := urgency.With(t.Context(), urgency.Shown)
			next := func() error {
				time.Sleep(Every)
				_, _, err := s.Next(shown)
				return err
			}
			load(t, s)
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
			time.Sleep(Every)
			if _, _, err := s.Next(urgency.With(t.Context(), urgency.Shown)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestALongListIsAskedLessOften polls a list of 35,000 items for ten minutes, alone
// and as one of three: it has its turn by its length, and at once when it is wanted
// or its counts changed.
func TestALongListIsAskedLessOften(t *testing.T) {
	const length = 35_000 // 18 questions
	long := func(asked *int) Lister[string] {
		all := make([]string, length)
		return func(context.Context) ([]string, []resource.Unread, bool, error) {
			*asked++
			return all, nil, *asked == 1, nil
		}
	}
	synctest.Test(t, func(t *testing.T) {
		var counts [3]int
		hints := map[string]Hint{"0": {Counts: "a"}, "1": {Counts: "a"}, "2": {Counts: "a"}}
		many := NewAllScopes(Scopes{
			AtOnce: 1, Hints: func() map[string]Hint { return hints },
			Names: func(context.Context) ([]string, string, bool, error) {
				return []string{"0", "1", "2"}, "", false, nil
			},
		}, func(scope string) Lister[string] { return long(&counts[scope[0]-'0']) }).(*allScopes[string])
		defer many.Close()
		alone := 0
		one := newCollection(resource.Location{}, long(&alone))
		next := func() {
			time.Sleep(calmEvery)
			for _, s := range []resource.Source[string]{one, many} {
				if _, _, err := s.Next(urgency.With(t.Context(), urgency.Shown)); err != nil {
					t.Fatal(err)
				}
			}
		}
		next()
		for range 120 {
			next()
		}
		if alone < 38 || alone > 42 {
			t.Errorf("alone it was asked %d times in 120 polls", alone)
		}
		if sum := counts[0] + counts[1] + counts[2]; sum < 40 || sum > 46 || min(counts[0], counts[1], counts[2]) < 12 {
			t.Errorf("the three were asked %v times in 120 polls", counts)
		}
		before := counts
		hints["1"] = Hint{Counts: "b"}
		next()
		next()
		if counts[1] == before[1] {
			t.Error("a list whose counts changed waited for its turn")
		}
		before, was := counts, alone
		many.Force()
		one.Force()
		next()
		if alone != was+1 || counts[0]+counts[1]+counts[2] != before[0]+before[1]+before[2]+3 {
			t.Errorf("lists that somebody waits for were asked %v, before %v", counts, before)
		}
	})
}

// TestFewScopesAreReadAtOnceForWhomWaits and many in their turn.
func TestFewScopesAreReadAtOnceForWhomWaits(t *testing.T) {
	for n, want := range map[int]urgency.Level{refreshAtOnce: urgency.Asked, 100: urgency.Shown} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			levels := map[urgency.Level]int{}
			s, _ := manyScopes(n, func(ctx context.Context, _ string) error {
				mu.Lock()
				defer mu.Unlock()
				levels[urgency.Of(ctx, urgency.Background)]++
				return nil
			})
			defer s.Close()
			load(t, s)
			clear(levels)
			s.Force()
			if _, _, err := s.Next(urgency.With(t.Context(), urgency.Asked)); err != nil {
				t.Fatal(err)
			}
			if len(levels) != 1 || levels[want] == 0 {
				t.Errorf("%d scopes are asked by level %v, want %v", n, levels, want)
			}
		})
	}
}
