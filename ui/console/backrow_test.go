package console

import "testing"

// TestEscapeComesBackToTheRowThatOneLeft goes to an object of another environment by the
// palette, which lifts the filter, and back.
func TestEscapeComesBackToTheRowThatOneLeft(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications", "3 failing")
	filtered(d, "state:run", " of 20")
	pressKeys(d, "j", "j")
	row := marked(d)
	d.Press(":")
	d.Type("price-changes")
	d.WaitForText("price-changes")
	d.Press("enter")
	d.WaitForText("› applications › price-changes")
	if got := marked(d); got == row {
		t.Fatalf("the cursor is on %q still", got)
	}
	pressKeys(d, "esc")
	d.WaitForText("/state:run")
	d.WaitFor(func(string) bool { return marked(d) == row })
}
