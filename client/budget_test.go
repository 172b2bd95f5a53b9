package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"drey/client/fault"
	"drey/client/urgency"
)

// TestIdleRequestsKeepToTheBudget has 400 environments asked for as fast as they
// can, for a minute.
func TestIdleRequestsKeepToTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(Bucket{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var sent [urgency.Levels]atomic.Int64
		var group sync.WaitGroup
		for i := range 400 {
			level := urgency.Background
			if i == 0 {
				level = urgency.Shown
			}
			group.Go(func() {
				for b.wait(ctx, level) == nil {
					sent[level].Add(1)
					time.Sleep(time.Second)
				}
			})
		}
		group.Wait()
		shown, background := sent[urgency.Shown].Load(), sent[urgency.Background].Load()
		if all := shown + background; all > 60*idleRate+idleBurst || all < 60*idleRate-idleRate {
			t.Errorf("%d requests in a minute, want %d", all, 60*idleRate)
		}
		if shown < 45 {
			t.Errorf("what is shown was asked for %d times in a minute, behind what nobody sees", shown)
		}
		if l := b.load(); l.Waiting != 0 {
			t.Errorf("%d wait for ever", l.Waiting)
		}
		b.close()
	})
}

// TestWhatWasAskedForNeverWaits has the budget used up, and counts what the
// polls pay for it: a second.
func TestWhatWasAskedForNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, began := newBudget(Bucket{}), time.Now()
		defer b.close()
		for range 1000 {
			if err := b.wait(t.Context(), urgency.Asked); err != nil || time.Since(began) != 0 {
				t.Fatalf("waited %v: %v", time.Since(began), err)
			}
		}
		if err := b.wait(t.Context(), urgency.Shown); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited > 2*time.Second || waited < time.Second {
			t.Errorf("a poll waited %v behind what was asked for", waited)
		}
	})
}

// TestTheMoreUrgentLeavesFirst queues some of both levels, gives one of them up,
// and looks at the order.
func TestTheMoreUrgentLeavesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(Bucket{})
		defer b.close()
		for range idleBurst {
			_ = b.wait(t.Context(), urgency.Background)
		}
		var mu sync.Mutex
		order := ""
		enter := func(ctx context.Context, level urgency.Level, name string) {
			go func() {
				if b.wait(ctx, level) == nil {
					mu.Lock()
					defer mu.Unlock()
					order += name
				}
			}()
			synctest.Wait()
		}
		given, giveUp := context.WithCancel(t.Context())
		enter(t.Context(), urgency.Background, "c")
		enter(t.Context(), urgency.Background, "d")
		enter(given, urgency.Shown, "x")
		enter(t.Context(), urgency.Shown, "a")
		enter(t.Context(), urgency.Shown, "b")
		giveUp()
		synctest.Wait()
		if l := b.load(); l.Waiting != 4 {
			t.Errorf("%d wait, want 4", l.Waiting)
		}
		time.Sleep(5 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		if order != "abcd" {
			t.Errorf("got %s, want abcd", order)
		}
	})
}

// TestAServerThatIsAwayIsAskedNowAndThen has fifty polls a second for a minute.
func TestAServerThatIsAwayIsAskedNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, away, asked := &reach{}, errors.New("away"), 0
		r.end(time.Now(), away, true, false)
		since := r.since()
		for range 50 * 60 {
			if err := r.mayAsk(); err == nil {
				asked++
				r.end(time.Now(), away, true, false)
			} else if !errors.Is(err, away) {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Millisecond)
		}
		if asked < 10 || asked > 12 {
			t.Errorf("asked %d times in a minute, want one each 5 s", asked)
		}
		if r.since() != since || since.IsZero() {
			t.Errorf("offline since %v, then %v", since, r.since())
		}
		r.end(time.Now(), nil, false, true)
		if err := r.mayAsk(); err != nil || !r.since().IsZero() {
			t.Errorf("after an answer: %v", err)
		}
	})
}

// TestOneSlowListIsNotAServerThatIsAway has one request fail while others are
// answered.
func TestOneSlowListIsNotAServerThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reach{}
		slow := time.Now()
		time.Sleep(time.Second)
		r.end(time.Now(), nil, false, true)
		time.Sleep(29 * time.Second)
		r.end(slow, errors.New("no answer in time"), true, false)
		if err := r.mayAsk(); err != nil || !r.since().IsZero() {
			t.Errorf("got %v", err)
		}
	})
}

// TestABucketBoundsAllRequests sends 60 requests that were asked for, and 1,000
// polls beside them, through two clients of one budget.
func TestABucketBoundsAllRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(Bucket{Size: 50, PerSecond: 5}).share().share()
		began, ended := time.Now(), make(chan urgency.Level, 1060)
		var slowest atomic.Int64
		for i := range 1060 {
			level := urgency.Background
			if i < 60 {
				level = urgency.Asked
			}
			go func() {
				if err := b.wait(t.Context(), level); err == nil && level == urgency.Asked {
					slowest.Store(max(slowest.Load(), int64(time.Since(began))))
				}
				ended <- level
			}()
		}
		time.Sleep(60 * time.Second)
		if n := len(ended); n < 280 || n > 351 {
			t.Errorf("%d requests left in a minute, want 50 and up to 5 a second", n)
		}
		if took := time.Duration(slowest.Load()); took > 15*time.Second {
			t.Errorf("what was asked for waited %s behind polls", took)
		}
		b.close()
		if b.load().Waiting == 0 {
			t.Error("the budget ended with the first of its clients")
		}
		b.close()
		time.Sleep(time.Hour)
	})
}

// TestPollsOfAServerThatIsAwayAreNotSent counts connections to one that hangs up.
func TestPollsOfAServerThatIsAwayAreNotSent(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var accepted atomic.Int64
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			_ = conn.Close()
		}
	}()
	c, err := New(Config{URL: "http://" + l.Addr().String(), Dialect: Dialect{Probe: "/small"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ask := func(level urgency.Level) error {
		_, err := c.Do(urgency.With(t.Context(), level), Request{Method: http.MethodGet, Path: "/x"})
		return err
	}
	for range 50 {
		if err := ask(urgency.Background); !fault.Is(err, fault.Offline) {
			t.Fatal(err)
		}
	}
	if n := accepted.Load(); n != 1 {
		t.Errorf("%d requests for fifty polls, want 1", n)
	}
	if err := ask(urgency.Asked); !fault.Is(err, fault.Offline) || accepted.Load() < 2 {
		t.Errorf("what was asked for was not sent: %v", err)
	}
	if load := c.Load(); load.Offline.IsZero() || load.InFlight != 0 || load.Total != 2 || load.LastSecond != 2 {
		t.Errorf("got %+v", load)
	}
}
