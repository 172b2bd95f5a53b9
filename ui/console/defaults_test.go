package console

import (
	"strings"
	"testing"
)

// TestWhatTheEnvironmentOverridesIsMarked where an application is made and where it is
// edited: the environment's defaults win.
func TestWhatTheEnvironmentOverridesIsMarked(t *testing.T) {
	t.Parallel()
	direct := running(t)
	meanwhile(t, direct, "orders", "slf4j", "flinkConfiguration", "metrics.reporters")
	d := open(t, direct, 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications")
	filtered(d, "orders prod state:run", "1 of 20")
	setParallelism(d, "6")
	want := "overridden by the environment prod, where it is prom"
	mark := "→ environment prod sets prom"
	d.WaitForText("YOUR CHANGES", want)
	d.Press("z") // it is not changed
	d.WaitForText(mark)
	if line := d.Line(want); !strings.Contains(line, "▲ line ") || !strings.Contains(line, "metrics.reporters") {
		t.Errorf("the warning is %q", line)
	}
	d.Press("esc")
	d.WaitForText("kept as a draft")
	d.Press("a")
	d.WaitForText("What should it begin with?", "A copy of orders")
	d.Press("j", "y")
	d.WaitForText("# A copy of orders")
	d.Press("alt+/")
	d.Type("  name:")
	d.Press("enter", "ctrl+u")
	d.Type("  name: orders-copy")
	d.Press("esc")
	d.WaitForText("NEW APPLICATION", want, mark)
}
