package sql

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"drey/client/cmf"
)

func schemaOf(names ...string) *cmf.ResultSchema {
	s := &cmf.ResultSchema{}
	for _, n := range names {
		s.Columns = append(s.Columns, cmf.ResultColumn{Name: n, Type: cmf.DataType{Type: "VARCHAR"}})
	}
	return s
}

// rowsOf reads changes such as "+I a 1".
func rowsOf(t *testing.T, lines ...string) []cmf.ResultRow {
	t.Helper()
	ops := map[string]cmf.Op{"+I": cmf.OpInsert, "-U": cmf.OpUpdateBefore, "+U": cmf.OpUpdateAfter, "-D": cmf.OpDelete}
	var rows []cmf.ResultRow
	for _, line := range lines {
		words := strings.Fields(line)
		row := cmf.ResultRow{Op: ops[words[0]]}
		for _, w := range words[1:] {
			raw, _ := json.Marshal(w)
			if w == "null" {
				raw = []byte("null")
			}
			row.Row = append(row.Row, raw)
		}
		rows = append(rows, row)
	}
	return rows
}

func tableText(c *changelog) string {
	var rows []string
	for _, r := range c.table() {
		rows = append(rows, strings.Join(r.cells, " "))
	}
	return strings.Join(rows, ", ")
}

func TestTableFollowsTheChangelog(t *testing.T) {
	for _, tc := range []struct {
		name    string
		key     []int
		changes []string
		want    string
	}{
		{"inserts keep duplicates", nil, []string{"+I a 1", "+I a 1"}, "a 1, a 1"},
		{"an update keeps its place", nil, []string{"+I a 1", "+I b 1", "-U a 1", "+U a 2"}, "a 2, b 1"},
		{"a lone +U appends", nil, []string{"+I a 1", "+U b 2"}, "a 1, b 2"},
		{"a lone -U removes", nil, []string{"+I a 1", "-U a 1", "+I b 1"}, "b 1"},
		{"delete takes the last equal row", nil, []string{"+I a 1", "+I b 1", "+I a 1", "-D a 1"}, "a 1, b 1"},
		{"delete without a match is ignored", nil, []string{"+I a 1", "-D x 9"}, "a 1"},
		{"null is not the word NULL", nil, []string{"+I a null", "+I a NULL", "-D a NULL"}, "a NULL"},
		{"upsert replaces by key", []int{0}, []string{"+I a 1", "+I b 1", "+U a 2"}, "a 2, b 1"},
		{"upsert ignores -U", []int{0}, []string{"+I a 1", "-U a 1"}, "a 1"},
		{"upsert deletes by key", []int{0}, []string{"+I a 1", "+U a 2", "-D a 7"}, ""},
		{"upsert appends what is new", []int{0}, []string{"+U a 1"}, "a 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newChangelog(schemaOf("k", "v"), tc.key)
			c.add(rowsOf(t, tc.changes...))
			if got := tableText(c); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if int(c.total) != len(tc.changes) || len(c.changes) != len(tc.changes) {
				t.Errorf("changelog holds %d of %d", len(c.changes), c.total)
			}
		})
	}
}

func TestRowsThatDoNotFitTheSchemaAreCounted(t *testing.T) {
	c := newChangelog(schemaOf("k", "v"), nil)
	c.add(rowsOf(t, "+I a", "+I a 1", "+I a 1 2"))
	if c.misfits != 2 || tableText(c) != "a 1" {
		t.Errorf("got %d misfits and %q", c.misfits, tableText(c))
	}
}

func TestOldChangesGiveWayAndAreCounted(t *testing.T) {
	c := newChangelog(schemaOf("v"), nil)
	big := strings.Repeat("x", 1<<20)
	raw, _ := json.Marshal(big)
	for range 80 {
		c.add([]cmf.ResultRow{{Row: []json.RawMessage{raw}}})
	}
	if c.dropped == 0 || c.dropped+uint64(len(c.changes)) != c.total || c.bytes > maxChangelogBytes {
		t.Errorf("dropped %d, held %d, total %d, %d bytes", c.dropped, len(c.changes), c.total, c.bytes)
	}
}

func TestCellsThatAreNoStringsAreShownAsTheyCame(t *testing.T) {
	for raw, want := range map[string]string{
		`"a\"b"`: `a"b`, `42`: "42", `true`: "true", `["1",null]`: `["1",null]`, ` null`: "NULL", ``: "NULL",
	} {
		got := newChange(cmf.ResultRow{Row: []json.RawMessage{json.RawMessage(raw)}}).cells[0]
		if got != want {
			t.Errorf("%s: got %q, want %q", raw, got, want)
		}
	}
}

func BenchmarkChangelogUpdates(b *testing.B) {
	c := newChangelog(schemaOf("k", "v"), nil)
	for i := range b.N {
		key, _ := json.Marshal(fmt.Sprint(i % 1000))
		old, _ := json.Marshal(fmt.Sprint(i/1000 - 1))
		now, _ := json.Marshal(fmt.Sprint(i / 1000))
		c.add([]cmf.ResultRow{
			{Op: cmf.OpUpdateBefore, Row: []json.RawMessage{key, old}},
			{Op: cmf.OpUpdateAfter, Row: []json.RawMessage{key, now}},
		})
	}
}
