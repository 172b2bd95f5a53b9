package console

import (
	"strings"
	"testing"

	"drey/client/cmf"
	"drey/client/cmfapi"
)

// TestTheFirstStatementOpenedIsTheOneAskedFor opens a statement in a console
// whose SQL tab was never seen and has buffers on the disk.
func TestTheFirstStatementOpenedIsTheOneAskedFor(t *testing.T) {
	t.Parallel()
	c := running(t)
	shelf := newShelf(t, "SELECT 'remembered'")
	d := openSQLUnseen(t, c, shelf)
	d.WaitForText("20 applications")
	d.Press("3")
	d.WaitForText("8 statements")
	d.Press("/")
	d.Type("clicks-peek")
	d.WaitForText("1 of 8")
	d.Press("enter", "enter")
	d.WaitForText("SELECT url, user_id, view_time FROM clicks", "development", "row 1 of", "changelog")
	if strings.Contains(d.Screen(), "remembered") {
		t.Errorf("the remembered buffer is shown:\n%s", d.Screen())
	}
	d.Press("i", "alt+,")
	d.WaitForText("SELECT 'remembered'")
	d.Press("esc", "3", "/", "ctrl+u")
	d.Type("clicks-to-blackhole")
	d.WaitForText("1 of 8")
	d.Press("enter", "enter")
	d.WaitForText("INSERT INTO blackhole", "prod")
	d.Press("alt+,", "alt+,", "alt+,")
	d.WaitFor(func(s string) bool {
		return strings.Contains(s, "INSERT INTO blackhole") || strings.Contains(s, "remembered")
	})
}

// TestABufferThatSaysSomethingElseIsNotTheStatements attaches to a statement
// whose buffer was changed after it was run.
func TestABufferThatSaysSomethingElseIsNotTheStatements(t *testing.T) {
	t.Parallel()
	c := running(t)
	d := openSQL(t, c, 140, 40, newShelf(t, "SELECT order_id FROM examples.marketplace.orders"), realTime)
	d.WaitForText("SELECT order_id")
	d.Press("f5")
	d.WaitForText("RUNNING", "row 1 of")
	name := statementName.FindString(d.Screen())
	d.Press("i", "ctrl+u")
	d.Type("SELECT 'another'")
	d.Press("esc", "3", "/")
	d.Type(name)
	d.WaitForText("1 of")
	d.Press("enter", "enter")
	d.WaitForText("SELECT order_id FROM examples.marketplace.orders", "row 1 of")
	d.Press("i", "alt+,")
	d.WaitForText("SELECT 'another'")
}

func TestLinesThatCannotOpenSayWhyAndRunNoCommand(t *testing.T) {
	t.Parallel()
	c := running(t)
	d := openSQL(
		t, c, 140, 40,
		newShelf(t, "INSERT INTO examples.marketplace.blackhole SELECT order_id FROM examples.marketplace.orders"),
		realTime,
	)
	d.WaitForText("marketplace.orders")
	d.Press("f5")
	d.WaitForText("this statement has no rows")
	d.Press("esc")
	for _, key := range []string{"w", "/", "&", "t", "C"} {
		d.Press(key)
		d.Type("q2xq")
		d.WaitForText("there are no rows here", "q2xq")
		d.Press("esc")
		d.WaitForText("this statement has no rows")
	}
	if d.HasQuit() {
		t.Error("what was typed quit the console")
	}
	list, err := cmfapi.List[cmf.Statement](
		t.Context(), c, cmf.Statements, cmf.Scope{Environment: "prod"}, cmfapi.Query{},
	)
	if err != nil || len(list.Items) == 0 {
		t.Fatal(list, err)
	}
}

func TestTheRowViewSearchesAndWrites(t *testing.T) {
	t.Parallel()
	d := openSQL(t, running(t), 140, 40, newShelf(t, people), realTime)
	d.WaitForText("people (id")
	d.Press("f5")
	d.WaitForText("2 rows")
	d.Press("esc", "enter")
	d.WaitForText("row 1 of 2", "Ada")
	d.Press("/")
	d.Type("gracq")
	d.Press("backspace")
	d.WaitForText("row 2 of 2", "Grace")
	d.Press("enter", "w")
	d.Type("q")
	d.WaitForText("results.csvq", "row 2 of 2")
	d.Press("esc", "esc")
	if d.HasQuit() {
		t.Error("what was typed quit the console")
	}
}
