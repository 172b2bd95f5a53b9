package sql

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/client/cmf"
	"drey/client/flinksql"
)

// run is one statement that is followed: one that was just sent, or one of the
// server's that was attached to.
type run struct {
	scope     cmf.Scope
	name      string
	sql       string
	at        int  // where it stands in the editor, in bytes; -1: nowhere
	sent      bool // the server has it
	statement cmf.Statement
	began     time.Time
	observed  time.Time
	lost      error // why the last look failed, nil when it did not

	log      *changelog
	pager    *client.ResultPager
	fetching bool
	pages    int
	complete bool // all pages are here
	failures int  // in a row, of fetching
	marked   bool // its failure was shown in the editor
}

func (r *run) phase() string {
	if !r.sent {
		return "SENDING"
	}
	return r.statement.Phase()
}

// alive says whether its phase may still change.
func (r *run) alive() bool {
	switch r.phase() {
	case cmf.PhaseCompleted, cmf.PhaseFailed, cmf.PhaseStopped:
		return false
	}
	return true
}

// every is how often its phase is asked for.
func (r *run) every() time.Duration {
	switch {
	case !r.alive():
		return 0
	case r.phase() == cmf.PhaseRunning:
		return 2 * time.Second
	}
	return 300 * time.Millisecond
}

// isQuery says whether results are to be paged (cmf-behaviour.md §1.3).
func (r *run) isQuery() bool {
	if s := r.statement.Status; s != nil && s.Traits != nil && s.Traits.SQLKind != "" {
		return s.Traits.SQLKind == string(flinksql.Select)
	}
	return flinksql.KindOf(r.sql).IsQuery()
}

// runUnderCursor sends the statement that the cursor is in.
func (v *View) runUnderCursor() tea.Cmd {
	text := v.editor.buffer.text()
	s, ok := flinksql.At(text, v.editor.buffer.offset())
	if !ok {
		v.say("there is no statement under the cursor", true)
		return nil
	}
	v.editor.problem = nil
	if flinksql.KindOf(s.Text).IsLocal() {
		v.message = v.settings.take(s.Text)
		return nil
	}
	switch {
	case v.environment == "":
		v.say(errNoEnvironment.Error(), true)
		return nil
	case v.env.Client.ReadOnly():
		v.say("read-only: running a statement creates it on the server, so nothing was sent", true)
		return nil
	case !v.asked:
		v.wanted = true
		v.say("looking for a compute pool in "+v.environment, false)
		return v.askPools()
	case v.pool == "":
		v.say("no compute pool in "+v.environment+" can run it", true)
		return v.askPools()
	}
	return v.submit(s)
}

func (v *View) submit(s flinksql.Statement) tea.Cmd {
	now := v.env.Now()
	r := &run{scope: cmf.Scope{Environment: v.environment}, name: newName(now), sql: s.Text, at: s.Start, began: now}
	v.follow(r)
	v.say("", false)
	body := cmf.Statement{
		APIVersion: cmf.APIVersion, Kind: cmf.Statements.Name,
		Metadata: cmf.Metadata{Name: r.name},
		Spec: cmf.StatementSpec{
			Statement: s.Text, ComputePoolName: v.pool,
			Properties: v.settings.properties(), FlinkConfiguration: v.settings.configuration(),
		},
	}
	c := v.env.Client
	return tea.Batch(v.save(), v.mail.Ask("statement", func(ctx context.Context) tea.Msg {
		made, err := client.Create(ctx, c, cmf.Statements, r.scope, body)
		if err != nil {
			return observedMsg{run: r, err: err}
		}
		return observed(ctx, c, r, made)
	}))
}

// OpenStatement attaches to a statement that the server has.
func (v *View) OpenStatement(environment, name string) tea.Cmd {
	r := &run{scope: cmf.Scope{Environment: environment}, name: name, at: -1, sent: true, began: v.env.Now()}
	v.follow(r)
	v.say("", false)
	v.pane = inResults
	v.refocus()
	return v.observe()
}

// follow shows r from now on; the statement before goes on by itself.
func (v *View) follow(r *run) {
	v.mail.Cancel("statement")
	v.mail.Cancel("page")
	v.run = r
	v.results.show(nil)
	v.dirty = true
}

