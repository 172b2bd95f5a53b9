package javaregex

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// TestAMatchThatGoesBackForEverEnds has a pattern that needs 2^60 steps.
func TestAMatchThatGoesBackForEverEnds(t *testing.T) {
	defer regexp2.StopTimeoutClock()
	p, err := Compile(`(a+)+\1b`)
	if err != nil {
		t.Fatal(err)
	}
	p.back.MatchTimeout = time.Millisecond
	var late *TimeoutError
	if _, err := p.First(strings.Repeat("a", 60)); !errors.As(err, &late) {
		t.Errorf("got %v, want a time-out", err)
	}
}

// TestWhatIsLinearInJavaOrNotRunsInLinearTime has patterns that Java needs
// for ever for.
func TestWhatIsLinearInJavaOrNotRunsInLinearTime(t *testing.T) {
	for _, text := range []string{`(a+)+b`, `(a|aa)+$`, `^(\w+\s?)*$`} {
		p, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		if p.linear == nil {
			t.Errorf("%s is not run in linear time", text)
		}
	}
}
