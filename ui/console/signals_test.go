package console

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/ui/console/tty"
	"drey/ui/uitest/faulty"
)

// listener is a terminal that keeps what it hears.
type listener struct {
	tty.Plain
	progress []tty.Progress
	ends     []string
}

func (t *listener) Progress(p tty.Progress) { t.progress = append(t.progress, p) }
func (t *listener) Notify(how, text string) { t.ends = append(t.ends, how+" "+text) }

// TestALongActionIsShownAndItsEndSaid starts an application in three steps with the
// terminal out of sight, and takes a savepoint with it in sight.
func TestALongActionIsShownAndItsEndSaid(t *testing.T) {
	t.Parallel()
	d, proxy, _ := behind(t, client.Config{})
	root, terminal := d.Model().(*Root), &listener{}
	root.terminal, root.opts.Progress, root.opts.Notify = terminal, true, tty.NotifyOSC9
	proxy.Set(faulty.Fault{Method: "POST", Path: "/start", Times: 1, Delay: 2 * time.Second})
	d.Send(tea.BlurMsg{})
	startFresh(d)
	d.WaitForText("started shipping-eta")
	if len(terminal.ends) != 1 || !strings.HasPrefix(terminal.ends[0], "osc9 started shipping-eta") {
		t.Errorf("said %q", terminal.ends)
	}
	if got := terminal.progress; len(got) < 2 || got[len(got)-1] != (tty.Progress{}) ||
		!slices.Contains(got, tty.Progress{On: true, Percent: 33}) {
		t.Errorf("shown %+v", got)
	}
	d.Send(tea.FocusMsg{})
	// the list knows it, too
	d.WaitFor(func(string) bool { return strings.Contains(d.Line("shipping-eta "), "RUNNING") })
	d.Press("S")
	d.WaitForText("a savepoint is written")
	d.Press("y")
	d.WaitForText("took a savepoint of shipping-eta")
	if len(terminal.ends) != 1 {
		t.Errorf("listener who looks: %q", terminal.ends)
	}
}

// TestTheTerminalIsLeftWithoutProgress leaves the screen in the middle of an action and
// comes back.
func TestTheTerminalIsLeftWithoutProgress(t *testing.T) {
	t.Parallel()
	r := newRecorder(20, 4)
	s := tty.NewScreen(r)
	s.Enter()
	s.SetProgress(tty.Progress{On: true, Percent: 50})
	s.SetProgress(tty.Progress{On: true, Percent: 50})
	s.Leave()
	s.SetProgress(tty.Progress{On: true, Percent: -1})
	s.Send(tty.Notification(tty.NotifyBell, "")) // somebody else has the terminal
	s.Enter()
	s.SetProgress(tty.Progress{})
	var got []string
	for _, part := range strings.Split(r.raw.String(), "\x1b]9;")[1:] {
		sequence, _, _ := strings.Cut(part, "\x07")
		got = append(got, sequence)
	}
	if want := []string{"4;1;50", "4;0", "4;3", "4;0"}; !slices.Equal(got, want) {
		t.Errorf("wrote %q, want %q", got, want)
	}
	if n := strings.Count(r.raw.String(), "\x07"); n != 4 {
		t.Errorf("%d bells", n)
	}
}

func TestANotificationIsOneCleanLine(t *testing.T) {
	t.Parallel()
	got := tty.Notification(tty.NotifyOSC9, "4;1;50\x07\x1b]52;c;AAAA\x07 failed\nat line 2")
	if !strings.HasPrefix(got, "\x1b]9;drey: 4;1;50") || strings.Count(got, "\x07") != 1 ||
		strings.Count(got, "\x1b") != 1 || strings.ContainsAny(got, "\n\r") {
		t.Errorf("got %q", got)
	}
}
