package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"drey/client"
)

// TestAgesAreByTheServersClock has a server whose clock is three hours ahead: an
// object that it made a minute ago is a minute old, and the load of the server
// stands beside the log of calls.
func TestAgesAreByTheServersClock(t *testing.T) {
	t.Parallel()
	const ahead = 3 * time.Hour
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := time.Now().Add(ahead).UTC()
		w.Header().Set("Date", now.Format(http.TimeFormat))
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(r.URL.Path, "/system-information"):
			fmt.Fprint(w, `{"status":{"version":"2.3.1"}}`)
		case strings.HasSuffix(r.URL.Path, "/environments"):
			fmt.Fprint(w, `{"metadata":{"size":1},"items":[{"name":"prod","kubernetesNamespace":"p"}]}`)
		case strings.HasSuffix(r.URL.Path, "/applications"):
			made := now.Add(-90 * time.Second).Format(time.RFC3339)
			fmt.Fprintf(
				w,
				`{"metadata":{"size":1},"items":[{"metadata":{"name":"orders","uid":"1",`+
					`"creationTimestamp":%q,"updateTimestamp":%q},"spec":{},"status":{}}]}`,
				made, made,
			)
		default:
			fmt.Fprint(w, `{"metadata":{"size":0},"items":[]}`)
		}
	}))
	t.Cleanup(web.Close)
	d := open(t, connect(t, web.URL, client.Config{}), 140, 40, func(o *Options) { o.Now = time.Now })
	d.WaitForText("orders")
	d.WaitFor(func(screen string) bool {
		for line := range strings.Lines(screen) {
			if strings.Contains(line, "orders") && strings.Contains(line, "stateless") {
				return strings.Contains(line, " 1m") || strings.Contains(line, " 2m")
			}
		}
		return false
	})
	if screen := d.Screen(); strings.Contains(screen, "3h") {
		t.Errorf("an age is by this machine's clock:\n%s", screen)
	}
	d.Press("@")
	d.WaitForText("API calls", "under way")
}
