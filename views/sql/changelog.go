package sql

import (
	"bytes"
	"container/list"
	"encoding/json"
	"strconv"
	"strings"

	"drey/client/cmf"
	"drey/views/grid"
)

// changelog keeps what came of a result, as it came and as the table that it
// makes (cmf-behaviour.md §4.6). Both are bounded; what had to go is counted.
type changelog struct {
	columns []cmf.ResultColumn
	key     []int // upsert columns; nil: the whole row is the key

	changes []change
	first   uint64 // number of changes[0], from 0
	total   uint64 // changes seen
	bytes   int
	dropped uint64 // changes no longer held

	rows  *list.List                 // *tableRow in order
	byKey map[string][]*list.Element // newest last
	// hole is where the row stood that the last change, a -U, took out: a +U
	// that follows at once goes there, so that updated rows keep their place.
	hole *hole
	// misfits counts rows whose length is not the schema's.
	misfits int
	// stale counts changes to rows that are not held (any more).
	stale   int
	evicted uint64 // table rows no longer held
	version uint64
}

// change is one row of the changelog, values as text for people.
type change struct {
	op    cmf.Op
	cells []string
	nulls uint64 // bit i: cell i is NULL (the first 64 columns)
}

// hole is a place in the order of rows; next nil is the end.
type hole struct {
	next *list.Element
	id   uint64 // identity of the row that stood there
}

type tableRow struct {
	change
	id      uint64 // identity for the cursor
	touched uint64 // number of the change that wrote it
	drawn   grid.Row
}

// What is held of one result: 64 MB of cells, a million table rows.
const (
	maxChangelogBytes = 64 << 20
	maxTableRows      = 1_000_000
)

func newChangelog(schema *cmf.ResultSchema, key []int) *changelog {
	c := &changelog{key: key, rows: list.New(), byKey: map[string][]*list.Element{}}
	if schema != nil {
		c.columns = schema.Columns
	}
	for _, k := range key {
		if k < 0 || k >= len(c.columns) {
			c.key = nil
		}
	}
	return c
}

// add takes the rows of a page.
func (c *changelog) add(rows []cmf.ResultRow) {
	for _, row := range rows {
		if len(row.Row) != len(c.columns) {
			c.misfits++
			continue
		}
		ch := newChange(row)
		c.keep(ch)
		c.apply(ch)
	}
	if len(rows) > 0 {
		c.version++
	}
}

func (c *changelog) keep(ch change) {
	c.changes = append(c.changes, ch)
	c.bytes += ch.size()
	c.total++
	if c.bytes > maxChangelogBytes {
		c.dropOldest()
	}
}

// dropOldest makes room for a quarter of the limit, so that it is rarely called.
func (c *changelog) dropOldest() {
	drop := 0
	for c.bytes > maxChangelogBytes/4*3 && drop < len(c.changes)-1 {
		c.bytes -= c.changes[drop].size()
		drop++
	}
	c.changes = append(c.changes[:0:0], c.changes[drop:]...)
	c.first += uint64(drop)
	c.dropped += uint64(drop)
}

func (ch change) size() int {
	n := 48
	for _, cell := range ch.cells {
		n += 16 + len(cell)
	}
	return n
}

// apply moves the table on by one change, by the rules of cmf-behaviour.md §4.6.
func (c *changelog) apply(ch change) {
	upsert := c.key != nil
	gap := c.hole
	c.hole = nil
	switch ch.op {
	case cmf.OpUpdateBefore:
		if !upsert {
			c.hole = c.removeLast(ch)
		}
	case cmf.OpDelete:
		c.removeLast(ch)
	case cmf.OpUpdateAfter:
		if upsert && c.replaceLast(ch) {
			return
		}
		c.insert(ch, gap)
	default:
		c.insert(ch, nil)
	}
}

func (c *changelog) keyOf(ch change) string {
	var b strings.Builder
	write := func(i int) {
		if i < 64 && ch.nulls&(1<<i) != 0 {
			b.WriteString("-;")
			return
		}
		b.WriteString(strconv.Itoa(len(ch.cells[i])))
		b.WriteByte(':')
		b.WriteString(ch.cells[i])
	}
	if c.key == nil {
		for i := range ch.cells {
			write(i)
		}
		return b.String()
	}
	for _, i := range c.key {
		write(i)
	}
	return b.String()
}

// insert puts a row into gap, or at the end.
func (c *changelog) insert(ch change, gap *hole) {
	row := &tableRow{change: ch, id: c.total, touched: c.total}
	if gap != nil {
		row.id = gap.id
	}
	var el *list.Element
	if gap != nil && gap.next != nil {
		el = c.rows.InsertBefore(row, gap.next)
	} else {
		el = c.rows.PushBack(row)
	}
	k := c.keyOf(ch)
	c.byKey[k] = append(c.byKey[k], el)
	if c.rows.Len() > maxTableRows {
		c.evict()
	}
}

func (c *changelog) evict() {
	oldest := c.rows.Front()
	k := c.keyOf(oldest.Value.(*tableRow).change)
	c.forget(k, 0)
	c.rows.Remove(oldest)
	c.evicted++
}

func (c *changelog) forget(key string, i int) {
	els := append(c.byKey[key][:i:i], c.byKey[key][i+1:]...)
	if len(els) == 0 {
		delete(c.byKey, key)
		return
	}
	c.byKey[key] = els
}

// removeLast takes out the last row with ch's key and tells where it stood.
func (c *changelog) removeLast(ch change) *hole {
	k := c.keyOf(ch)
	els := c.byKey[k]
	if len(els) == 0 {
		c.stale++
		return nil
	}
	last := els[len(els)-1]
	gap := &hole{next: last.Next(), id: last.Value.(*tableRow).id}
	c.rows.Remove(last)
	c.forget(k, len(els)-1)
	return gap
}

func (c *changelog) replaceLast(ch change) bool {
	els := c.byKey[c.keyOf(ch)]
	if len(els) == 0 {
		return false
	}
	row := els[len(els)-1].Value.(*tableRow)
	row.change, row.touched, row.drawn = ch, c.total, grid.Row{}
	return true
}

// table gives the rows in order.
func (c *changelog) table() []*tableRow {
	out := make([]*tableRow, 0, c.rows.Len())
	for el := c.rows.Front(); el != nil; el = el.Next() {
		out = append(out, el.Value.(*tableRow))
	}
	return out
}

func newChange(row cmf.ResultRow) change {
	ch := change{op: row.Op, cells: make([]string, len(row.Row))}
	for i, raw := range row.Row {
		raw = bytes.TrimSpace(raw)
		if len(raw) == 0 || string(raw) == "null" {
			ch.cells[i] = "NULL"
			if i < 64 {
				ch.nulls |= 1 << i
			}
			continue
		}
		ch.cells[i] = cellText(raw)
	}
	return ch
}

// cellText shows a value of the wire: the text of a string, anything else as
// its JSON (cmf-behaviour.md §4.5: lists for ARRAY, MAP and ROW).
func cellText(raw json.RawMessage) string {
	if raw[0] != '"' {
		return string(raw)
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return s
}