// newName makes a name that the operator takes: at most 45, a letter first
// (cmf-behaviour.md §3.8).
func newName(now time.Time) string {
	var b [3]byte
	_, _ = rand.Read(b[:])
	return "drey-" + now.UTC().Format("20060102-150405") + "-" + hex.EncodeToString(b[:])
}

// observe asks how the statement is.
func (v *View) observe() tea.Cmd {
	r, c := v.run, v.env.Client
	if r == nil {
		return nil
	}
	return v.mail.Ask("statement", func(ctx context.Context) tea.Msg {
		s, err := client.Get[cmf.Statement](ctx, c, cmf.Statements, r.scope, r.name)
		if err != nil {
			return observedMsg{run: r, err: err}
		}
		return observed(ctx, c, r, s)
	})
}

// observed completes what was seen: a failure without a detail has its reason
// in the exceptions (cmf-behaviour.md §2.5).
func observed(ctx context.Context, c *client.Client, r *run, s cmf.Statement) observedMsg {
	msg := observedMsg{run: r, statement: s}
	if s.Phase() == cmf.PhaseFailed && s.Status.Detail == "" {
		if list, err := c.Exceptions(ctx, r.scope, r.name); err == nil && len(list) > 0 {
			msg.detail = list[0].Message
		}
	}
	return msg
}

func (v *View) handleObserved(msg observedMsg) tea.Cmd {
	r := msg.run
	if r != v.run {
		return nil
	}
	if msg.err != nil {
		return v.handleLost(r, msg.err)
	}
	r.observed, r.lost, r.sent = v.env.Now(), nil, true
	r.statement, r.sql = msg.statement, msg.statement.Spec.Statement
	if t := msg.statement.Metadata.CreationTimestamp; r.at < 0 && t != "" {
		r.began = cmf.ParseTime(t)
	}
	v.prepareResults(r)
	if r.phase() == cmf.PhaseFailed {
		v.showFailure(r, cmp.Or(r.statement.Status.Detail, msg.detail, "the statement failed and the server does not say why"))
	}
	cmds := []tea.Cmd{v.fetch(), v.renamed(r)}
	if wait := r.every(); wait > 0 {
		cmds = append(cmds, v.mail.After("statement", wait, observeMsg{r}))
	}
	return tea.Batch(cmds...)
}

// handleLost keeps what is shown; a statement that was never taken is over.
func (v *View) handleLost(r *run, err error) tea.Cmd {
	r.lost = err
	v.say(err.Error(), true)
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case !r.sent:
		v.run = nil
		return nil
	case client.Gone(err):
		v.say(r.name+" is not on the server any more; what was fetched stays", true)
		r.complete = true
		return nil
	}
	return v.mail.After("statement", 5*time.Second, observeMsg{r})
}

var position = regexp.MustCompile(`(?i)line (\d+), column (\d+)`)

// showFailure says why, and marks the place in the editor if it is known.
func (v *View) showFailure(r *run, detail string) {
	v.say(detail, true)
	m := position.FindStringSubmatch(detail)
	text := v.editor.buffer.text()
	if m == nil || r.at < 0 || r.at+len(r.sql) > len(text) || text[r.at:r.at+len(r.sql)] != r.sql {
		return
	}
	line, _ := strconv.Atoi(m[1])
	column, _ := strconv.Atoi(m[2])
	row, col := v.editor.buffer.place(r.at)
	if line > 1 {
		col = 0
	}
	p := &problem{row: row + line - 1, col: col + column - 1}
	if r.marked {
		return
	}
	r.marked = true
	v.editor.problem = p
	if v.pane == inEditor {
		v.editor.buffer.moveTo(p.row, p.col)
	}
}

// stop asks the server to stop the statement; its savepoint lets it go on.
func (v *View) stop() tea.Cmd {
	r, c := v.run, v.env.Client
	switch {
	case r == nil:
		return nil
	case !r.alive():
		v.say(r.name+" has already ended: "+r.phase(), true)
		return nil
	}
	return v.mail.Do("stop "+r.name, func(ctx context.Context) (string, error) {
		return "stopping " + r.name + " with a savepoint", c.StopStatement(ctx, r.scope, r.name)
	})
}
