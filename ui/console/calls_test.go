package console

import (
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/ui/uitest/faulty"
)

// TestTheLogShowsWhatIsUnderWayAndWhatFailed looks at a call without an answer, at one
// that failed, and takes back an action from one of its calls.
func TestTheLogShowsWhatIsUnderWayAndWhatFailed(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{})
	filtered(d, "name:orders prod", "1 of 20")
	proxy.Set(faulty.Fault{Method: "POST", Path: "/savepoints", Hang: true})
	d.Press("S")
	d.WaitForText("a savepoint is written")
	d.Press("y")
	d.WaitFor(func(string) bool { return proxy.Count("/savepoints") == 1 })
	d.Press("@", "/")
	d.Type("savepoints status:open")
	d.Press("enter")
	d.WaitForText("POST", "open", "/applications/orders/savepoints")
	d.Press("esc", "esc")

	proxy.Set(faulty.Fault{
		Method: "POST", Path: "/suspend", Times: 1, Code: 409,
		Body: `{"errors":[{"message":"another operation is under way"}],"trace":"a-b-c"}`,
	})
	d.WaitForText("1 of 20")
	d.Press("s")
	d.WaitForText("Suspend orders", "With a savepoint")
	d.Press("y")
	d.WaitForText("another operation is under way")
	d.Press("@", "/")
	d.Type("status:409")
	d.Press("enter")
	d.WaitForText("POST", "409", "/suspend", "1 of ")
	d.Press("enter")
	d.WaitForText("another operation is under way", "trace", "a-b-c")
	d.Press("esc", "esc", "esc")

	d.WaitForText("1 of 20")
	d.Press("s")
	d.WaitForText("Suspend orders", "With a savepoint")
	d.Press("y")
	d.WaitForText("suspended orders")
	d.Model().(*Root).status.toasts = toasts{}
	d.Press("@", "/")
	d.Type("suspend status:200")
	d.Press("enter")
	d.WaitForText("undo: start")
	d.Press("enter")
	d.WaitForText("request id", "AS CURL")
	d.Press("esc")
	d.WaitForText("undo: start")
	d.Press("u")
	d.WaitForText("Start orders", "Where should it start from?")
	d.Press("y")
	d.WaitForText("started orders")
	if a := applicationNow(t, direct, "prod", "orders"); a.DesiredState() != cmf.DesiredRunning {
		t.Errorf("it is to be %s", a.DesiredState())
	}
}
