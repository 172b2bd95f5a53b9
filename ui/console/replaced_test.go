package console

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// TestAStatementMadeAgainIsNotStoppedFromTheSQLTab has a server that gives a
// statement that is made again the UID of the one before.
func TestAStatementMadeAgainIsNotStoppedFromTheSQLTab(t *testing.T) {
	t.Parallel()
	var minute atomic.Int64
	c, handler := badServer(t)
	answers := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		item := fmt.Sprintf(`{"metadata":{"name":"again","uid":"7","creationTimestamp":"2026-03-04T11:%02d:00Z"},`+
			`"spec":{"statement":"INSERT INTO a_table SELECT `+
			`1","computePoolName":"pool"},"status":{"phase":"RUNNING","traits":{"sqlKind":"INSERT_INTO"}}}`, minute.Load())
		switch {
		case r.Method != http.MethodGet:
			t.Errorf("%s %s was sent", r.Method, r.URL.Path)
		case strings.HasSuffix(r.URL.Path, "/statements/again"):
			_, _ = fmt.Fprint(w, item)
		case strings.HasSuffix(r.URL.Path, "/statements"), strings.HasSuffix(r.URL.Path, "/environments"):
			listOf(item)(w, r)
		default:
			listOf()(w, r)
		}
	})
	handler.Store(&answers)
	d := openSQLUnseen(t, c, newShelf(t, ""))
	d.WaitForText("prod")
	d.Press("3")
	d.WaitFor(func(string) bool { return strings.Contains(d.Line("▌ again"), "RUNNING") })
	d.Press("enter")
	d.WaitForText("INSERT INTO a_table", "RUNNING")
	minute.Store(5)
	d.Press("x")
	d.WaitForText("deleted and made again meanwhile")
}
