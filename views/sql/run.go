package sql

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/client/flinksql"
	"drey/views"
	"drey/views/platform"
	"drey/views/results"
	"drey/views/sql/buffer"
)

// run is one statement that is followed: one that was just sent, or one of the
// server's that was attached to.
type run struct {
	sheet     *sheet // the buffer that it belongs to
	scope     cmf.Scope
	name      string
	sql       string
	at        *buffer.Position // where it stood in the editor when it was sent; nil: nowhere
	sent      bool             // the server has it
	statement cmf.Statement
	began     time.Time
	observed  time.Time
	lost      error // why the last look failed, nil when it did not

	own      bool // this console ran it
	log      *results.Log
	pane     *results.Pane // shows log; nil until the columns are known
	pager    *cmfapi.ResultPager
	fetching bool
	pages    int
	complete bool   // all pages are here
	gone     bool   // the server has it no more
	failures int    // in a row, of fetching
	marked   bool   // its failure was shown in the editor
	trouble  string // what was said of a question that is asked again
	showText bool   // its text is to be shown once it is known
}

// end tells that all pages are here that come.
func (r *run) end() {
	r.complete = true
	if r.log != nil {
		r.log.End()
	}
}

func (r *run) phase() string {
	if !r.sent {
		return "SENDING"
	}
	return r.statement.Phase()
}

// shown is the phase in the word that every tab has for it.
func (r *run) shown() string {
	if p := r.phase(); p != cmf.PhaseRunning || !r.statement.Spec.Stopped {
		return p
	}
	return phaseStopping
}

// phaseStopping is what CMF calls RUNNING while the savepoint is taken.
const phaseStopping = "STOPPING"

// alive says whether its phase may still change.
func (r *run) alive() bool {
	if r.gone {
		return false
	}
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
	s := v.sheet()
	stmt, ok := s.editor.text.StatementAt(s.editor.text.Cursor())
	if !ok {
		v.say("there is no statement under the cursor", true)
		return nil
	}
	s.editor.problem = nil
	if flinksql.KindOf(stmt.Text).IsLocal() {
		s.message = s.settings.take(stmt.Text)
		v.desk.version++
		return v.saveSoon()
	}
	if strings.Contains(stmt.Text, "'"+flinksql.Mask+"'") {
		v.say("a secret is masked in this statement: write it in the place of "+flinksql.Mask, true)
		return nil
	}
	if s.run != nil && !s.run.sent && s.run.alive() {
		v.say(s.run.name+" is still being sent", true)
		return nil
	}
	p := &v.place
	switch {
	case p.environment == "":
		return v.askEnvironment(true)
	case v.env.Client.ReadOnly():
		v.say("read-only: running a statement creates it on the server, so nothing was sent", true)
		return nil
	case !p.asked:
		p.wanted = true
		v.say("looking for a compute pool in "+p.environment, false)
		return v.askPools()
	case p.pool == "":
		v.say("no compute pool in "+p.environment+" can run it", true)
		return v.askPools()
	}
	return v.submit(stmt)
}

func (v *View) submit(stmt buffer.Statement) tea.Cmd {
	s, now := v.sheet(), v.env.Now()
	r := &run{scope: cmf.Scope{Environment: v.place.environment}, name: newName(now), sql: stmt.Text, at: &stmt.From, began: now, own: true}
	forgotten := v.stopForgotten(s.run)
	s.follow(r)
	if forgotten == nil {
		s.say("", false)
	}
	body := cmf.Statement{
		APIVersion: cmf.APIVersion, Kind: cmf.Statements.Name,
		Metadata: cmf.Metadata{Name: r.name},
		Spec: cmf.StatementSpec{
			Statement: stmt.Text, ComputePoolName: v.place.pool,
			Properties: s.settings.properties(), FlinkConfiguration: s.settings.configuration(),
		},
	}
	c := v.env.Client
	return tea.Batch(forgotten, v.save(), v.past.began(&v.mail, r), s.mail.Ask("statement", func(ctx context.Context) tea.Msg {
		made, err := cmfapi.Create(ctx, c, cmf.Statements, r.scope, body)
		if fault.Of(err).Lost { // the name is ours: it may be there
			made, err = cmfapi.FindMade[cmf.Statement](ctx, c, cmf.Statements, r.scope, r.name, err)
		}
		if err != nil {
			return observedMsg{run: r, err: err}
		}
		return observed(ctx, c, r, made)
	}))
}

// follow looks at r from now on; what is shown stays until r has rows.
func (s *sheet) follow(r *run) {
	s.mail.Cancel("statement")
	s.mail.Cancel("page")
	if old := s.run; old != nil && old != s.shown && old.pane != nil {
		old.pane.Close() // it had no rows
	}
	r.sheet = s
	s.run = r
}

// stopForgotten stops the query that was run from the buffer before, if it
// still runs: nobody reads its rows any more. Other statements go on.
func (v *View) stopForgotten(r *run) tea.Cmd {
	if r == nil || !r.own || !r.alive() || !r.isQuery() || v.env.Client.ReadOnly() {
		return nil
	}
	v.say("stopping "+r.name+", whose rows nobody reads any more", false)
	c := v.env.Client
	return v.mail.Do("stop "+r.name, func(ctx context.Context) (string, error) {
		return "stopped " + r.name + ", whose rows nobody read any more", c.StopStatement(ctx, r.scope, r.name)
	})
}

// title is what the statement is called for people: its name, or the beginning
// of its text where the name is one that drey invented.
func (r *run) title() string {
	if r.sql == "" || !strings.HasPrefix(r.name, inventedName) {
		return r.name
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
	r := v.sheet().run
	switch {
	case r == nil:
		return nil
	case !r.alive():
		v.say(r.name+" has already ended: "+r.phase(), true)
		return nil
	case !r.sent:
		v.say(r.name+" is still being sent", true)
		return nil
	}
	return views.Send(views.ActMsg{
		Target: platform.Ref{Kind: cmf.Statements.Plural, Scope: r.scope.Environment, Name: r.name, UID: r.statement.Metadata.UID},
		Made:   r.statement.Metadata.CreationTimestamp,
		Verb:   "stop", Asked: key,
	})
}
