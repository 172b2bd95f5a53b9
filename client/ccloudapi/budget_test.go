package ccloudapi_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/ccloudapi/ccloudtest"
	"drey/client/statement"
)

// TestTheBudgetHoldsWithFiveResultsAndFiveHundredStatements counts at the server: in
// no stretch of time do more requests come than the bucket's 50 and 5 a second.
func TestTheBudgetHoldsWithFiveResultsAndFiveHundredStatements(t *testing.T) {
	const wanted, jitter = 65, 3 // requests; those that are late by a scheduler's turn
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	for n := range 500 {
		s.Add(ccloudtest.Environment, fmt.Sprintf("s-%03d", n), "SELECT id, name FROM orders", ccloud.PhaseRunning)
	}
	api := open(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var group sync.WaitGroup
	until := func(ask func() error) {
		group.Go(func() {
			for ctx.Err() == nil {
				if err := ask(); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
				if len(s.Seen()) >= wanted {
					cancel()
				}
			}
		})
	}
	engine := ccloudapi.SQL(api)
	for n := range 5 {
		ref := statement.Ref{Scope: ccloudtest.Environment, Name: fmt.Sprintf("s-%03d", n)}
		rows := engine.Rows(ref)
		until(func() error {
			_, done, err := rows.Next(ctx)
			if done {
				rows = engine.Rows(ref)
			}
			return err
		})
	}
	list := api.Statements(ccloudtest.Environment)
	until(func() error {
		l, _, err := list(ctx)
		if err == nil && len(l.Items) != 500 {
			return fmt.Errorf("%d statements are listed", len(l.Items))
		}
		return err
	})
	group.Wait()
	seen := s.Seen()
	slices.SortFunc(seen, func(a, b ccloudtest.Seen) int { return a.At.Compare(b.At) })
	for from := range seen {
		for to := from; to < len(seen); to++ {
			within := seen[to].At.Sub(seen[from].At)
			if n, most := to-from+1, 50+5*within.Seconds()+jitter; float64(n) > most {
				t.Fatalf(
					"%d requests came within %s: the budget is %.0f", n, within.Round(time.Millisecond), most-jitter,
				)
			}
		}
	}
	if len(seen) < wanted {
		t.Errorf("%d requests came, want %d", len(seen), wanted)
	}
}
