package console

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drey/client/ccloudapi/ccloudtest"
)

// TestAWrongEndpointIsOneMessage has the data plane at an address that is another
// server's, and at one where nobody is: the rest of the context works.
func TestAWrongEndpointIsOneMessage(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, _, said := r.BasicAuth(); !said {
			t.Error("the server of the endpoint is asked without a key")
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html><head><title>Welcome</title></head></html>")
	}))
	t.Cleanup(other.Close)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for name, c := range map[string]struct{ endpoint, want string }{
		"another server": {other.URL, "is this the address of Confluent Cloud?"},
		"nobody":         {closed.URL, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := cloudSettings(cloud(t, ccloudtest.Quirks{}))
			settings.Values["endpoint"] = c.endpoint
			d := openCloudWith(t, settings, 160, 44)
			d.WaitForText(c.want)
			if n := strings.Count(d.Screen(), c.want); n > 2 {
				t.Errorf("it is said %d times:\n%s", n, d.Screen())
			}
			d.Press("3")
			d.WaitForText("2 compute pools", "reports")
		})
	}
}
