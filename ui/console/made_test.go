package console

import (
	"testing"

	"drey/client"
	"drey/ui/uitest"
)

// copyNamed makes a copy of the selected application under another name, and comes back
// to the list as soon as it is sent.
func copyNamed(d *uitest.Driver, name string) {
	d.Press("a")
	d.WaitForText("What should it begin with?", "A copy of ")
	d.Press("j", "y")
	d.WaitForText("# A copy of ", "environment: ")
	d.Press("alt+/")
	d.Type("  name:")
	d.Press("enter", "ctrl+u")
	d.Type("  name: " + name)
	d.Press("esc")
	d.WaitForText("nothing wrong was found", name)
	d.Press("enter")
	d.WaitForText("Create " + name)
	d.Press("y")
	d.WaitForText("created " + name)
	d.Press("esc")
}

// TestTheCursorGoesToWhatWasMade in the list of all environments and in that of one.
func TestTheCursorGoesToWhatWasMade(t *testing.T) {
	t.Parallel()
	direct := running(t)
	d := open(t, direct, 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications")
	filtered(d, "shipping-eta", "1 of 20")
	d.Press("esc")
	d.WaitForText("20 applications")
	copyNamed(d, "aaa-copy")
	d.WaitForText("21 applications", "applications › aaa-copy")

	d.Press(":")
	d.Type("env prod")
	d.Press("enter")
	d.WaitForText("demo › prod › applications › aaa-copy", "10 applications")
	copyNamed(d, "zzz-copy")
	d.WaitForText("applications › zzz-copy")
}

// TestWhatAFilterHidesOfWhatWasMadeIsSaid: the filter stays, and the cursor goes there when
// it is lifted.
func TestWhatAFilterHidesOfWhatWasMadeIsSaid(t *testing.T) {
	t.Parallel()
	d := open(t, running(t), 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications")
	filtered(d, "shipping-eta", "1 of 20")
	copyNamed(d, "zzz-copy")
	d.WaitForText("zzz-copy is there, and the filter hides it: esc lifts it", "1 of 21")
	d.Press("esc")
	d.WaitForText("applications › zzz-copy")
}

// TestWhatIsMadeAgainIsUnderTheCursor where it was recreated from another row.
func TestWhatIsMadeAgainIsUnderTheCursor(t *testing.T) {
	t.Parallel()
	d, _, _ := behind(t, client.Config{})
	d.WaitForText("20 applications")
	filtered(d, "env:development", "5 of 20")
	d.Press("G")
	d.WaitForText("applications › word-count")
	d.Press("D")
	d.WaitForText("Type word-count to confirm")
	d.Type("word-count")
	d.Press("enter")
	d.WaitForText("deleted word-count  u recreate", "4 of 19")
	d.Press("u")
	d.WaitForText("Recreate word-count")
	d.Press("y")
	d.WaitForText("recreated word-count", "applications › word-count")
}

// TestTheEnvironmentThatWasMadeIsChosen in the pane in which it was created.
func TestTheEnvironmentThatWasMadeIsChosen(t *testing.T) {
	t.Parallel()
	d := open(t, running(t), 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications")
	d.Press("1", "a")
	d.WaitForText("New environment", "A template")
	d.Press("y")
	d.WaitForText("name: my-environment")
	d.Type("# ")
	d.Press("esc")
	d.WaitForText("nothing wrong was found")
	d.Press("enter")
	d.WaitForText("Create my-environment")
	d.Press("y")
	d.WaitForText("created my-environment")
	d.Press("esc")
	d.WaitForText("demo › my-environment › applications", "no applications in my-environment", "its objects")
}
