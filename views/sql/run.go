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
	"drey/views"
	"drey/views/sql/buffer"
	"drey/views/sql/queries"
	"drey/views/sql/sqlsettings"
)

// runUnderCursor sends the statement that the cursor is in.
func (v *View) runUnderCursor() tea.Cmd {
	s := v.buffer()
	stmt, ok := s.Editor.Text.StatementAt(s.Editor.Text.Cursor())
	if !ok {
		s.Complain(queries.OfInput, "there is no statement under the cursor")
		return nil
	}
	s.Editor.Problem = nil
	if flinksql.KindOf(stmt.Text).IsLocal() {
		s.Say(s.Settings.Take(stmt.Text))
		v.buffers.Version++
		return v.saveSoon()
	}
	if strings.Contains(stmt.Text, "'"+flinksql.Mask+"'") {
		s.Complain(queries.OfInput, "a secret is masked in this statement: write it in the place of "+flinksql.Mask)
		return nil
	}
	if s.Run != nil && !s.Run.Sent && s.Run.Active() {
		s.Complain(s.Run, s.Run.Ref.Name+" is still being sent")
		return nil
	}
	p := &v.target
	_, pooled := v.engine.(statement.Pooler)
	switch {
	case v.scoped() && p.environment == "":
		return v.askEnvironment(true)
	case v.refuses(stmt.Text):
		s.Complain(queries.OfInput, v.refusal())
		return nil
	case !pooled:
	case !p.asked:
		p.wanted = true
		v.say("looking for a "+v.poolWord()+" in "+p.environment, false)
		return v.askPools()
	case p.pool == "":
		s.Complain(queries.OfPools, "no "+v.poolWord()+" in "+p.environment+" can run it")
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
	of   *queries.Buffer
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
	return s.Mail.Ask("plan", func(ctx context.Context) tea.Msg {
		plan, err := planner.Plan(ctx, request)
		return plannedMsg{of: s, stmt: stmt, name: name, plan: plan, err: err}
	})
}

func (v *View) takePlan(msg plannedMsg) tea.Cmd {
	if msg.err != nil {
		msg.of.Complain(queries.OfInput, msg.err.Error())
		return nil
	}
	msg.of.Say("", false)
	if msg.of != v.buffer() {
		return nil // another buffer is in front by now: it is asked again
	}
	if msg.plan.Title != "" || v.env.Server.ConfirmTyped {
		return v.confirmRun(msg.stmt, msg.name, msg.plan)
	}
	return v.submit(msg.stmt, msg.name)
}

// request is what is sent for a statement of a buffer.
func (v *View) request(s *queries.Buffer, text, name string) statement.Request {
	return statement.Request{
		Name: name, SQL: text, Settings: s.Settings.Sent(),
		Target: statement.Target{
			Scope: v.target.environment, Pool: v.target.pool, Session: s.Session(),
			Catalog: s.Settings.Values[sqlsettings.CatalogKey], Database: s.Settings.Values[sqlsettings.DatabaseKey],
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
		facts = []views.Fact{
			{Label: "in", Text: queries.Path(statement.Ref{Scope: v.target.environment, Name: v.target.pool})},
		}
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
	r := &queries.Run{Ref: ref, SQL: stmt.Text, At: &stmt.From, Began: now, Own: true}
	forgotten := v.stopForgotten(s.Run)
	s.Follow(r)
	if forgotten == nil {
		s.Say("", false)
	}
	request := v.request(s, stmt.Text, ref.Name)
	engine := v.engine
	return tea.Batch(
		forgotten, v.save(), v.past.Began(&v.mail, ref.Name, ref.Scope, r.SQL, r.Began),
		s.Mail.Ask("statement", func(ctx context.Context) tea.Msg {
			status, err := engine.Submit(ctx, request)
			return queries.ObservedMsg{Run: r, Status: status, Err: err}
		}),
	)
}

// stopForgotten stops the query that was run from the buffer before, if it
// still runs: nobody reads its rows any more. Other statements go on.
func (v *View) stopForgotten(r *queries.Run) tea.Cmd {
	if r == nil || !r.Own || !r.Active() || !r.IsQuery() || v.refuses(r.SQL) {
		return nil
	}
	v.say("stopping "+r.Ref.Name+", whose rows nobody reads any more", false)
	engine, ref := v.engine, r.Ref
	return v.mail.Do("stop "+ref.Name, func(ctx context.Context) (string, error) {
		return "stopped " + ref.Name + ", whose rows nobody read any more", engine.Stop(ctx, ref)
	})
}

// newName makes a name that the operator takes: at most 45, a letter first
// (cmf-behaviour.md §3.8).
func newName(now time.Time) string {
	var b [3]byte
	_, _ = rand.Read(b[:])
	return queries.InventedName + now.UTC().Format("20060102-150405") + "-" + hex.EncodeToString(b[:])
}

// stop asks whether the statement is to be stopped, the way it is asked
// everywhere; its savepoint lets it go on.
func (v *View) stop(key string) tea.Cmd {
	r := v.buffer().Run
	switch {
	case r == nil:
		return nil
	case !r.Active():
		v.buffer().Complain(queries.OfInput, r.Ref.Name+" has already ended: "+r.PhaseText())
		return nil
	case !r.Sent:
		v.buffer().Complain(r, r.Ref.Name+" is still being sent")
		return nil
	}
	return views.Send(views.ActMsg{
		Target: views.Ref{Kind: statementsKind, Scope: r.Ref.Scope, Name: r.Ref.Name, UID: r.Status.UID},
		Made:   r.Status.Made,
		Verb:   "stop", Asked: key,
	})
}
