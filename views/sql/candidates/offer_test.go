package candidates_test

import (
	"slices"
	"strings"
	"testing"

	"drey/views/sql/candidates"
)

func TestWhatIsAskedForAtTheCursor(t *testing.T) {
	for _, c := range []struct {
		text   string // | is the cursor
		prefix string
		path   string
		tables bool
		none   bool
	}{
		{text: "SELECT na|", prefix: "na"},
		{text: "SELECT |"},
		{text: "SELECT o.na| FROM t AS o", prefix: "na", path: "o"},
		{text: "SELECT a FROM |", tables: true},
		{text: "SELECT a FROM cat.db.|", path: "cat/db", tables: true},
		{text: "SELECT a FROM cat.`my db`.t|", prefix: "t", path: "cat/my db", tables: true},
		{text: "SELECT a FROM cat.`my d|", prefix: "my d", path: "cat", tables: true},
		{text: "SELECT a FROM t; INSERT INTO s| SELECT 1", prefix: "s", tables: true},
		{text: "SELECT 'na|'", none: true},
		{text: "SELECT 12|", none: true},
		{text: "-- na|", none: true},
		{text: "SELECT a . |"},
		{text: "|"},
		{text: "DESCRIBE ö|", prefix: "ö", tables: true},
	} {
		at := strings.Index(c.text, "|")
		text := c.text[:at] + c.text[at+1:]
		a, ok := candidates.AskedAt(text, at)
		if ok == c.none {
			t.Errorf("%q: something to complete: %v", c.text, ok)
		}
		if c.none {
			continue
		}
		if a.Prefix != c.prefix || strings.Join(a.Path, "/") != c.path || a.Tables != c.tables {
			t.Errorf("%q: got prefix %q, path %q, tables %v", c.text, a.Prefix, a.Path, a.Tables)
		}
	}
}

func TestTablesOfAStatementAreFoundWithTheirAliases(t *testing.T) {
	const text = "SELECT x| FROM a.b.c AS q, `d e` JOIN f g ON g.x = q.x WHERE x IN (SELECT y FROM h)"
	at := strings.Index(text, "|")
	a, _ := candidates.AskedAt(strings.Replace(text, "|", "", 1), at)
	var got []string
	for _, r := range a.Refs {
		got = append(got, strings.Join(r.Path, ".")+"="+r.Alias)
	}
	if want := []string{"a.b.c=q", "d e=", "f=g", "h="}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzAsking looks at any text with the cursor anywhere.
func FuzzAsking(f *testing.F) {
	f.Add("SELECT a.`b FROM c.d AS e, 'x", 12)
	f.Add("SELECT 1; -- x\nINSERT INTO ö.", 22)
	f.Fuzz(func(t *testing.T, text string, at int) {
		if at < 0 || at > len(text) {
			return
		}
		if a, ok := candidates.AskedAt(text, at); ok && (a.Start < 0 || a.Start > at) {
			t.Errorf("%q at %d: the word starts at %d", text, at, a.Start)
		}
	})
}
