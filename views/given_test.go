package views

import (
	"errors"
	"testing"
)

// TestAnAnswerIsGivenAgainUntilItIsShown drops one, asks again of what says that nothing
// changed, and fails once.
func TestAnAnswerIsGivenAgainUntilItIsShown(t *testing.T) {
	var g Given[string]
	says := func(answer string, changed bool, err error) func() (string, bool, error) {
		return func() (string, bool, error) { return answer, changed, err }
	}
	_, first, _ := g.Next(says("one", true, nil))
	_, dropped, _ := g.Next(says("two", true, nil))
	last, number, err := g.Next(says("", false, nil))
	if last != "two" || number != dropped || number == first || err != nil {
		t.Errorf("got %q as %d, %v; the one that was dropped is two, as %d", last, number, err, dropped)
	}
	if last, number, err = g.Next(says("three", true, errors.New("away"))); last != "two" || number != dropped ||
		err == nil {
		t.Errorf("after a failure: %q as %d, %v", last, number, err)
	}
	var empty Given[string]
	if _, number, _ := empty.Next(says("", false, nil)); number == 0 {
		t.Error("the first answer has no number: who waits for it would wait on")
	}
}
