// Package cep finds rows that follow one another as a pattern says, as the
// automaton of Flink's library for complex events does.
package cep

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Match finds rows that follow one another as a pattern says: Flink's
// MATCH_RECOGNIZE. Rows wait for the watermark; late ones are dropped.
type Match struct {
	Pattern   *Pattern
	Variables []string
	Partition []expr.Fn
	KeyTypes  []types.Type
	Time      int              // the column of event time
	Then      []stream.RankKey // what orders rows of one time
	Within    int64            // milliseconds; 0: no limit
	Skip      MatchSkip
	// Is says whether a row, the last of those given, is one of a variable.
	Is func(variable int, m *MatchRows) (bool, error)
	// Measure gives what is told of a match.
	Measure func(m *MatchRows) (value.Row, error)
	Batch   bool // all rows are there before the first match
	Budget  *state.Budget
	Next    stream.Op

	begun bool
	time  int64
	keys  map[string]*matchKey
}

// MatchSkip says where the next match may begin.
type MatchSkip struct {
	Next  bool // behind the first row
	To    int  // at a row of this variable; -1: behind the last row
	First bool // its first row
}

// MatchRows are the rows of a match, in their order, each with its variable.
type MatchRows struct {
	Rows      []value.Row
	Variables []int
}

type matchKey struct {
	order     int
	key       value.Row
	waiting   []stream.WaitingRow
	partials  matchHeap
	completed matchHeap
}

// eventID tells rows of a partition apart, and which came first.
type eventID struct {
	at int64
	n  int
}

func (e eventID) before(o eventID) bool { return e.at < o.at || e.at == o.at && e.n < o.n }

// partial is a match that has not ended: the state it is in, and its rows.
type partial struct {
	state int
	first eventID
	path  *matchedRow
}

type matchedRow struct {
	id       eventID
	row      value.Row
	variable int
	before   *matchedRow
	length   int
}

// Push implements Op.
func (m *Match) Push(c stream.Change) error {
	if !m.begun {
		m.begun, m.time, m.keys = true, math.MinInt64, map[string]*matchKey{}
	}
	at := c.Row[m.Time]
	if !at.Valid || at.I <= m.time {
		return nil
	}
	key, err := stream.KeyOf(m.Partition, m.KeyTypes, c.Row)
	if err != nil {
		return err
	}
	k := m.keys[key]
	if k == nil {
		k = &matchKey{order: len(m.keys), partials: matchHeap{{state: m.Pattern.start}}}
		for _, fn := range m.Partition {
			v, err := fn(c.Row)
			if err != nil {
				return err
			}
			k.key = append(k.key, v)
		}
		m.keys[key] = k
		if err := m.Budget.Take(len(key), k.key); err != nil {
			return err
		}
	}
	k.waiting = append(k.waiting, stream.WaitingRow{At: at.I, Row: c.Row})
	return m.Budget.Take(0, c.Row)
}

// Mark implements Marker.
func (m *Match) Mark(watermark int64) error {
	if m.begun && watermark > m.time {
		m.time = watermark
		if err := m.pass(); err != nil {
			return err
		}
	}
	return stream.PassMark(m.Next, watermark)
}

// Finish implements Op.
func (m *Match) Finish() error {
	if m.Batch && m.begun {
		m.time = stream.MaxWatermark
		if err := m.pass(); err != nil {
			return err
		}
	}
	return m.Next.Finish()
}

// pass gives the rows whose time has come to the automaton, a key at a time:
// that with the earliest row first.
func (m *Match) pass() error {
	var due []*matchKey
	for _, k := range m.keys {
		sort.SliceStable(k.waiting, func(i, j int) bool { return k.waiting[i].At < k.waiting[j].At })
		if len(k.waiting) > 0 && k.waiting[0].At <= m.time || m.Within > 0 {
			due = append(due, k)
		}
	}
	sort.Slice(due, func(i, j int) bool { return m.sooner(due[i], due[j]) })
	for _, k := range due {
		if err := m.advance(k); err != nil {
			return err
		}
	}
	return nil
}

