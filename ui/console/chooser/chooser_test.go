package chooser

import (
	"slices"
	"strings"
	"testing"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
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

// TestWordsNarrowByWhatAnEntryIsWithin in any order, with letters left out of the name.
func TestWordsNarrowByWhatAnEntryIsWithin(t *testing.T) {
	var c Chooser
	for _, within := range []string{"prod Applications", "staging Applications", "prod Savepoints"} {
		c.Add(Entry{Text: "orders", Within: within, Run: views.NoticeMsg{}})
	}
	c.Add(Entry{Text: "payments", Within: "prod Applications", Run: views.NoticeMsg{}})
	const long = "customer-lifetime-value-enrichment-of-the-european-region-v2"
	c.Add(Entry{Text: long, Within: "staging Applications", Run: views.NoticeMsg{}})
	for query, want := range map[string][]int{
		"orders prod": {0, 2}, "prod orders": {0, 2}, "prod app ord": {0}, "orders nowhere": {}, "prod staging": {},
		"pmts prod": {3}, "cltv2": {4}, "staging clve2": {4}, "ordrs stag": {1},
	} {
		c.line.Set(query)
		c.Search()
		if !slices.Equal(c.shown, want) {
			t.Errorf("%q finds %v, want %v", query, c.shown, want)
		}
	}
}

// TestWhatIsCutOfAnEntryIsSeenWhole chooses the last of many entries, whose text at the
// right is longer than the box is wide.
func TestWhatIsCutOfAnEntryIsSeenWhole(t *testing.T) {
	t.Parallel()
	theme, _ := themes.New(themes.Options{})
	c := New(&views.Env{Theme: theme, Keys: keymap.Default()}, "Copy", "›", nil)
	for range 30 {
		c.Add(Entry{Text: "name", Aside: "orders", Run: views.NoticeMsg{}})
	}
	line := "curl -sS 'http://127.0.0.1:8080/cmf/api/v1/" + strings.Repeat("environments/", 12) + "end'"
	c.Add(Entry{Text: "curl", Aside: line, Run: views.NoticeMsg{}})
	c.SetSize(80, 24)
	c.Search()
	before := len(c.Box())
	c.move(len(c.shown))
	var shown strings.Builder
	for _, l := range c.Box() {
		shown.WriteString(strings.Trim(clean.Plain(l), "│ "))
	}
	got := strings.ReplaceAll(shown.String(), " ", "")
	if !strings.Contains(got, strings.ReplaceAll(line, " ", "")) {
		t.Errorf("shown is %s", shown.String())
	}
	if !strings.Contains(got, "curlcurl") || len(c.Box()) != before {
		t.Errorf("the entry itself is not seen, or the box grew from %d to %d lines: %s", before, len(c.Box()), got)
	}
}
