package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/ui/uitest/faulty"
)

// listOnly is a fault for the list of applications; single ones are answered.
func listOnly(f faulty.Fault) []faulty.Fault {
	f.Method, f.Path = "GET", "/applications"
	return []faulty.Fault{{Method: "GET", Path: "/applications/"}, f}
}

// TestARowThatIsNotReadAgainYetIsLookedAtBeforeItIsRefused presses a key on a row whose
// object has changed since it was listed.
func TestARowThatIsNotReadAgainYetIsLookedAtBeforeItIsRefused(t *testing.T) {
	t.Parallel()
	d, proxy, direct := behind(t, client.Config{Timeout: 20 * time.Second})
	filtered(d, "name:orders prod", "1 of 20")
	suspended(d)
	proxy.Set(listOnly(faulty.Fault{Hang: true})...)
	if _, err := direct.StartApplication(t.Context(), cmf.Scope{Environment: "prod"}, "orders", ""); err != nil {
		t.Fatal(err)
	}
	d.WaitFor(func(string) bool {
		return applicationNow(t, direct, "prod", "orders").JobState() == cmf.JobRunning
	})
	if !strings.Contains(d.Line(" orders "), "SUSPENDED") {
		t.Fatal("the row was read again")
	}
	d.Press("S")
	d.WaitForText("Savepoint orders", "What will be sent", "/orders/savepoints")
	d.Press("esc")

	proxy.Set(faulty.Fault{Method: "GET", Path: "/applications", Code: http.StatusInternalServerError})
	d.Press("S")
	d.WaitForText("cannot savepoint orders: its job is not running", "as it was listed")
}
