package console

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"drey/client"
	"drey/ui/uitest/firstcmf"
)

// TestTheFirstVersionOfCMF browses, suspends, starts and deletes on a server that
// has environments and applications and nothing else.
func TestTheFirstVersionOfCMF(t *testing.T) {
	t.Parallel()
	srv := firstcmf.New(t)
	d := open(t, connect(t, srv.URL, client.Config{}), 140, 40, realTime)
	d.WaitForText("orders", "payments", "clicks", "3 applications", "RUNNING", "live")
	d.WaitForText("v1_19", "spec:") // the preview, without events
	if screen := d.Screen(); strings.Contains(screen, "offline") || strings.Contains(screen, "could not") {
		t.Errorf("something is called wrong:\n%s", screen)
	}
	d.Press("/")
	d.Type("orders")
	d.Press("enter", "s")
	d.WaitForText("Suspend orders")
	d.Press("y")
	d.WaitForText("suspended orders", "SUSPENDED")
	d.Press("s")
	d.WaitForText("Start orders")
	if screen := d.Screen(); strings.Contains(screen, "savepoint of") {
		t.Errorf("a savepoint is promised:\n%s", screen)
	}
	d.Press("y")
	d.WaitForText("started orders", "RUNNING")
	d.Press("D")
	d.WaitForText("to confirm")
	d.Type("orders")
	d.Press("enter")
	d.WaitForText("deleted orders", "none of 2")
	want := []string{
		"POST /cmf/api/v1/environments/test/applications/orders/suspend",
		"POST /cmf/api/v1/environments/test/applications/orders/start",
		"DELETE /cmf/api/v1/environments/test/applications/orders",
	}
	if got := srv.Changes(); !slices.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
	d.Press("esc", "3")
	d.WaitForText("needs CMF 2")
	for _, tab := range []string{"4", "5", "6", "7", "8"} {
		d.Press(tab)
		d.WaitForText("needs CMF 2")
	}
	asked := srv.Unknown()
	d.Press("2", "3", "4", "5", "2")
	d.WaitForText("2 applications")
	for path, n := range srv.Unknown() {
		if strings.Contains(path, "events") || strings.Contains(path, "savepoints") ||
			strings.Contains(path, "instances") {
			continue // of one application, when it is looked at
		}
		if n > asked[path] || n > 2 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
}

// TestAServerOfAnotherKindIsNamed opens consoles on what is no CMF.
func TestAServerOfAnotherKindIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		says   string
	}{
		"a JobManager": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if r.URL.Path == "/config" {
				_, _ = io.WriteString(w, `{"refresh-interval":3000,"flink-version":"2.2.1","features":{}}`)
				return
			}
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"errors":["Unable to load requested file."]}`)
		}, "this is a Flink JobManager (2.2.1), not CMF"},
		"a web server": {http.NotFound, "this server is not CMF"},
	} {
		t.Run(name, func(t *testing.T) {
			web := httptest.NewServer(c.handle)
			t.Cleanup(web.Close)
			d := open(t, connect(t, web.URL, client.Config{}), 140, 40, realTime)
			d.WaitForText(c.says)
		})
	}
}
