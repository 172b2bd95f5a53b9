package results

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/results/rowset"
)

// Key handles a key and tells whether it meant anything here.
func (p *Pane) Key(msg tea.KeyMsg) (cmd tea.Cmd, handled bool) {
	switch {
	case p.prompt.what != noPrompt:
		return p.handlePrompt(msg), true
	case p.log == nil:
		return p.keyWithoutRows(msg)
	case p.viewer != nil:
		return p.handleViewer(msg), true
	}
	if by, ok := p.env.Keys.Move.Steps(msg, p.page(), p.list.Len()); ok {
		p.moveTo(p.cursor.row + by)
		p.look.follow = p.log != nil && !p.log.Ended && keymap.Matches(msg, p.env.Keys.Move.Bottom)
		return p.Want(), true
	}
	for _, handle := range []func(tea.KeyMsg) (tea.Cmd, bool){p.columnKey, p.lookKey, p.pastKey, p.takeKey} {
		if cmd, handled := handle(msg); handled {
			p.scroll()
			return tea.Batch(cmd, p.Want()), true
		}
	}
	return nil, false
}

// keyWithoutRows opens the line that the key stands for with the reason why
// nothing can come of it: what is typed next must not run as commands.
func (p *Pane) keyWithoutRows(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys := p.env.Keys.SQL
	if !keymap.Matches(msg, keys.Export, keys.Search, keys.Filter, keys.AtTime, keys.CopyMenu) {
		return nil, false
	}
	p.open(forNothing, "")
	p.prompt.problem = "there are no rows here to search, to copy or to write"
	return nil, true
}

// moveTo puts the cursor on the row at a place.
func (p *Pane) moveTo(row int) {
	p.cursor.row = max(min(row, p.list.Len()-1), 0)
	if p.list.Len() > 0 {
		p.cursor.id = p.list.ID(p.cursor.row)
	}
	p.scroll()
}

// columnKey moves among the columns and chooses those that are seen.
func (p *Pane) columnKey(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys, move := p.env.Keys.SQL, p.env.Keys.Move
	switch {
	case keymap.Matches(msg, move.Left):
		p.moveColumn(-1)
	case keymap.Matches(msg, move.Right, keys.ColumnRight):
		p.moveColumn(1)
	case keymap.Matches(msg, keys.FirstColumn):
		p.moveColumn(-len(p.columns()))
	case keymap.Matches(msg, keys.LastColumn):
		p.moveColumn(len(p.columns()))
	case keymap.Matches(msg, keys.Freeze):
		p.freeze()
	case keymap.Matches(msg, keys.Hide):
		p.hide()
	case keymap.Matches(msg, keys.Unhide):
		p.look.hidden = nil
	default:
		return nil, false
	}
	return nil, true
}

func (p *Pane) moveColumn(by int) {
	shown := p.shownColumns()
	for n, i := range shown {
		if i == p.cursor.column {
			p.cursor.column = shown[max(min(n+by, len(shown)-1), 0)]
			return
		}
	}
}

// freeze keeps the columns up to the cursor in sight; once more lets them go.
func (p *Pane) freeze() {
	want := 0
	for n, i := range p.shownColumns() {
		if i == p.cursor.column {
			want = n + 1
		}
	}
	if p.look.frozen == want {
		want = 0
	}
	p.look.frozen, p.cursor.left = want, 0
}

// hide takes the column out of sight; one stays.
func (p *Pane) hide() {
	shown := p.shownColumns()
	if len(shown) < 2 {
		return
	}
	if p.look.hidden == nil {
		p.look.hidden = map[int]bool{}
	}
	at := p.cursor.column
	if at == shown[len(shown)-1] {
		p.moveColumn(-1)
	} else {
		p.moveColumn(1)
	}
	p.look.hidden[at] = true
}

// lookKey chooses which rows are shown, and how.
func (p *Pane) lookKey(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys := p.env.Keys.SQL
	switch {
	case keymap.Matches(msg, keys.Mode):
		p.look.asChanges = !p.look.asChanges
		p.cursor.row, p.cursor.top, p.cursor.id = 0, 0, 0
		p.list = rowset.Listing{}
		return p.requery(), true
	case keymap.Matches(msg, keys.Filter):
		p.open(forFilter, p.look.filter)
	case keymap.Matches(msg, keys.Search):
		p.open(forSearch, p.search.text)
	case keymap.Matches(msg, keys.Next):
		return p.nextHit(1), true
	case keymap.Matches(msg, keys.Previous):
		return p.nextHit(-1), true
	case keymap.Matches(msg, keys.Sort):
		return p.sortBy(false), true
	case keymap.Matches(msg, keys.Reverse):
		return p.sortBy(true), true
	case keymap.Matches(msg, keys.Pause):
		return p.pause(), true
	default:
		return nil, false
	}
	return nil, true
}

