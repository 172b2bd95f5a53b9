package edit

import (
	"testing"

	"drey/keymap"
)

// TestTheOnlyPlaceIsNamedAsThatOne tells what to write, as one of several or as the one.
func TestTheOnlyPlaceIsNamedAsThatOne(t *testing.T) {
	for _, c := range []struct {
		places []string
		want   string
	}{
		{nil, ""},
		{[]string{"prod"}, ": write prod"},
		{[]string{"dev", "prod"}, ": write one of dev, prod"},
	} {
		if got := oneOf(c.places); got != c.want {
			t.Errorf("of %q: got %q, want %q", c.places, got, c.want)
		}
	}
}

// TestATextThatDiffersInNothingSaysWhatCanBeDone is asked when it is applied.
func TestATextThatDiffersInNothingSaysWhatCanBeDone(t *testing.T) {
	same := map[string]any{"name": "orders"}
	err := Review{
		Compared: true, Change: Change{Live: same, Merged: same},
	}.notReady(keymap.Default())
	if want := "nothing differs from what is there: e edits again, X drops the draft"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
}
