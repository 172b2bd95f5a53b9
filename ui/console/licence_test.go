package console

import (
	"fmt"
	"strings"
	"testing"

	"drey/client"
	"drey/ui/disk"
	"drey/ui/uitest/faulty"
)

// TestARefusalForTheLicenceSaysWhatToDoAndLosesNothing suspends without a savepoint and
// edits where the server's licence is over, and does both again once it is renewed: the
// way that was chosen and the draft are still there.
func TestARefusalForTheLicenceSaysWhatToDoAndLosesNothing(t *testing.T) {
	t.Parallel()
	const over = "The license of this installation has expired on 2026-11-01. Nothing is created, updated or " +
		"started until a valid one is installed."
	for _, code := range []int{402, 403, 500} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			direct := running(t)
			proxy, dir := faulty.Before(t, direct.URL()), t.TempDir()
			refuse := faulty.Fault{Method: "POST", Code: code, Body: `{"errors":[{"message":"` + over + `"}]}`}
			d := open(t, connect(t, proxy.URL, client.Config{}), 140, 40, withDrafts(dir))
			d.WaitForText("20 applications")
			filtered(d, "orders prod", "1 of 20")
			proxy.Set(refuse)
			setParallelism(d, "6")
			d.WaitForText("nothing wrong was found")
			d.Press("enter")
			d.WaitForText("Apply orders")
			d.Press("y")
			d.WaitForText("has expired on 2026-11-01", "until a valid one is installed.", "licence renewed, then do it again")
			if list, _ := disk.NewDrafts(dir).List(); len(list) != 1 || !strings.Contains(list[0].Text, "parallelism: 6") {
				t.Errorf("the draft is lost: %v", list)
			}
			d.Press("esc")
			d.WaitForText("1 of 20")

			d.Press("s")
			d.WaitForText("Suspend orders", "Without a savepoint")
			d.Press("down", "y")
			d.WaitForText("✗ suspending orders")
			d.Press("L")
			d.WaitForText("1 of 3 upgrade mode last-state", "until a valid one is installed.", "licence renewed")
			if n := proxy.Count("POST"); n != 2 {
				t.Errorf("%d requests were sent: %v", n, proxy.Changes())
			}
			proxy.Set()
			d.Press("r")
			d.WaitForText("Retry suspend orders", "it failed", "licence renewed", "what took effect is not sent again")
			d.Press("y")
			d.WaitForText("✓ suspended orders")
			d.Press("esc", "e")
			d.WaitForText("parallelism: 6")
		})
	}
}
