package tty

import (
	"os"
	"os/signal"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"
)

// WatchSignals sends what the system says: the window's new size, and the end.
func WatchSignals(p *tea.Program, out *os.File) (stop func()) {
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
				if !isResize(s) {
					p.Quit()
					continue
				}
				if w, h, err := term.GetSize(out.Fd()); err == nil {
					p.Send(tea.WindowSizeMsg{Width: w, Height: h})
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
