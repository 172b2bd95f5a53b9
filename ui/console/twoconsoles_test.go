package console

import (
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/ui/uitest/faulty"
)

// TestAnObjectThatAnotherConsoleIsInTheMiddleOfIsLeftAlone: its steps are seen beside the
// row, with whose they are, and its actions say who has it. Once that console has ended in
// the middle it is a warning.
func TestAnObjectThatAnotherConsoleIsInTheMiddleOfIsLeftAlone(t *testing.T) {
	t.Parallel()
	direct, folder := running(t), t.TempDir()
	proxy := faulty.Before(t, direct.URL())
	proxy.Set(faulty.Fault{Method: "POST", Path: "/start", Hang: true})
	d, kill := withJournal(t, connect(t, proxy.URL, client.Config{}), folder)
	beside, _ := withJournal(t, direct, folder)
	filtered(beside, "shipping-eta", "1 of 20")
	startFresh(d)
	d.WaitForText("starting shipping-eta · 2 of 3 start")
	beside.WaitForText("starting  ", "by process ", "upgrade mode stateless", "upgrade mode savepoint")
	beside.Press("s")
	beside.WaitForText("cannot start shipping-eta: process ", "is starting shipping-eta", "(2 of 3 start)")
	kill()
	beside.WaitForText("by a console that ended in the middle")
	beside.Press("s")
	beside.WaitForText("Start shipping-eta", "under way", "a console that ended in the middle")
	if a := applicationNow(t, direct, "prod", "shipping-eta"); a.DesiredState() != cmf.DesiredSuspended {
		t.Errorf("it is to be %s", a.DesiredState())
	}
}

// TestWhatAnotherConsoleWaitsForIsSaidInTheDialog: its last request is sent, so another one
// may be, too.
func TestWhatAnotherConsoleWaitsForIsSaidInTheDialog(t *testing.T) {
	t.Parallel()
	direct, folder := running(t), t.TempDir()
	proxy := faulty.Before(t, direct.URL())
	proxy.Set(faulty.Fault{Method: "POST", Path: "/savepoints", Delay: time.Hour})
	d, _ := withJournal(t, connect(t, proxy.URL, client.Config{Timeout: time.Hour}), folder)
	beside, _ := withJournal(t, direct, folder)
	filtered(beside, "name:orders prod", "1 of 20")
	filtered(d, "name:orders prod", "1 of 20")
	d.Press("S")
	d.WaitForText("Savepoint orders")
	d.Press("y")
	d.WaitForText("taking a savepoint of orders")
	beside.WaitForText("taking a savepoint  ", "by process ")
	beside.Press("s")
	beside.WaitForText("Suspend orders", "under way", "is taking a", "(1 of 1 savepoint)")
	d.Press("S")
	d.WaitForText("under way", "this console is taking a savepoint")
}
