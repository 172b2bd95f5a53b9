package sql

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinksql"
	"drey/client/statement"
	"drey/themes"
	"drey/views"
	"drey/views/results"
	"drey/views/results/rowset"
	"drey/views/sql/buffer"
	"drey/views/sql/sqlsettings"
)

// run is one statement that is followed: one that was just sent, or one of the
// server's that was attached to.
type run struct {
	buffer   *queryBuffer // the buffer that it belongs to
	ref      statement.Ref
	sql      string
	at       *buffer.Position // where it stood in the editor when it was sent; nil: nowhere
	sent     bool             // the server has it
	status   statement.Status // as it was observed last; zero before
	began    time.Time
	observed time.Time
	lost     error // why the last look failed, nil when it did not

	own      bool // this console ran it
	log      *rowset.Log
	pane     *results.Pane // shows log; nil until the columns are known
	rows     statement.Rows
	fetching bool
	pages    int
	complete bool // all pages are here
	deleted  bool // the server has it no more
	failures int  // in a row, of fetching
	marked   bool // its failure was shown in the editor
	showText bool // its text is to be shown once it is known
}

// end tells that all pages are here that come.
func (r *run) end() {
	r.complete = true
	if r.log != nil {
		r.log.End()
	}
}

// phaseText is the phase in the platform's word.
func (r *run) phaseText() string {
	if !r.sent {
		return "SENDING"
	}
	return r.status.Raw
}

// tone is what the phase means.
func (r *run) tone() themes.Tone {
	if !r.sent {
		return themes.Busy
	}
	return views.PhaseTone(r.status.Phase)
}

// active says whether its phase may still change.
func (r *run) active() bool { return !r.deleted && !r.status.Phase.Ended() }

// every is how often its phase is asked for.
func (r *run) every() time.Duration {
	switch {
	case !r.active():
		return 0
	case r.status.Phase == statement.Running:
		return 2 * time.Second
	}
	return 300 * time.Millisecond
}

// isQuery says whether it has rows that are read page by page.
func (r *run) isQuery() bool {
	if t := r.status.Traits; t != nil && t.Kind != "" {
		return t.Kind == string(flinksql.Select)
	}
	return flinksql.KindOf(r.sql).IsQuery()
}

// runUnderCursor sends the statement that the cursor is in.
func (v *View) runUnderCursor() tea.Cmd {
	s := v.buffer()
	stmt, ok := s.editor.Text.StatementAt(s.editor.Text.Cursor())
	if !ok {
		s.complain(ofInput, "there is no statement under the cursor")
		return nil
	}
	s.editor.Problem = nil
	if flinksql.KindOf(stmt.Text).IsLocal() {
		s.say(s.settings.Take(stmt.Text))
		v.buffers.version++
		return v.saveSoon()
	}
	if strings.Contains(stmt.Text, "'"+flinksql.Mask+"'") {
		s.complain(ofInput, "a secret is masked in this statement: write it in the place of "+flinksql.Mask)
		return nil
	}
	if s.run != nil && !s.run.sent && s.run.active() {
		s.complain(s.run, s.run.ref.Name+" is still being sent")
		return nil
	}
	p := &v.target
	_, pooled := v.engine.(statement.Pooler)
	switch {
	case v.scoped() && p.environment == "":
		return v.askEnvironment(true)
	case v.refuses(stmt.Text):
		s.complain(ofInput, v.refusal())
		return nil
	case !pooled:
	case !p.asked:
		p.wanted = true
		v.say("looking for a "+v.poolWord()+" in "+p.environment, false)
		return v.askPools()
	case p.pool == "":
		s.complain(ofPools, "no "+v.poolWord()+" in "+p.environment+" can run it")
		return v.askPools()
	}
	if planner, ok := v.engine.(statement.Planner); ok && !flinksql.OnlyReads(stmt.Text) {
		return v.askPlan(planner, stmt)
	}
	if v.env.Server.ConfirmTyped && !flinksql.OnlyReads(stmt.Text) {
		return v.confirmRun(stmt, newName(v.env.Now()), statement.Plan{})
	}
	return v.submit(stmt, newName(v.env.Now()))
}

// plannedMsg is what would be made of a statement.
type plannedMsg struct {
	of   *queryBuffer
	stmt buffer.Statement
	name string
	plan statement.Plan
	err  error
}

// askPlan asks the platform what a statement would become, which is then said
// before it is run.
func (v *View) askPlan(planner statement.Planner, stmt buffer.Statement) tea.Cmd {
	s := v.buffer()
	name := newName(v.env.Now())
	request := v.request(s, stmt.Text, name)
	v.say("looking at the statement", false)
	return s.mail.Ask("plan", func(ctx context.Context) tea.Msg {
		plan, err := planner.Plan(ctx, request)
		return plannedMsg{of: s, stmt: stmt, name: name, plan: plan, err: err}
	})
}

func (v *View) takePlan(msg plannedMsg) tea.Cmd {
	if msg.err != nil {
		msg.of.complain(ofInput, msg.err.Error())
		return nil
	}
	msg.of.say("", false)
	if msg.of != v.buffer() {
		return nil // another buffer is in front by now: it is asked again
	}
	if msg.plan.Title != "" || v.env.Server.ConfirmTyped {
		return v.confirmRun(msg.stmt, msg.name, msg.plan)
	}
	return v.submit(msg.stmt, msg.name)
}

// request is what is sent for a statement of a buffer.
func (v *View) request(s *queryBuffer, text, name string) statement.Request {
	return statement.Request{
		Name: name, SQL: text, Settings: s.settings.Sent(),
		Target: statement.Target{
			Scope: v.target.environment, Pool: v.target.pool, Session: s.session(),
			Catalog: s.settings.Values[sqlsettings.CatalogKey], Database: s.settings.Values[sqlsettings.DatabaseKey],
		},
	}
}

