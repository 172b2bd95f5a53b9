package results

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views/results/rowset"
)

// pastKey walks through the changelog.
func (p *Pane) pastKey(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys := p.env.Keys.SQL
	stride := max(p.log.Changes()/20, 1)
	switch {
	case keymap.Matches(msg, keys.Earlier):
		return p.walk(-1), true
	case keymap.Matches(msg, keys.Later):
		return p.walk(1), true
	case keymap.Matches(msg, keys.MuchEarlier):
		return p.walk(-stride), true
	case keymap.Matches(msg, keys.MuchLater):
		return p.walk(stride), true
	case keymap.Matches(msg, keys.AtTime):
		p.open(forPast, "")
		return nil, true
	}
	return nil, false
}

// walk shows the result as it was by changes earlier or later; the last one is
// now, and goes on with what comes.
func (p *Pane) walk(by int) tea.Cmd {
	at := p.log.Changes()
	if p.look.past != nil {
		at = int(p.look.past.At)
	}
	return p.goTo(at + by)
}

func (p *Pane) goTo(change int) tea.Cmd {
	l := p.log
	if l.Changes() == 0 {
		return nil
	}
	if change >= l.Changes() {
		p.look.past = nil
		return p.requery()
	}
	to := uint32(max(change, int(l.Store.First)-1, 0))
	if p.look.past == nil {
		m := rowset.PastTable{At: l.Store.Total}
		if !l.Shape.Appends {
			m = l.Table.Now()
		}
		p.look.past = &m
	}
	if l.Shape.Appends {
		p.look.past.At = to
	} else {
		l.Table.Walk(p.look.past, to)
	}
	return p.requery()
}

// goToTyped goes to the change that was typed.
func (p *Pane) goToTyped(text string) tea.Cmd {
	n, err := strconv.Atoi(strings.NewReplacer(",", "", " ", "").Replace(text))
	if err != nil {
		p.prompt.problem = "want the number of a change, 0 to " + plural(p.log.Changes(), "change")
		return nil
	}
	p.prompt = prompt{}
	return p.goTo(n)
}
