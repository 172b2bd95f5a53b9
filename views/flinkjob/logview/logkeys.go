package logview

import (
	"slices"
	"strings"

	"drey/client/flinkrest"
	"drey/keymap"
	"drey/views"
	"drey/views/flinkjob/jobdata"
	"drey/views/flinkjob/list"

	tea "github.com/charmbracelet/bubbletea"
)

func (l *logs) page() int { return max(l.height-2, 1) }

func (l *logs) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := l.env.Keys
	if l.searches {
		return l.typeSearch(msg)
	}
	if by, ok := keys.Move.Steps(msg, l.page(), l.tail.Count()); ok {
		l.move(by)
		return nil
	}
	switch {
	case keymap.Matches(msg, keys.Text.Search):
		l.searches = true
	case keymap.Matches(msg, keys.Text.Next):
		l.find(1)
	case keymap.Matches(msg, keys.Text.Previous):
		l.find(-1)
	case keymap.Matches(msg, keys.Text.Follow):
		l.top, l.follow = l.firstShown(), !l.follow
	case keymap.Matches(msg, keys.Text.Copy):
		return views.Send(views.CopyMsg{What: l.file, Text: string(l.tail.Text) + "\n"})
	case keymap.Matches(msg, keys.Move.Right):
		l.left += 8
	case keymap.Matches(msg, keys.Move.Left):
		l.left = max(l.left-8, 0)
	case keymap.Matches(msg, keys.Global.NextPane):
		return l.nextFile(1)
	case keymap.Matches(msg, keys.Global.PreviousPane):
		return l.nextFile(-1)
	}
	return nil
}

// move scrolls; at the end the log is followed.
func (l *logs) move(by int) {
	last := max(l.tail.Count()-l.page(), 0)
	if l.follow {
		l.top = last
	}
	l.top = min(max(l.top+by, 0), last)
	l.follow = l.top == last && by > 0
}

func (l *logs) nextFile(by int) tea.Cmd {
	if len(l.files) == 0 {
		return nil
	}
	at := slices.IndexFunc(l.files, func(f flinkrest.LogFile) bool { return f.Name == l.file })
	l.file = l.files[(at+by+len(l.files))%len(l.files)].Name
	l.tail, l.known, l.top, l.left, l.follow, l.took = jobdata.Tail{}, false, 0, 0, true, 0
	return l.askLog()
}

func (l *logs) typeSearch(msg tea.KeyMsg) tea.Cmd {
	keys := l.env.Keys.Line
	switch {
	case keymap.Matches(msg, keys.Accept):
		l.searches = false
	case keymap.Matches(msg, keys.Cancel):
		l.Escape()
	default:
		l.search.Update(msg, keys)
		l.query = strings.ToLower(l.search.Value())
		l.findFrom(l.firstShown(), 1)
	}
	return nil
}

// firstShown is the first line that is seen.
func (l *logs) firstShown() int {
	if l.follow {
		return max(l.tail.Count()-l.page(), 0)
	}
	return l.top
}

func (l *logs) find(by int) {
	if l.query != "" {
		l.findFrom(l.firstShown()+by, by)
	}
}

// findFrom puts the next line with the query at the top, going round once.
func (l *logs) findFrom(from, by int) {
	n := l.tail.Count()
	if l.query == "" || n == 0 {
		return
	}
	for i := range n {
		at := ((from+i*by)%n + n) % n
		if strings.Contains(strings.ToLower(l.tail.Line(at)), l.query) {
			l.top, l.follow = at, false
			return
		}
	}
}

// Hints implements views.Hinter.
func (l *logs) Hints() []views.Hint {
	k := l.env.Keys
	hints := []views.Hint{
		{Binding: k.Text.Search},
		{Binding: k.Text.Next},
		list.Hint(k.Text.Follow, "follow"),
		list.Hint(k.Global.NextPane, "next file"),
		{Binding: k.Text.Copy},
	}
	return append(hints, views.Hint{Binding: k.Move.Escape})
}
