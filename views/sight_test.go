package views

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

func TestWhatIsNotSeenIsNotAskedForAndIsOnceItIsSeenAgain(t *testing.T) {
	mail, asked := &Mailbox{Context: t.Context()}, 0
	var s Sight
	set := func(visible bool) {
		s.Set(visible, mail, "again", func() tea.Cmd {
			asked++
			return nil
		})
	}
	if set(true); asked != 0 {
		t.Error("a view that was seen all the time asks")
	}
	mail.After("again", time.Hour, nil)
	mail.After("other", time.Hour, nil)
	if set(false); mail.Waiting("again") || !mail.Waiting("other") || !s.Hidden || asked != 0 {
		t.Errorf("hidden: waiting %v and %v, asked %d times", mail.Waiting("again"), mail.Waiting("other"), asked)
	}
	set(false)
	if set(true); s.Hidden || asked != 1 {
		t.Errorf("seen again: asked %d times", asked)
	}
	mail.Close()
}
