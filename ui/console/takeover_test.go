package console

import (
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/ui/uitest/faulty"
)

// TestARunningConsoleTakesOverWhatAnotherLeft kills a console in the middle of a start
// without state; one that runs beside it says so in its list of actions, and goes on there.
func TestARunningConsoleTakesOverWhatAnotherLeft(t *testing.T) {
	t.Parallel()
	direct, folder := running(t), t.TempDir()
	proxy := faulty.Before(t, direct.URL())
	proxy.Set(faulty.Fault{Method: "POST", Path: "/start", Hang: true})
	d, kill := withJournal(t, connect(t, proxy.URL, client.Config{}), folder)
	beside, _ := withJournal(t, direct, folder)
	third, _ := withJournal(t, direct, folder)
	startFresh(d)
	d.WaitForText("starting shipping-eta · 2 of 3 start")
	d.WaitFor(func(string) bool { return proxy.Count("/start") == 1 })
	beside.Press("L")
	third.Press("L")
	beside.WaitForText("by process ", "2 of 3 start")
	beside.Press("r")
	beside.WaitForText("nothing is done about it from here")
	kill()
	beside.WaitForText("by a console that ended in the middle: r goes on with it", "r take it over")
	beside.Press("r")
	beside.WaitForText("started shipping-eta", "✓ DONE")
	a := applicationNow(t, direct, "prod", "shipping-eta")
	if a.UpgradeMode() != cmf.UpgradeModeSavepoint || a.JobState() != cmf.JobRunning {
		t.Errorf("it is %s with upgrade mode %s", a.JobState(), a.UpgradeMode())
	}
	third.WaitForText("✓ DONE", "by process ")
}