// sooner orders keys: batch jobs have them sorted, others by their rows.
func (m *Match) sooner(a, b *matchKey) bool {
	if m.Batch {
		for i, t := range m.KeyTypes {
			if a.key[i].Valid != b.key[i].Valid {
				return !a.key[i].Valid
			}
			if !a.key[i].Valid {
				continue
			}
			if c := value.Compare(t, a.key[i], b.key[i]); c != 0 {
				return c < 0
			}
		}
	}
	if len(a.waiting) == 0 || len(b.waiting) == 0 {
		return len(a.waiting) > 0 || len(b.waiting) == 0 && a.order < b.order
	}
	if a.waiting[0].At != b.waiting[0].At {
		return a.waiting[0].At < b.waiting[0].At
	}
	return a.order < b.order
}

func (m *Match) advance(k *matchKey) error {
	n := sort.Search(len(k.waiting), func(i int) bool { return k.waiting[i].At > m.time })
	due := k.waiting[:n]
	for len(due) > 0 {
		same := sort.Search(len(due), func(i int) bool { return due[i].At > due[0].At })
		rows := due[:same]
		if err := m.sortThen(rows); err != nil {
			return err
		}
		if err := m.expire(k, rows[0].At); err != nil {
			return err
		}
		for i, r := range rows {
			if err := m.row(k, r.Row, eventID{r.At, i}); err != nil {
				return err
			}
			m.Budget.Give(0, r.Row)
		}
		due = due[same:]
	}
	k.waiting = stream.DropFirst(k.waiting, n)
	return m.expire(k, m.time)
}

func (m *Match) sortThen(rows []stream.WaitingRow) error {
	if len(m.Then) == 0 || len(rows) < 2 {
		return nil
	}
	keys := make(map[int]value.Row, len(rows))
	order := make([]int, len(rows))
	for i, r := range rows {
		order[i] = i
		for _, k := range m.Then {
			v, err := k.Fn(r.Row)
			if err != nil {
				return err
			}
			keys[i] = append(keys[i], v)
		}
	}
	sort.SliceStable(order, func(i, j int) bool {
		return stream.CompareRank(m.Then, keys[order[i]], keys[order[j]]) < 0
	})
	sorted := make([]stream.WaitingRow, len(rows))
	for i, at := range order {
		sorted[i] = rows[at]
	}
	copy(rows, sorted)
	return nil
}

func (m *Match) give(found *matchedRow) error {
	row, err := m.Measure(found.rows())
	if err != nil {
		return err
	}
	return m.Next.Push(stream.Change{Op: cmf.OpInsert, Row: row})
}

// Name implements Step.
func (o *Match) Name() string { return fmt.Sprintf("Match(%d states)", len(o.Pattern.states)) }

// Behind implements Step.
func (o *Match) Behind() stream.Op { return o.Next }

func (p *partial) before(q *partial) bool {
	if p.path == nil || q.path == nil { // one that has not begun comes last
		return p.path != nil
	}
	return p.first.before(q.first)
}

func (m *Match) State(c *state.Codec) {
	if c.Bool(&m.begun); !m.begun {
		return
	}
	c.Int64(&m.time)
	state.Table(c, &m.keys, state.Pointer(func(k *matchKey) {
		c.Int(&k.order)
		c.Row(&k.key)
		stream.CarryWaiting(c, &k.waiting)
		for _, h := range []*matchHeap{&k.partials, &k.completed} {
			all := []*partial(*h)
			state.List(c, &all, state.Pointer(func(p *partial) { carryPartial(c, p) }))
			*h = all
		}
	}))
}

// with is the path with one more row.
func (r *matchedRow) with(id eventID, row value.Row, variable int) *matchedRow {
	n := 1
	if r != nil {
		n = r.length + 1
	}
	return &matchedRow{id, row, variable, r, n}
}

// rows are those of the path, first to last.
func (r *matchedRow) rows() *MatchRows {
	if r == nil {
		return &MatchRows{}
	}
	m := &MatchRows{Rows: make([]value.Row, r.length), Variables: make([]int, r.length)}
	for ; r != nil; r = r.before {
		m.Rows[r.length-1], m.Variables[r.length-1] = r.row, r.variable
	}
	return m
}

