package console

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/ui/console/clipboard"
	"drey/views"
)

type copiedMsg struct{ notice views.NoticeMsg }

// copy puts text on a clipboard and says which: this machine's own, tmux's, the
// terminal's by OSC 52, which reaches through SSH. Where none of them takes it,
// it goes to a file, whose path is told.
func (r *Root) copy(msg views.CopyMsg) tea.Cmd {
	c := r.copier()
	return r.box.Ask("copy", func(ctx context.Context) tea.Msg { return copiedMsg{c.Copy(ctx, msg)} })
}

func (r *Root) copier() clipboard.Copier {
	return clipboard.Copier{Terminal: r.terminal, Getenv: r.opts.Getenv, Dir: r.opts.StateDir}
}

// browse shows an address of the web in a browser. Where there is none, or it fails,
// the address is copied.
func (r *Root) browse(msg views.BrowseMsg) tea.Cmd {
	copied := views.CopyMsg{What: msg.What, Text: msg.URL}
	if r.opts.Browse == nil {
		return r.copy(copied)
	}
	open, c := r.opts.Browse, r.copier()
	return r.box.Ask("browse", func(ctx context.Context) tea.Msg {
		err := open(msg.URL)
		if err == nil {
			return copiedMsg{views.NoticeMsg{Text: "opened " + msg.What + " in a browser", Tone: themes.Good}}
		}
		notice := c.Copy(ctx, copied)
		notice.Text = "no browser (" + err.Error() + "): " + notice.Text
		return copiedMsg{notice}
	})
}