// sortBy sorts by the column with the cursor; the same once more takes it back.
func (p *Pane) sortBy(reverse bool) tea.Cmd {
	o := rowset.Order{Column: p.cursor.column, Reverse: reverse}
	if p.look.order == o {
		o = rowset.Order{Column: -1}
	}
	p.look.order = o
	return p.requery()
}

// ResumedMsg tells the holder that rows are wanted again.
type ResumedMsg struct{}

func (p *Pane) pause() tea.Cmd {
	p.look.paused = !p.look.paused
	if p.look.paused {
		return views.Notice(
			themes.Busy,
			"paused: no more rows are fetched until "+p.env.Keys.SQL.Pause.Help().Key+"; the statement waits or runs on",
		)
	}
	return views.Send(ResumedMsg{})
}

// nextHit goes to the next row that holds what is searched.
func (p *Pane) nextHit(by int) tea.Cmd {
	if p.search.text == "" {
		p.open(forSearch, "")
		return nil
	}
	if p.mail.Waiting("find") || p.ask.stale {
		p.search.jump = by
		return p.requery()
	}
	p.jump(by)
	return nil
}

// jump moves to the nearest hit behind the cursor, or before it; it goes round.
// While the text is typed, the row that it began on is good as well.
func (p *Pane) jump(by int) {
	hits, row := p.search.hits, p.cursor.row
	if p.prompt.what == forSearch && by > 0 && row == p.prompt.from {
		row--
	}
	if len(hits) == 0 {
		return
	}
	to := hits[0]
	if by < 0 {
		to = hits[len(hits)-1]
		for n := len(hits) - 1; n >= 0; n-- {
			if int(hits[n]) < row {
				to = hits[n]
				break
			}
		}
	} else {
		for _, at := range hits {
			if int(at) > row {
				to = at
				break
			}
		}
	}
	p.moveTo(int(to))
	p.toHitColumn()
}

// toHitColumn puts the cursor on the first column that holds what is searched.
func (p *Pane) toHitColumn() {
	r, _ := p.log.Store.Record(p.list.Content(p.cursor.row))
	if r == nil {
		return
	}
	for _, i := range p.shownColumns() {
		if rowset.ContainsFold(r.Value(i).Text, lowerText(p.search.text)) {
			p.cursor.column = i
			p.scroll()
			return
		}
	}
}

// takeKey looks closer, copies and exports.
func (p *Pane) takeKey(msg tea.KeyMsg) (tea.Cmd, bool) {
	keys := p.env.Keys.SQL
	switch {
	case keymap.Matches(msg, p.env.Keys.Move.Enter):
		p.view(-1)
	case keymap.Matches(msg, keys.Cell):
		p.view(p.cursor.column)
	case keymap.Matches(msg, keys.Copy):
		return p.copyCell(), true
	case keymap.Matches(msg, keys.CopyMenu):
		if p.list.Len() == 0 {
			return views.Notice(warnTone, "there is no row to copy: "+p.emptyText()), true
		}
		p.prompt = prompt{what: forCopy}
	case keymap.Matches(msg, keys.Export):
		p.askPath()
	default:
		return nil, false
	}
	return nil, true
}

func (p *Pane) view(only int) {
	if p.list.Len() > 0 {
		p.viewer = newViewer(only)
		p.viewer.fill(p)
	}
}

// Escape gives up one thing: what is typed, the row view, what is under way,
// search, filter, the moment.
func (p *Pane) Escape() (cmd tea.Cmd, had bool) {
	switch {
	case p.prompt.what != noPrompt:
		return p.leavePrompt(), true
	case p.viewer != nil:
		p.viewer = nil
	case p.work.doing != "":
		doing := p.work.doing
		p.mail.Cancel("work")
		p.work = work{}
		return views.Notice(warnTone, "gave up "+doing), true
	case p.search.text != "":
		p.search = search{}
		return p.requery(), true
	case p.look.filter != "":
		p.look.filter = ""
		return p.requery(), true
	case p.look.past != nil:
		p.look.past = nil
		return p.requery(), true
	default:
		return nil, false
	}
	return nil, true
}

// Click puts the cursor on the row at line y.
func (p *Pane) Click(y int) {
	if p.viewer == nil && y >= 2 && p.cursor.top+y-2 < p.list.Len() {
		p.moveTo(p.cursor.top + y - 2)
	}
}

// Wheel moves by rows.
func (p *Pane) Wheel(by int) tea.Cmd {
	if p.viewer != nil {
		p.viewer.top += by
		return nil
	}
	p.moveTo(p.cursor.row + by)
	return p.Want()
}
