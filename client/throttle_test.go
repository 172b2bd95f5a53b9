package client

import (
	"testing"
	"testing/synctest"
	"time"

	"drey/client/fault"
)

// TestAServerThatDoesNotSayUntilWhenIsLeftAloneLonger refuses again and again.
func TestAServerThatDoesNotSayUntilWhenIsLeftAloneLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var held throttle
		for _, least := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
			least *= time.Second
			until := held.refused(time.Time{})
			if again := held.refused(time.Time{}); !again.Equal(until) {
				t.Errorf("a second refusal at the same time makes %s of %s", again, until)
			}
			if wait := time.Until(until); wait < least || wait > least*3/2 {
				t.Errorf("it waits %s, want %s to half more", wait, least)
			}
			if f := fault.Of(held.held(Request{Method: "PUT"})); f.Kind != fault.Throttled || !f.Until.Equal(until) || f.Lost {
				t.Errorf("%+v", f)
			}
			time.Sleep(time.Until(until))
			if err := held.held(Request{}); err != nil {
				t.Error(err)
			}
		}
		held.taken()
		if wait := time.Until(held.refused(time.Time{})); wait > 2*time.Second {
			t.Errorf("after an answer it waits %s", wait)
		}
		if until := time.Now().Add(time.Minute); !held.refused(until).Equal(until) {
			t.Error("what the server says does not count")
		}
	})
}
