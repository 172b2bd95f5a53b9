package stream

import (
	"fmt"
	"math"
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/state"
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
	Time      int       // the column of event time
	Then      []RankKey // what orders rows of one time
	Within    int64     // milliseconds; 0: no limit
	Skip      MatchSkip
	// Is says whether a row, the last of those given, is one of a variable.
	Is func(variable int, m *MatchRows) (bool, error)
	// Measure gives what is told of a match.
	Measure func(m *MatchRows) (value.Row, error)
	Batch   bool // all rows are there before the first match
	Budget  *state.Budget
	Next    Op

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
	waiting   []waitingRow
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
func (m *Match) Push(c Change) error {
	if !m.begun {
		m.begun, m.time, m.keys = true, math.MinInt64, map[string]*matchKey{}
	}
	at := c.Row[m.Time]
	if !at.Valid || at.I <= m.time {
		return nil
	}
	key, err := keyOf(m.Partition, m.KeyTypes, c.Row)
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
	k.waiting = append(k.waiting, waitingRow{at: at.I, row: c.Row})
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
	return mark(m.Next, watermark)
}

// Finish implements Op.
func (m *Match) Finish() error {
	if m.Batch && m.begun {
		m.time = MaxWatermark
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
		sort.SliceStable(k.waiting, func(i, j int) bool { return k.waiting[i].at < k.waiting[j].at })
		if len(k.waiting) > 0 && k.waiting[0].at <= m.time || m.Within > 0 {
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
	if a.waiting[0].at != b.waiting[0].at {
		return a.waiting[0].at < b.waiting[0].at
	}
	return a.order < b.order
}

func (m *Match) advance(k *matchKey) error {
	n := sort.Search(len(k.waiting), func(i int) bool { return k.waiting[i].at > m.time })
	due := k.waiting[:n]
	for len(due) > 0 {
		same := sort.Search(len(due), func(i int) bool { return due[i].at > due[0].at })
		rows := due[:same]
		if err := m.sortThen(rows); err != nil {
			return err
		}
		if err := m.expire(k, rows[0].at); err != nil {
			return err
		}
		for i, r := range rows {
			if err := m.row(k, r.row, eventID{r.at, i}); err != nil {
				return err
			}
			m.Budget.Give(0, r.row)
		}
		due = due[same:]
	}
	k.waiting = behind(k.waiting, n)
	return m.expire(k, m.time)
}

func (m *Match) sortThen(rows []waitingRow) error {
	if len(m.Then) == 0 || len(rows) < 2 {
		return nil
	}
	keys := make(map[int]value.Row, len(rows))
	order := make([]int, len(rows))
	for i, r := range rows {
		order[i] = i
		for _, k := range m.Then {
			v, err := k.Fn(r.row)
			if err != nil {
				return err
			}
			keys[i] = append(keys[i], v)
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return compareRank(m.Then, keys[order[i]], keys[order[j]]) < 0 })
	sorted := make([]waitingRow, len(rows))
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
	return m.Next.Push(Change{cmf.OpInsert, row})
}

// Describe names the operator.
func (m *Match) Describe() string { return fmt.Sprintf("Match(%d states)", len(m.Pattern.states)) }
