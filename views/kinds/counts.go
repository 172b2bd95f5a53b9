package kinds

import (
	"context"
	"regexp"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/views/browse"
)

// How often problems are counted in kinds whose list is not in front: while an
// environment is still waited for, and once all have answered.
const (
	countSoon  = 2 * time.Second
	countEvery = 20 * time.Second
)

// counter counts the objects of a kind by what their states mean.
type counter struct {
	kind  string
	next  func(context.Context) (counted, error)
	close func()
}

// counted is the answer to one question of a counter; tallies is nil when nothing
// changed since the one before.
type counted struct {
	kind    string
	tallies map[string]browse.Tally
	partial bool // an environment has not answered yet
	absent  bool // the server does not have the kind
}

type countMsg struct{ counter *counter }

// newCounter asks for the fields that the state is made of and for nothing else.
func newCounter[T any](c *cmfapi.Client, k browse.Kind[T], fields ...string) *counter {
	source := browse.NewCountSource[T](c, k.API, cmfapi.Query{Fields: fields})
	n := &counter{kind: k.API.Plural, close: func() {}}
	if closer, ok := source.(interface{ Close() }); ok {
		n.close = closer.Close
	}
	n.next = func(ctx context.Context) (counted, error) {
		batch, changed, err := source.Next(ctx)
		answer := counted{kind: n.kind, partial: batch.Note != ""}
		if err == nil && changed {
			answer.tallies = browse.TallyOf(k, batch.Items)
		}
		return answer, err
	}
	return n
}

// counters count problems in the kinds that the environments' own counts do not
// serve for (otherKinds).
func counters(c *cmfapi.Client) []*counter {
	return []*counter{
		newCounter(c, Statements(), "metadata.name", "spec.stopped", "status.phase", "status.traits.sqlKind"),
		newCounter(c, Pools(), "metadata.name", "status.phase"),
	}
}

// count asks every counter; each asks again by itself.
func (f *Fleet) count() tea.Cmd {
	if f.counters == nil {
		f.counters = counters(f.env.Client)
	}
	var cmds []tea.Cmd
	for _, n := range f.counters {
		cmds = append(cmds, f.ask(n))
	}
	return tea.Batch(cmds...)
}

func (f *Fleet) ask(n *counter) tea.Cmd {
	return f.box.Ask("count "+n.kind, func(ctx context.Context) tea.Msg {
		answer, err := n.next(ctx)
		answer.kind, answer.absent = n.kind, fault.Is(err, fault.Unsupported)
		return answer
	})
}

func (f *Fleet) handleCounted(msg counted) tea.Cmd {
	if msg.tallies != nil {
		f.CorrectOthers(msg.kind, msg.tallies)
	}
	if msg.absent {
		return nil // until the server was away, or R
	}
	wait := countEvery
	if msg.partial {
		wait = countSoon
	}
	for _, n := range f.counters {
		if n.kind == msg.kind {
			return f.box.After("count "+n.kind, wait, countMsg{n})
		}
	}
	return nil
}

// ownName is how the SQL tab names what it runs (views/sql).
var ownName = regexp.MustCompile(`^drey-\d{8}-\d{6}-[0-9a-f]+$`)

// neverPlanned tells that a statement of a SQL tab failed before it was planned:
// a typing mistake, which was read where it was made and needs nobody else.
func neverPlanned(s cmf.Statement) bool {
	return s.Phase() == cmf.PhaseFailed && sqlKind(s) == "" && ownName.MatchString(s.Metadata.Name)
}
