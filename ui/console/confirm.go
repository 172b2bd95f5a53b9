package console

import (
	"context"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/dialog"
)

// confirm asks a question over everything else.
func (r *Root) confirm(c views.Confirmation) tea.Cmd {
	return r.openOverlay(dialog.New(r.env, r.space.confirmation(c, len(r.opts.Others) > 0)))
}

// confirmation is a question as it is asked in a context: with its name, where
// there are others, which has to be typed where the context wants that.
func (s *space) confirmation(c views.Confirmation, others bool) views.Confirmation {
	if others {
		c.Context = s.Name
	}
	if s.ConfirmTyped && c.Plan != "" && len(c.Targets) > 0 {
		one := len(c.Targets) == 1
		c.TypeName = s.typed(c.TypeName, one)
		c.Choices = s.typedChoices(c.Choices, one)
		c.Targets = slices.Clone(c.Targets)
		for i := range c.Targets {
			c.Targets[i].TypeName = s.typed(c.Targets[i].TypeName, one)
			c.Targets[i].Choices = s.typedChoices(c.Targets[i].Choices, one)
		}
	}
	if load := c.Load; load != nil {
		c.Load = func(ctx context.Context) views.Confirmation { return s.confirmation(load(ctx), others) }
	}
	return c
}

// typed is what is to be typed where the context's name is wanted, too.
func (s *space) typed(text string, one bool) string {
	switch {
	case text == "":
		return s.Name
	case one:
		return s.Name + "/" + text
	}
	return s.Name + " " + text
}

func (s *space) typedChoices(choices []views.Choice, one bool) []views.Choice {
	choices = slices.Clone(choices)
	for i := range choices {
		choices[i].TypeName = s.typed(choices[i].TypeName, one)
	}
	return choices
}

// leaving is the one question about leaving that the views of all contexts have,
// nil where none has any.
func (r *Root) leaveQuestion() *views.Confirmation {
	var asks []views.Confirmation
	for _, s := range r.spaces {
		for _, t := range s.tabs {
			l, ok := t.view.(views.Leaver)
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
