package console

import (
	"fmt"
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
				pressKeys(d, keys...)
				waitIdle(d)
				d.WaitForText("FAILED", "cause")
				waitIdle(d)
				d.CheckSize(size[0], size[1])
				d.Golden(name)
			})
		}
	}
}
