package console

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/platform"
	"drey/views/sql"
	"drey/views/sql/draftstore"
)

// typeOver replaces the text of the editor, whose cursor is in its last line.
func typeOver(d *uitest.Driver, text string) {
	d.Press("alt+<")
	for range 40 {
		d.Press("ctrl+k")
	}
	d.Type(text)
}

func TestBuffersKeepTheirTextsOverARestart(t *testing.T) {
	t.Parallel()
	c, drafts := bare(t), newShelf(t, "SELECT 1")
	t.Run("typed", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, nil)
		d.WaitForText("SELECT 1")
		d.Press("alt+n")
		d.WaitForText("query 2")
		d.Type("SELECT 2")
		d.Press("f2")
		d.WaitForText("Name of the buffer")
		d.Press("ctrl+u")
		d.Type("query 1")
		d.Press("enter")
		d.WaitForText("another buffer is called query 1")
		d.Press("ctrl+u")
		d.Type("orders by customer.sql")
		d.Press("enter", "alt+n")
		d.Type("SELECT 3")
		d.Press("alt+,")
		d.WaitForText("SELECT 2")
		d.Press("alt+.", "alt+.")
		d.WaitForText("SELECT 1")
	})
	t.Run("restarted", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, nil)
		d.WaitForText("SELECT 1", "query 1 │ orders by customer.sql │ query 2")
		d.Press("alt+.")
		d.WaitForText("SELECT 2")
		d.Press("alt+.")
		d.WaitForText("SELECT 3")
	})
}

func TestAClosedBufferComesBack(t *testing.T) {
	t.Parallel()
	c, drafts := bare(t), newShelf(t, "SELECT 1")
	t.Run("closed", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, nil)
		d.WaitForText("SELECT 1")
		d.Press("alt+n")
		d.Type("SELECT 'not lost'")
		d.Press("alt+w")
		d.WaitForText("closed query 2: alt-z brings it back", "SELECT 1")
	})
	t.Run("restarted", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, nil)
		d.WaitForText("SELECT 1")
		d.Press("alt+z")
		d.WaitForText("not lost", "query 1 │ query 2")
	})
}

func TestAnIndexThatIsDamagedLosesNoText(t *testing.T) {
	t.Parallel()
	c, drafts := bare(t), newShelf(t, "")
	drafts.write(t, "sql/buffer-b7.sql", "SELECT 7")
	drafts.write(t, "sql/buffers.json", `{"buffers": [{"id"`)
	d := openSQL(t, c, 140, 40, drafts, nil)
	d.WaitForText("SELECT 7", "found b7", "could be read")
}

func TestStatementsOfOtherBuffersRunOnAndAreSeen(t *testing.T) {
	t.Parallel()
	c := running(t)
	d := openSQL(t, c, 140, 40, newShelf(t, "SELECT order_id FROM examples.marketplace.orders"), realTime)
	d.WaitForText("SELECT order_id")
	d.Press("f5")
	d.WaitForText("RUNNING", "STRING", "rows")
	name := statementName.FindString(d.Screen())
	d.Press("alt+n")
	d.Type("SELECT 41 + 1")
	d.WaitForText("query 1 ● running")
	d.Press("f5")
	d.WaitForText("COMPLETED", "42")
	if err := c.StopStatement(t.Context(), cmf.Scope{Environment: "prod"}, name); err != nil {
		t.Fatal(err)
	}
	d.WaitForText("query 1 ○ stopped")
	d.Press("alt+,")
	d.WaitForText("STOPPED", "order_id")
}

func TestAStatementIsFollowedAgainAfterARestart(t *testing.T) {
	t.Parallel()
	c, drafts := bare(t), newShelf(t, "SELECT 41 + 1")
	t.Run("run", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, nil)
		d.WaitForText("SELECT 41")
		d.Press("f5")
		d.WaitForText("COMPLETED", "42")
	})
	t.Run("restarted", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, nil)
		d.WaitForText("COMPLETED", "42")
	})
}

