package chooser

import (
	"slices"
	"testing"

	"drey/views"
)

// TestRanks puts what is typed first, then what begins with it, then words, then what
// has it anywhere.
func TestRanks(t *testing.T) {
	var c Chooser
	for _, text := range []string{"reorders", "big orders", "orders-by-customer", "orders", "payments"} {
		c.Add(Entry{Text: text, Run: views.NoticeMsg{}})
	}
	c.line.Set("orders")
	c.Search()
	var got []string
	for _, i := range c.shown {
		got = append(got, c.Entries[i].Text)
	}
	if want := []string{"orders", "orders-by-customer", "big orders", "reorders"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	c.line.Set("pmts")
	c.Search()
	if len(c.shown) != 1 || c.Entries[c.shown[0]].Text != "payments" {
		t.Errorf("fuzzy: got %v", c.shown)
	}
}
