package grid

import (
	"strconv"
	"strings"
	"time"

	"drey/views/clean"
)

// Mark marks the row under the cursor, or takes the mark off, and moves on.
func (g *Grid) Mark() {
	key := g.Selected()
	if key == "" {
		return
	}
	if _, on := g.marks[key]; on {
		delete(g.marks, key)
		delete(g.reasons, key)
	} else {
		g.marks[key] = struct{}{}
	}
	g.Move(1)
}

// SetMark marks the row with this key, or takes its mark off.
func (g *Grid) SetMark(key string, on bool) {
	g.draw.dirty = true
	if !on {
		delete(g.marks, key)
	} else if _, there := g.index[key]; there {
		g.marks[key] = struct{}{}
	}
}

// SetReason writes into the row with this key why something was not done to it,
// in the place of all but its name; "" takes that back.
func (g *Grid) SetReason(key, reason string) {
	g.draw.dirty = true
	if reason == "" {
		delete(g.reasons, key)
		return
	}
	if g.reasons == nil {
		g.reasons = map[string]string{}
	}
	g.reasons[key] = clean.Text(reason)
}

// Reason is what SetReason wrote.
func (g *Grid) Reason(key string) string { return g.reasons[key] }

// Range begins a range at the cursor; the second call marks what lies between.
func (g *Grid) Range() {
	g.draw.dirty = true
	if g.anchor == "" {
		g.anchor = g.Selected()
		return
	}
	from, to := g.between()
	for i := from; i <= to && i < len(g.shown); i++ {
		g.marks[g.rows[g.shown[i]].Key] = struct{}{}
	}
	g.anchor = ""
}

// MarkAll marks every row that is shown, or takes all marks off when they were.
func (g *Grid) MarkAll() {
	all := true
	for _, i := range g.shown {
		if _, on := g.marks[g.rows[i].Key]; !on {
			all = false
			g.marks[g.rows[i].Key] = struct{}{}
		}
	}
	if all {
		clear(g.marks)
	}
	g.draw.dirty = true
}

// Unmark takes all marks off and tells whether there were any.
func (g *Grid) Unmark() bool {
	had := len(g.marks) > 0 || g.anchor != "" || len(g.reasons) > 0
	clear(g.marks)
	clear(g.reasons)
	g.anchor = ""
	g.draw.dirty = g.draw.dirty || had
	return had
}

// Marked are the keys of the marked rows in the order they are sorted in,
// filtered away or not.
func (g *Grid) Marked() []string {
	if len(g.marks) == 0 {
		return nil
	}
	keys := make([]string, 0, len(g.marks))
	for _, i := range g.order {
		if _, on := g.marks[g.rows[i].Key]; on {
			keys = append(keys, g.rows[i].Key)
		}
	}
	return keys
}

// Ranging tells whether a range has begun.
func (g *Grid) Ranging() bool { return g.anchor != "" }

// between are the places of the range, none (0, -1) when there is none.
func (g *Grid) between() (from, to int) {
	at, ok := g.index[g.anchor]
	if g.anchor == "" || !ok {
		return 0, -1
	}
	for i, row := range g.shown {
		if row == at {
			return min(i, g.cursor), max(i, g.cursor)
		}
	}
	return g.cursor, g.cursor
}

func (g *Grid) dropMarks() {
	for key := range g.reasons {
		if _, there := g.index[key]; !there {
			delete(g.reasons, key)
		}
	}
	for key := range g.marks {
		if _, there := g.index[key]; !there {
			delete(g.marks, key)
		}
	}
	if _, there := g.index[g.anchor]; !there {
		g.anchor = ""
	}
}

// freshFor is how long a change is shown as fresh.
const freshFor = 8 * time.Second

// freshness remembers which cells changed when, of maxFresh rows: where more change
// at a time nobody follows them.
type freshness struct {
	rows    map[string]freshRow
	expired int64 // when it was expired last, in seconds
}

const maxFresh = 4096

type freshRow struct {
	bits uint64
	at   int64
}

func (f *freshness) mark(key string, bits uint64, now time.Time) {
	if f.rows == nil {
		f.rows = map[string]freshRow{}
	}
	if len(f.rows) >= maxFresh {
		f.expire(now)
		if len(f.rows) >= maxFresh {
			return
		}
	}
	f.rows[key] = freshRow{bits, now.Unix()}
}

// expire forgets what is fresh no longer, once a second at most.
func (f *freshness) expire(now time.Time) {
	if f.expired == now.Unix() {
		return
	}
	f.expired = now.Unix()
	for key, row := range f.rows {
		if now.Unix()-row.at >= int64(freshFor/time.Second) {
			delete(f.rows, key)
		}
	}
}

// of are the bits of the cells of key that are fresh at now.
func (f *freshness) of(key string, now int64) uint64 {
	if len(f.rows) == 0 {
		return 0
	}
	row, ok := f.rows[key]
	if !ok || now-row.at >= int64(freshFor/time.Second) {
		return 0
	}
	return row.bits
}

// Thousands writes n as 4,020.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 && r != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}
