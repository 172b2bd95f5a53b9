package console

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/dialog"
)

// confirm asks a question over everything else.
func (r *Root) confirm(c views.Confirmation) tea.Cmd {
	return r.openOverlay(dialog.New(r.Env, r.Space.Confirmation(c, len(r.opts.Others) > 0)))
}

// leaving is the one question about leaving that the views of all contexts have,
// nil where none has any.
func (r *Root) leaveQuestion() *views.Confirmation {
	var asks []views.Confirmation
	for _, s := range r.spaces {
		for _, t := range s.Tabs {
			l, ok := t.View.(views.Leaver)
			if !ok {
				continue
			}
			if ask := l.Leave(); ask != nil {
				if len(r.opts.Others) > 0 {
					for i := range ask.Facts {
						ask.Facts[i].Text = s.Name + ": " + ask.Facts[i].Text
					}
				}
				asks = append(asks, *ask)
			}
		}
	}
	if len(asks) == 0 {
		return nil
	}
	whole := asks[0]
	for _, ask := range asks[1:] {
		whole.Facts = append(whole.Facts, ask.Facts...)
		whole.Plan += ask.Plan
	}
	whole.Run = func(how string) tea.Cmd { return leaveAll(asks, how) }
	return &whole
}

// leaveAll carries out the answer in every context, side by side, and leaves then.
func leaveAll(asks []views.Confirmation, how string) tea.Cmd {
	cmds := make([]tea.Cmd, len(asks))
	for i, ask := range asks {
		cmds[i] = ask.Run(how)
	}
	return views.Slow(func() tea.Msg {
		ended := make(chan tea.Msg, len(cmds))
		for _, cmd := range cmds {
			go func() { ended <- views.Run(cmd) }()
		}
		var whole views.QuitMsg
		for range cmds {
			if msg, ok := (<-ended).(views.QuitMsg); ok {
				whole.Left = append(whole.Left, msg.Left...)
			}
		}
		return whole
	})
}
