package browse

import (
	"testing"
	"time"

	"drey/views"
)

// TestTheCursorStaysWhereTheUserMovedIt since making an object began.
func TestTheCursorStaysWhereTheUserMovedIt(t *testing.T) {
	began := time.Date(2026, 3, 4, 14, 0, 0, 0, time.UTC)
	now := began
	v := &View{env: &views.Env{Now: func() time.Time { return now }}}
	v.kind.Name = "ships"
	made := views.MadeMsg{Target: views.Ref{Kind: "ships", Name: "victory"}, Began: began}
	v.Made(made)
	if v.awaited.made != made {
		t.Error("the cursor does not go there")
	}
	v.frame.keyAt = began.Add(time.Second)
	if v.findMade(); v.awaited.made != (views.MadeMsg{}) {
		t.Error("it goes there after the user moved it")
	}
	if v.Made(made); v.awaited.made != (views.MadeMsg{}) {
		t.Error("it goes there when it is told again")
	}
	v.frame.keyAt = began
	now = began.Add(time.Hour)
	v.Made(views.MadeMsg{Target: views.Ref{Kind: "boats", Name: "victory"}, Began: began})
	if v.awaited.made != (views.MadeMsg{}) {
		t.Error("it goes to an object of another kind")
	}
}
