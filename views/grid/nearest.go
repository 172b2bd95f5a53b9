package grid

import (
	"slices"
	"strings"

	"drey/views/match"
)

// SelectNearest puts the cursor on the row whose first cell fits the words of the filter
// best: is the word, begins with it, has a word that does, or any other; the first of
// several. Where there are no rows yet it does so once they come, unless the cursor is
// moved before.
func (g *Grid) SelectNearest() {
	g.nearest = slices.ContainsFunc(g.filter.terms, isWord)
	if i := g.nearestRow(); i > 0 {
		g.setCursor(i)
		g.draw.dirty = true
		g.scroll()
	}
}

// nearestRow is the position among the rows shown of the one that fits best, 0 where the
// first was not asked to be another.
func (g *Grid) nearestRow() (at int) {
	if !g.nearest {
		return 0
	}
	best := -1
	for i, row := range g.shown {
		if rank := g.rankOf(&g.rows[row]); best < 0 || rank < best {
			at, best = i, rank
		}
	}
	return at
}

func isWord(t term) bool { return t.kind == wordTerm && !t.not }

// rankOf tells how well a row fits the words of the filter: less is better.
func (g *Grid) rankOf(row *Row) (rank int) {
	name := strings.ToLower(row.Cell(0).Text)
	for _, t := range g.filter.terms {
		if !isWord(t) {
			continue
		}
		best := match.Holds
		for _, word := range t.any {
			if fits, ok := match.Word(word, name); ok {
				best = min(best, fits)
			}
		}
		rank += best
	}
	return rank
}
