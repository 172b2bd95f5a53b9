package results

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/input"
	"drey/views/results/rowset"
)

// Disk is what the workbench may do with files. Its methods are called off the
// loop.
type Disk interface {
	// NewSpill makes a file for rows; only its owner can read it.
	NewSpill() (rowset.Spill, error)
	// Export begins a file at a path that a person typed. It is there, whole, once
	// it is committed; where one is already, and replace is not set, the error is
	// fs.ErrExist.
	Export(path string, replace bool) (Export, error)
}

// Export is a file that is being written.
type Export interface {
	Write(p []byte) (int, error)
	// Commit puts it in its place and tells where that is.
	Commit() (path string, err error)
	Abort()
}

// Pane shows a Log and works on it. Make it with New.
type Pane struct {
	env  *views.Env
	disk Disk
	mail views.Mailbox
	log  *rowset.Log // nil: nothing to show

	list   rowset.Listing
	look   look
	cursor cursor
	search search
	ask    asking
	prompt prompt
	viewer *viewer // one row, instead of all; nil mostly
	work   work
}

// look is how the rows are looked at.
type look struct {
	asChanges bool
	filter    string
	order     rowset.Order
	hidden    map[int]bool
	frozen    int
	past      *rowset.PastTable // the table of another moment than now
	paused    bool              // nothing more is fetched
	follow    bool              // the cursor stays on the last row while rows come

	width, height int
	focused       bool
}

// cursor is a row and a column; the row is known by its id.
type cursor struct {
	row    int
	id     uint32
	column int // in the order of the schema
	top    int
	left   int // columns scrolled away after the frozen ones
}

// search is what is looked for, and where it was found.
type search struct {
	text string
	hits []int32
	jump int // wanted once the hits are known: 1 the next, -1 the one before
}

// asking is the question to the rows that is under way.
type asking struct {
	version uint64 // of the log, that was asked about last
	since   time.Time
	took    time.Duration
	problem string
	stale   bool // what is shown is not of the newest rows or not as wanted
	reading bool
	stamps  []stamp
}

// stamp tells how many changes there were at a moment.
type stamp struct {
	at    time.Time
	total uint32
	first bool // of the result
}

// prompt is the line that is being typed.
type prompt struct {
	what    promptKind
	line    input.Line
	before  string // what a filter or a search was, for esc
	from    int    // row that the cursor was on
	problem string
	exists  string // the path that is there already; y replaces it
}

type promptKind uint8

const (
	noPrompt promptKind = iota
	forFilter
	forSearch
	forPast
	forPath
	forCopy
	forNothing // a line that leads nowhere; problem says why
)

// New makes a pane that shows nothing; disk may be nil.
func New(env *views.Env, disk Disk) *Pane {
	p := &Pane{env: env, disk: disk, mail: views.Mailbox{Context: env.Context}}
	p.look.order.Column = -1
	return p
}

// Msg is an answer on its way to its pane.
type Msg struct {
	To   *Pane
	body any
}

// Accept takes the answers to the pane's own questions.
func (p *Pane) Accept(a views.Answer) bool { return p.mail.Accept(a) }

// Close gives up what is under way and removes the files.
func (p *Pane) Close() {
	p.mail.Close()
	if p.log != nil {
		p.log.Close()
	}
}

// Show begins anew with a log, which may be nil; the one before is gone.
func (p *Pane) Show(log *rowset.Log) {
	p.Close()
	width, height, focused := p.look.width, p.look.height, p.look.focused
	*p = *New(p.env, p.disk)
	p.log, p.look.width, p.look.height, p.look.focused = log, width, height, focused
	if log != nil && p.disk == nil {
		log.Spill.Err = errNoDisk
	}
	p.refresh()
}

// Log is what is shown.
func (p *Pane) Log() *rowset.Log { return p.log }

// Paused tells that nothing more is to be fetched for now.
func (p *Pane) Paused() bool { return p.look.paused || p.log != nil && p.log.Spill.Busy }

// Typing is true while a line is typed.
func (p *Pane) Typing() bool { return p.prompt.what != noPrompt }

// SetFocus draws the pane as the one that has the keys.
func (p *Pane) SetFocus(on bool) { p.look.focused = on }

// SetSize gives the room.
func (p *Pane) SetSize(width, height int) {
	p.look.width, p.look.height = width, height
	p.scroll()
}

// Grown looks at what came into the log.
func (p *Pane) Grown() tea.Cmd {
	if p.log == nil {
		return nil
	}
	p.observe()
	return tea.Batch(p.refresh(), p.relieve())
}

// idleAfter is how long after the first rows a row counts as new.
const idleAfter = 2 * time.Second

// observe remembers how many changes there are now, for what is fresh.
func (p *Pane) observe() {
	now, s := p.env.Now(), &p.ask.stamps
	for len(*s) > 1 && now.Sub((*s)[1].at) > freshFor {
		*s = (*s)[1:]
	}
	if n := len(*s); n > 0 {
		last := &(*s)[n-1]
		if age := now.Sub(last.at); age < 200*time.Millisecond || n == 1 && last.first && age < idleAfter {
			last.total = p.log.Store.Total
			return
		}
	}
	*s = append(*s, stamp{now, p.log.Store.Total, p.ask.stamps == nil})
}

// Update takes an answer.
func (p *Pane) Update(msg Msg) tea.Cmd {
	switch m := msg.body.(type) {
	case foundMsg:
		return p.take(m)
	case blocksMsg:
		return p.takeBlocks(m)
	case spilledMsg:
		return p.takeSpilled(m)
	case exportedMsg:
		return p.takeExported(m)
	case againMsg:
		return p.runQuery(p.env.Now())
	case copiedMsg:
		return p.takeCopied(m)
	}
	return nil
}

// Tick tells how long the picture stays right.
func (p *Pane) Tick(now time.Time) time.Duration {
	switch {
	case p.work.doing != "" || p.mail.Waiting("find"):
		return 200 * time.Millisecond
	case p.log != nil && p.freshSince(now) < p.log.Store.Total:
		return time.Second
	}
	return 0
}

// freshFor is how long a change is shown as fresh.
const freshFor = 8 * time.Second

// freshSince is the change after which all are fresh.
func (p *Pane) freshSince(now time.Time) uint32 {
	s := p.ask.stamps
	if len(s) == 0 || p.look.past != nil {
		return p.log.Store.Total
	}
	since := s[0].total
	for _, stamp := range s {
		if now.Sub(stamp.at) >= freshFor {
			since = stamp.total
		}
	}
	return since
}
