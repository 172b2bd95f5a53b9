package results

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views/results/rowset"
)

type (
	foundMsg struct {
		finding rowset.Finding
		version uint64
	}
	blocksMsg struct {
		blocks []*rowset.Block
		Err    error
	}
	againMsg struct{}
)

// Below so many rows the table is made anew with every answer; above, not more
// often than every so long.
const (
	fewRows  = 50_000
	pauseFor = 300 * time.Millisecond
)

// columns are those of the log.
func (p *Pane) columns() []statement.Column {
	if p.log == nil {
		return nil
	}
	return p.log.Shape.Columns
}

// plain says that rows are shown as they came.
func (p *Pane) plain() bool {
	return p.look.filter == "" && p.look.order.Column < 0 && p.search.text == ""
}

// refresh brings what is shown up to date with the log: at once where that costs
// nothing, else by a question, and not more often than it takes.
func (p *Pane) refresh() tea.Cmd {
	if p.log == nil {
		p.list = rowset.Listing{}
		return nil
	}
	now := p.env.Now()
	wait := max(pauseFor, 3*p.ask.took) - now.Sub(p.ask.since)
	costly := !p.plain() || !p.log.Shape.Appends && len(p.log.Table.Slots) > fewRows
	if costly && wait > 0 && !p.ask.since.IsZero() {
		return p.later(wait)
	}
	return p.runQuery(now)
}

// later refreshes after a while, unless that is planned already.
func (p *Pane) later(wait time.Duration) tea.Cmd {
	p.ask.stale = true
	if p.mail.Waiting("again") || p.mail.Waiting("find") {
		return nil
	}
	return p.mail.After("again", wait, Msg{p, againMsg{}})
}

// requery looks at the rows at once, for what the person did.
func (p *Pane) requery() tea.Cmd {
	if p.log == nil {
		return nil
	}
	p.mail.Cancel("find")
	return p.runQuery(p.env.Now())
}

func (p *Pane) runQuery(now time.Time) tea.Cmd {
	p.mail.Cancel("again")
	p.ask.since, p.ask.version = now, p.log.Version
	base := p.log.PlainListing(p.look.asChanges, p.look.past)
	if p.plain() {
		p.ask.took, p.ask.stale, p.ask.problem = 0, false, ""
		p.search.hits = nil
		p.setList(base)
		return p.Want()
	}
	if p.mail.Waiting("find") {
		p.ask.stale = true
		return nil
	}
	q := rowset.Question{
		Blocks: p.log.Store.Snapshot(), Shape: p.log.Shape, Base: base, AsChanges: p.look.asChanges,
		Filter: p.look.filter, Order: p.look.order, Search: lowerText(p.search.text),
	}
	version := p.log.Version
	return p.mail.Ask("find", func(ctx context.Context) tea.Msg {
		return Msg{p, foundMsg{q.Ask(ctx), version}}
	})
}

// take shows what was found.
func (p *Pane) take(m foundMsg) tea.Cmd {
	f := m.finding
	p.ask.took, p.ask.since, p.ask.problem = f.Took, p.env.Now(), ""
	if f.Err != nil {
		p.ask.problem = f.Err.Error()
		return nil
	}
	p.search.hits = f.Hits
	p.setList(f.Listing)
	if jump := p.search.jump; jump != 0 {
		p.search.jump = 0
		p.jump(jump)
	}
	p.ask.stale = m.version != p.log.Version
	if p.ask.stale {
		return tea.Batch(p.later(max(pauseFor, 3*f.Took)), p.Want())
	}
	return p.Want()
}

// setList shows other rows: the cursor stays on its row and that on its line.
func (p *Pane) setList(l rowset.Listing) {
	c := &p.cursor
	line := c.row - c.top
	had := p.list.Len() > 0
	p.list = l
	if l.Len() == 0 {
		c.row, c.top = 0, 0
		return
	}
	if p.look.follow {
		p.moveTo(l.Len() - 1)
		return
	}
	if at, found := l.Position(c.id); had && found {
		c.row = at
	} else if !had || l.Sorted || !found {
		c.row = min(c.row, l.Len()-1)
		c.id = l.ID(c.row)
	}
	c.top = c.row - line
	p.scroll()
}

// Want asks for the rows of the window that are not in memory.
func (p *Pane) Want() tea.Cmd {
	if p.log == nil || p.ask.reading {
		return nil
	}
	var missing []*rowset.Block
	for i := p.cursor.top; i < min(p.cursor.top+max(p.page(), 1), p.list.Len()); i++ {
		_, b := p.log.Store.Record(p.list.Content(i))
		if b != nil && (len(missing) == 0 || missing[len(missing)-1] != b) && len(missing) < rowset.MaxCached/2 {
			missing = append(missing, b)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	p.ask.reading = true
	copies := make([]rowset.Block, len(missing))
	for i, b := range missing {
		copies[i] = *b
	}
	return p.mail.Ask("read", func(context.Context) tea.Msg {
		var m blocksMsg
		for i := range copies {
			b, err := copies[i].Read()
			if err != nil {
				m.Err = err
				break
			}
			m.blocks = append(m.blocks, b)
		}
		return Msg{p, m}
	})
}

func (p *Pane) takeBlocks(m blocksMsg) tea.Cmd {
	p.ask.reading = false
	for _, b := range m.blocks {
		p.log.Store.Save(b)
	}
	if m.Err != nil {
		p.ask.problem = "rows could not be read back: " + m.Err.Error()
		return nil
	}
	if p.viewer != nil {
		p.viewer.fill(p)
	}
	return p.Want()
}
