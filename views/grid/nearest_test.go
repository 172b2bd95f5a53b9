package grid

import (
	"testing"

	"drey/themes"
)

func named(names ...string) []Row {
	rows := make([]Row, len(names))
	for i, name := range names {
		rows[i] = NewRow(name, []Cell{Word(name, themes.Plain), {}, {}, {}}, nil)
	}
	return rows
}

// TestTheNearestNameIsSelected is the whole name before one that begins so, that before a
// word within one, and that before the rest; also where the rows come after the filter.
func TestTheNearestNameIsSelected(t *testing.T) {
	names := []string{"aborders", "backfill-orders", "orders-daily", "Orders"}
	for n := len(names); n > 0; n-- {
		for _, late := range []bool{false, true} {
			g := newGrid(0, 60, 10)
			if !late {
				g.SetRows(named(names[:n]...), now)
			}
			g.SetFilter("orders !x")
			g.SelectNearest()
			g.SetRows(named(names[:n]...), now)
			if got := g.Selected(); got != names[n-1] {
				t.Errorf("of %v, late %v: on %s", names[:n], late, got)
			}
			g.Move(-9)
			g.SetRows(named(append(names[:n:n], "zorders")...), now)
			if got, want := g.Selected(), g.ShownKeys()[0]; got != want {
				t.Errorf("the cursor was moved to %s and is on %s", want, got)
			}
		}
	}
}