// confirmRun asks before a statement is run: where a change wants the name of the
// context, and where the statement becomes more than one.
func (v *View) confirmRun(stmt buffer.Statement, name string, plan statement.Plan) tea.Cmd {
	typed := ""
	if v.env.Server.ConfirmTyped {
		typed = v.env.Server.Name
	}
	text := flinksql.Redact(strings.TrimSpace(stmt.Text))
	var facts []views.Fact
	for _, f := range plan.Facts {
		facts = append(facts, views.Fact{Label: f[0], Text: f[1]})
	}
	if plan.Title == "" {
		facts = []views.Fact{{Label: "in", Text: path(statement.Ref{Scope: v.target.environment, Name: v.target.pool})}}
	}
	return views.Send(views.ConfirmMsg{Confirmation: views.Confirmation{
		Title: cmp.Or(plan.Title, "Run a statement"), Button: cmp.Or(plan.Button, "Run"), Doing: "", TypeName: typed,
		Plan: text, Asked: v.env.Keys.SQL.Run.Help().Key,
		Facts: append(facts, views.Fact{Label: "statement", Text: text}),
		Run: func(string) tea.Cmd {
			return v.mail.Ask("confirmed", func(context.Context) tea.Msg { return confirmedMsg{stmt, name} })
		},
	}})
}

// confirmedMsg is a statement that may be run.
type confirmedMsg struct {
	stmt buffer.Statement
	name string
}

// refuses says whether a statement may not be run from here.
func (v *View) refuses(text string) bool {
	switch v.env.Server.ReadOnly {
	case views.NothingAtAll:
		return true
	case views.QueriesOnly:
		return !flinksql.OnlyReads(text)
	}
	return false
}

func (v *View) refusal() string {
	if v.env.Server.ReadOnly == views.QueriesOnly {
		return "read-only: SELECT, SHOW, DESCRIBE and EXPLAIN are run here, and nothing else, so nothing was sent"
	}
	return "read-only: running a statement creates it on the server, so nothing was sent"
}

// statementsKind is the kind whose list asks about an action on a statement.
const statementsKind = "statements"

// submit sends a statement under a name of its own.
func (v *View) submit(stmt buffer.Statement, name string) tea.Cmd {
	s, now := v.buffer(), v.env.Now()
	ref := statement.Ref{Scope: v.target.environment, Name: name}
	r := &run{ref: ref, sql: stmt.Text, at: &stmt.From, began: now, own: true}
	forgotten := v.stopForgotten(s.run)
	s.follow(r)
	if forgotten == nil {
		s.say("", false)
	}
	request := v.request(s, stmt.Text, ref.Name)
	engine := v.engine
	return tea.Batch(forgotten, v.save(), v.past.Began(&v.mail, ref.Name, ref.Scope, r.sql, r.began), s.mail.Ask("statement", func(ctx context.Context) tea.Msg {
		status, err := engine.Submit(ctx, request)
		return observedMsg{run: r, status: status, err: err}
	}))
}

// follow looks at r from now on; what is shown stays until r has rows.
func (s *queryBuffer) follow(r *run) {
	s.mail.Cancel("statement")
	s.mail.Cancel("page")
	if old := s.run; old != nil && old != s.shown && old.pane != nil {
		old.pane.Close() // it had no rows
	}
	r.buffer = s
	s.run = r
}

// stopForgotten stops the query that was run from the buffer before, if it
// still runs: nobody reads its rows any more. Other statements go on.
func (v *View) stopForgotten(r *run) tea.Cmd {
	if r == nil || !r.own || !r.active() || !r.isQuery() || v.refuses(r.sql) {
		return nil
	}
	v.say("stopping "+r.ref.Name+", whose rows nobody reads any more", false)
	engine, ref := v.engine, r.ref
	return v.mail.Do("stop "+ref.Name, func(ctx context.Context) (string, error) {
		return "stopped " + ref.Name + ", whose rows nobody read any more", engine.Stop(ctx, ref)
	})
}

// title is what the statement is called for people: its name, or the beginning
// of its text where the name is one that drey invented.
func (r *run) title() string {
	if r.sql == "" || !strings.HasPrefix(r.ref.Name, inventedName) {
		return r.ref.Name
	}
	return flinksql.Redact(strings.Join(strings.Fields(r.sql), " "))
}

// inventedName begins the names that drey makes up.
const inventedName = "drey-"

// newName makes a name that the operator takes: at most 45, a letter first
// (cmf-behaviour.md §3.8).
func newName(now time.Time) string {
	var b [3]byte
	_, _ = rand.Read(b[:])
	return inventedName + now.UTC().Format("20060102-150405") + "-" + hex.EncodeToString(b[:])
}

// stop asks whether the statement is to be stopped, the way it is asked
// everywhere; its savepoint lets it go on.
func (v *View) stop(key string) tea.Cmd {
	r := v.buffer().run
	switch {
	case r == nil:
		return nil
	case !r.active():
		v.buffer().complain(ofInput, r.ref.Name+" has already ended: "+r.phaseText())
		return nil
	case !r.sent:
		v.buffer().complain(r, r.ref.Name+" is still being sent")
		return nil
	}
	return views.Send(views.ActMsg{
		Target: views.Ref{Kind: statementsKind, Scope: r.ref.Scope, Name: r.ref.Name, UID: r.status.UID},
		Made:   r.status.Made,
		Verb:   "stop", Asked: key,
	})
}