// row tries a row on all partial matches of a key.
func (m *Match) row(k *matchKey, row value.Row, id eventID) error {
	var next, done matchHeap
	for _, p := range k.partials {
		a := &attempt{m, p.path, row, id, map[int]bool{}}
		edges, err := a.takes(p.state)
		if err != nil {
			return err
		}
		for _, e := range edges {
			if err := m.step(a, p, e, &next, &done); err != nil {
				return err
			}
		}
		if p.path == nil {
			next.add(p)
		}
	}
	for range max(0, len(next)-len(k.partials)) {
		if err := m.Budget.Take(0); err != nil {
			return err
		}
	}
	for range len(k.partials) - len(next) {
		m.Budget.Give(0)
	}
	k.partials = next
	for _, p := range done {
		k.completed.add(p)
	}
	return m.tell(k)
}

func (m *Match) step(a *attempt, p *partial, e patternEdge, next, done *matchHeap) error {
	path := p.path.with(a.id, a.row, e.variable)
	first := p.first
	if p.path == nil {
		first = a.id
	}
	if e.to == patternEnd {
		done.add(&partial{e.to, first, path})
		return nil
	}
	next.add(&partial{e.to, first, path})
	after := *a
	ends, err := after.ends(e.to)
	if ends {
		done.add(&partial{patternEnd, first, path})
	}
	return err
}

// tell gives the matches that no earlier one can spoil any more.
func (m *Match) tell(k *matchKey) error {
	for len(k.completed) > 0 && (len(k.partials) == 0 || !k.partials[0].before(k.completed[0])) {
		found := k.completed.poll()
		if err := m.prune(k, found); err != nil {
			return err
		}
		if err := m.give(found.path); err != nil {
			return err
		}
	}
	return nil
}

// prune drops what may not begin beside a match that was found.
func (m *Match) prune(k *matchKey, found *partial) error {
	until, with := found.path.id, true
	switch {
	case m.Skip.Next:
		until = found.first
	case m.Skip.To >= 0:
		var at *matchedRow
		for r := found.path; r != nil; r = r.before {
			if r.variable == m.Skip.To && (at == nil || m.Skip.First) {
				at = r
			}
		}
		if at == nil {
			return &sqlerr.Failure{
				Class: "org.apache.flink.util.FlinkRuntimeException",
				Message: fmt.Sprintf(
					"Could not skip to %s. No such element in the found match %s", m.Variables[m.Skip.To],
					m.text(found.path),
				),
			}
		}
		if at.id == found.first {
			return &sqlerr.Failure{
				Class:   "org.apache.flink.util.FlinkRuntimeException",
				Message: "Could not skip to first element of a match.",
			}
		}
		until, with = at.id, false
	}
	expired := func(p *partial) bool {
		return p.path != nil && (p.first.before(until) || with && p.first == until)
	}
	k.partials.drop(expired)
	k.completed.drop(expired)
	return nil
}

// text is a match as Flink writes it.
func (m *Match) text(path *matchedRow) string {
	ids := map[int][]string{}
	var order []int
	for r := path; r != nil; r = r.before {
		if !slices.Contains(order, r.variable) {
			order = append(order, r.variable)
		}
		ids[r.variable] = append(
			[]string{fmt.Sprintf("EventId{id=%d, timestamp=%d}", r.id.n, r.id.at)}, ids[r.variable]...,
		)
	}
	slices.Reverse(order)
	parts := make([]string, len(order))
	for i, v := range order {
		parts[i] = m.Variables[v] + "=[" + strings.Join(ids[v], ", ") + "]"
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// expire drops partial matches that would be longer than WITHIN, which may
// free others that waited for them.
func (m *Match) expire(k *matchKey, now int64) error {
	if m.Within == 0 {
		return nil
	}
	n := len(k.partials)
	k.partials.drop(func(p *partial) bool { return p.path != nil && now-p.first.at >= m.Within })
	for range n - len(k.partials) {
		m.Budget.Give(0)
	}
	return m.tell(k)
}
