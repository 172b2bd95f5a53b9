package views

import tea "github.com/charmbracelet/bubbletea"

// Sight is whether a view is seen. What it asks again and again is not asked while it is
// not. Its zero value is that of a view that is seen.
type Sight struct{ Hidden bool }

// Set takes that the view is seen or is not any more: the question on topic is given up
// then, and ask asks it at once when the view is seen again.
func (s *Sight) Set(visible bool, mail *Mailbox, topic string, ask func() tea.Cmd) tea.Cmd {
	was := s.Hidden
	s.Hidden = !visible
	if s.Hidden {
		mail.Cancel(topic)
		return nil
	}
	if was {
		return ask()
	}
	return nil
}
