package sql

import (
	"slices"
	"strings"
	"testing"
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
		a, ok := askedAt(text, at)
		if ok == c.none {
			t.Errorf("%q: something to complete: %v", c.text, ok)
		}
		if c.none {
			continue
		}
		if a.prefix != c.prefix || strings.Join(a.path, "/") != c.path || a.tables != c.tables {
			t.Errorf("%q: got prefix %q, path %q, tables %v", c.text, a.prefix, a.path, a.tables)
		}
	}
}

func TestTablesOfAStatementAreFoundWithTheirAliases(t *testing.T) {
	const text = "SELECT x| FROM a.b.c AS q, `d e` JOIN f g ON g.x = q.x WHERE x IN (SELECT y FROM h)"
	at := strings.Index(text, "|")
	a, _ := askedAt(strings.Replace(text, "|", "", 1), at)
	var got []string
	for _, r := range a.refs {
		got = append(got, strings.Join(r.path, ".")+"="+r.alias)
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
		if a, ok := askedAt(text, at); ok && (a.start < 0 || a.start > at) {
			t.Errorf("%q at %d: the word starts at %d", text, at, a.start)
		}
	})
}
