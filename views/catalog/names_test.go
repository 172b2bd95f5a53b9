package catalog

import (
	"encoding/json"
	"strings"
	"testing"

	"drey/client/flinksql"
	"drey/client/statement"
)

// TestNamesAreQuotedWhereTheyMust so that Flink's grammar takes them as one name each.
func TestNamesAreQuotedWhereTheyMust(t *testing.T) {
	for name, want := range map[string]string{
		"orders": "orders", "_o1": "_o1", "1o": "`1o`", "": "``", "select": "`select`", "Orders": "Orders",
		"order items": "`order items`", "a`b": "`a``b`", "größe": "`größe`", "a.b": "`a.b`", "TIMESTAMP": "`TIMESTAMP`",
	} {
		if got := Quoted(name); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
	if got, want := Join([]string{"my cat", "db", "table"}), "`my cat`.db.`table`"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !flinksql.IsReserved("table") {
		t.Error("table is a word of the grammar")
	}
}

// TestACellWithoutATextHasNoName in rows that a server may send.
func TestACellWithoutATextHasNoName(t *testing.T) {
	row := statement.Row{Cells: []json.RawMessage{[]byte(`"orders"`), []byte(`17`), []byte(`null`), []byte(`{`)}}
	for i, want := range []string{"orders", "", "", "", ""} {
		if got := cell(row, i); got != want {
			t.Errorf("cell %d is %q, want %q", i, got, want)
		}
	}
}

// TestANameIsOneThatKubernetesTakes and begins as those that a later console removes.
func TestANameIsOneThatKubernetesTakes(t *testing.T) {
	one, other := newName(), newName()
	if one == other {
		t.Errorf("%s is given twice", one)
	}
	for _, r := range one {
		if r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			t.Errorf("%q in %s", r, one)
		}
	}
	if len(one) > 63 || !strings.HasPrefix(one, "drey-names-") {
		t.Errorf("got %s", one)
	}
}
