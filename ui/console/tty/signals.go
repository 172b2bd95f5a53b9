package tty

import (
	"os"
	"os/signal"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"
)

// WatchSignals sends what the system says: the window's new size, and the end. Where the
// stacks are asked for the terminal is given back before they are shown. Keys that
// interrupt are for the program that has the terminal.
func (t *Terminal) WatchSignals(p *tea.Program) (stop func()) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, append(endSignals(), resizeSignals()...)...)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case s := <-signals:
				switch {
				case isKey(s) && t.lent.Load() > 0:
				case isDump(s):
					t.Close()
					dumpStacks(s)
				case !isResize(s):
					p.Quit()
				default:
					if w, h, err := term.GetSize(t.out.Fd()); err == nil {
						p.Send(tea.WindowSizeMsg{Width: w, Height: h})
					}
				}
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
		<-ended
	}
}