func TestHistoryIsSearchedAndTakenIntoTheEditor(t *testing.T) {
	t.Parallel()
	c, drafts := bare(t), newShelf(t, "SELECT 'first'")
	t.Run("run", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, realTime)
		d.WaitForText("SELECT 'first'")
		d.Press("f5")
		d.WaitForText("COMPLETED", "1 row")
		typeOver(d, "SELECT nope")
		d.Press("f5")
		d.WaitForText("FAILED")
		d.WaitFor(func(string) bool { return strings.Contains(drafts.read("history.jsonl"), "FAILED") })
	})
	t.Run("restarted", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, realTime)
		d.WaitForText("SELECT nope")
		typeOver(d, "")
		d.Press("ctrl+r")
		d.WaitForText("What was run", "failed", "completed", "prod")
		d.Type("frst")
		d.WaitForText("1 of 2")
		d.Press("enter")
		d.WaitFor(func(s string) bool {
			return strings.Contains(s, "SELECT 'first'") && !strings.Contains(s, "What was run")
		})
	})
	list, err := cmfapi.List[cmf.Statement](
		t.Context(), c, cmf.Statements, cmf.Scope{Environment: "prod"}, cmfapi.Query{},
	)
	n := 0
	for _, s := range list.Items {
		if statementName.MatchString(s.Metadata.Name) {
			n++
		}
	}
	if err != nil || n != 2 {
		t.Errorf("got %d statements %v, want 2", n, err)
	}
}

func TestBuffersAreReachedByThePalette(t *testing.T) {
	t.Parallel()
	d := openSQL(t, bare(t), 140, 40, newShelf(t, "SELECT 1"), nil)
	d.WaitForText("SELECT 1")
	d.Press("esc", ":")
	d.Type("buffer new")
	d.Press("enter")
	d.WaitForText("query 1 │ query 2")
	d.Press("esc", ":")
	d.Type("query 1")
	d.Press("enter")
	d.WaitForText("SELECT 1")
	d.Press("esc", "?")
	d.WaitForText("RESULTS")
	d.Type("rename")
	d.WaitForText("rename the buffer")
}

// past is a history of which the clock of the golden screens is one hour behind.
func (s shelf) past(t *testing.T) shelf {
	t.Helper()
	at := fixed.Add(-time.Hour).Format(time.RFC3339)
	s.write(t, "history.jsonl", strings.ReplaceAll(`{"id":"a","at":"AT","environment":"prod","sql":"SELECT customer_id,\n       COUNT(*) AS n\nFROM orders\nGROUP BY customer_id"}
{"id":"a","at":"AT","outcome":"COMPLETED","ms":1840}
{"id":"b","at":"AT","environment":"staging","sql":"SELECT * FROM 注文 WHERE note LIKE '%\u001b[31m%'"}
{"id":"b","at":"AT","outcome":"FAILED","ms":12}
not a line of it
{"id":"c","at":"AT","environment":"prod","sql":"INSERT INTO sink SELECT * FROM source"}
`, "AT", at))
	return s
}

// slowDrafts is a disk that answers no question until it is let go.
type slowDrafts struct {
	draftstore.Drafts
	answer chan struct{}
}

func (s slowDrafts) List() ([]string, error) {
	<-s.answer
	return s.Drafts.List()
}

func TestWhatIsTypedAndRunBeforeTheBuffersAreReadIsNotLost(t *testing.T) {
	t.Parallel()
	texts := disk.NewTexts(string(newShelf(t, "")))
	t.Cleanup(func() { _ = texts.Close() })
	slow := slowDrafts{texts, make(chan struct{})}
	d := open(t, bare(t), 140, 40, func(o *Options) {
		o.Environment = "prod"
		o.SQL = func(env *views.Env, s *platform.Session) views.View { return sql.New(env, s.SQL, slow, nil) }
	})
	d.Press("9")
	d.WaitForText("prod · pool")
	typeOver(d, "SELECT 40 + 2 AS answer")
	d.Press("f5")
	close(slow.answer)
	d.WaitForText("SELECT 40 + 2 AS answer", "COMPLETED", "1 row")
	d.Press("alt+n")
	d.WaitForText("query 2")
}
