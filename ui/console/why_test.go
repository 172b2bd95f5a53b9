package console

import (
	"fmt"
	"strings"
	"testing"

	"drey/client"
)

// TestWhyScreens goes from a failing row to its root cause by one key.
func TestWhyScreens(t *testing.T) {
	t.Parallel()
	c := still(t)
	for _, size := range sizes {
		for name, keys := range map[string][]string{"why": {"w"}, "why-statement": {"3", "w"}} {
			name := fmt.Sprintf("%s-%dx%d", name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := open(t, connect(t, c.URL(), client.Config{}), size[0], size[1], nil)
				d.WaitForText("20 applications", "payments")
				waitForCauses(d, size[0])
				for _, key := range keys {
					d.WaitFor(func(string) bool { return strings.Contains(d.Line("▌ "), "FAILED") })
					d.Press(key)
				}
				d.WaitForText("FAILED", "cause")
				d.WaitIdle()
				d.CheckSize(size[0], size[1])
				d.Golden(name)
			})
		}
	}
}

// TestWhatChangedIsAKeyAwayFromWhy opens the last change of the specification, comes back
// and unfolds the traces.
func TestWhatChangedIsAKeyAwayFromWhy(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := open(t, connect(t, c.URL(), client.Config{}), 140, 40, nil)
	d.WaitForText("20 applications", "payments")
	d.Press("w")
	d.WaitForText("why payments", "= what changed", "z unfold", "5 more frames")
	d.Press("=")
	d.WaitForText("↔", "1 differs", "spec.image", "flink/payments:1.4.1", "flink/payments:1.5.1")
	d.Press("esc")
	d.WaitForText("z unfold")
	d.Press("z")
	d.WaitForText("z fold", "PaymentDeserializer.java:61")
	if strings.Contains(d.Screen(), "more frames") {
		t.Errorf("something is folded still:\n%s", d.Screen())
	}
	d.Press("z")
	d.WaitForText("z unfold", "5 more frames")
}
