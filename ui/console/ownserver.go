package console

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"
)

// serverEndedMsg tells that the server in this process ended by itself.
type serverEndedMsg struct{ err error }

// watchServer waits for the end of the server in this process, which may fail
// while the console is open.
func (r *Root) watchServer() tea.Cmd {
	ended := r.Server
	if ended == nil {
		return nil
	}
	return r.box.Ask("server", func(ctx context.Context) tea.Msg {
		select {
		case <-ctx.Done():
		case err := <-ended:
			if err != nil {
				return serverEndedMsg{err}
			}
		}
		return nil
	})
}
