package console

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"drey/ui/console/clipboard"
	"drey/views"
)

type copiedMsg struct{ notice views.NoticeMsg }

// copy puts text on a clipboard and says which: this machine's own, tmux's, the
// terminal's by OSC 52, which reaches through SSH. Where none of them takes it,
// it goes to a file, whose path is told.
func (r *Root) copy(msg views.CopyMsg) tea.Cmd {
	c := clipboard.Copier{Terminal: r.terminal, Getenv: r.opts.Getenv, Dir: r.opts.StateDir}
	return r.box.Ask("copy", func(ctx context.Context) tea.Msg { return copiedMsg{c.Copy(ctx, msg)} })
}
