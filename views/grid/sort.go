package grid

import (
	"cmp"
	"slices"
	"strings"
)

// sorting is by one column.
type sorting struct {
	column  int
	reverse bool
}

type sortKey struct {
	rank int64
	text string
}

// SortBy sorts by a column; the cursor stays on its row.
func (g *Grid) SortBy(column int, reverse bool) {
	if column < 0 || column >= len(g.columns) {
		return
	}
	g.sort.column, g.sort.reverse = column, reverse
	g.resort()
	g.refilter(g.order)
	g.follow()
	g.draw.dirty, g.draw.laid = true, false
	g.scroll()
}

// SortNext sorts by the next column that is seen.
func (g *Grid) SortNext() {
	seen := g.seen()
	at := slices.Index(seen, g.sort.column)
	if len(seen) > 0 {
		g.SortBy(seen[(at+1)%len(seen)], false)
	}
}

// Reverse sorts the other way round.
func (g *Grid) Reverse() { g.SortBy(g.sort.column, !g.sort.reverse) }

// resort brings order up to date with rows.
func (g *Grid) resort() {
	keys := make([]sortKey, 0, len(g.rows))
	for i := range g.rows {
		c := g.rows[i].Cell(g.sort.column)
		keys = append(keys, sortKey{c.rank(), c.Text})
	}
	g.order = g.order[:0]
	for i := range g.rows {
		g.order = append(g.order, int32(i))
	}
	slices.SortFunc(g.order, func(a, b int32) int {
		c := cmp.Compare(keys[a].rank, keys[b].rank)
		if c == 0 {
			c = strings.Compare(keys[a].text, keys[b].text)
		}
		if g.sort.reverse {
			c = -c
		}
		if c == 0 {
			c = compareRows(&g.rows[a], &g.rows[b])
		}
		return c
	})
}

// compareRows orders rows that the sorted column does not: by what they say,
// and by their identity only when they say the same.
func compareRows(a, b *Row) int {
	one, restOfA, inA := a.cells.next()
	other, restOfB, inB := b.cells.next()
	for inA && inB {
		if c := strings.Compare(one.Text, other.Text); c != 0 {
			return c
		}
		one, restOfA, inA = restOfA.next()
		other, restOfB, inB = restOfB.next()
	}
	return strings.Compare(a.Key, b.Key)
}

// SortedBy is the title of the column sorted by and whether it is reversed.
func (g *Grid) SortedBy() (title string, reverse bool) {
	return g.columns[g.sort.column].Title, g.sort.reverse
}

// SortIsHidden tells that the column sorted by is not among those that are seen.
func (g *Grid) SortIsHidden() bool { return !slices.Contains(g.seen(), g.sort.column) }
