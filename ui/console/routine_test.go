package console

import (
	"testing"
	"time"

	"drey/client"
	"drey/views"
)

// TestAPollThatTellsNothingNewIsNotDrawn while nobody does anything and nothing changes:
// all parts of the picture would be what they were.
func TestAPollThatTellsNothingNewIsNotDrawn(t *testing.T) {
	t.Parallel()
	d := open(t, connect(t, still(t).URL(), client.Config{}), 140, 40, nil)
	d.WaitForText("20 applications", "3 failing")
	d.WaitIdle()
	root := d.Model().(*Root)
	alike := 0
	ok := d.Within(30*time.Second, func() bool {
		if root.dirty && root.routine && root.drawsAlike() {
			alike++
			if now := root.draw(); now != root.drawn {
				t.Errorf("got %+v\nwant %+v", now, root.drawn)
			}
		}
		d.Screen()
		return alike >= 3
	})
	if !ok {
		t.Errorf("%d answers told nothing new, want 3", alike)
	}
}

// TestOnlyAnAnswerOfARoutineTellsNothingNew whatever else comes.
func TestOnlyAnAnswerOfARoutineTellsNothingNew(t *testing.T) {
	if (views.Answer{Msg: clockMsg{}}).NothingNew() {
		t.Error("the clock is taken for a routine")
	}
}
