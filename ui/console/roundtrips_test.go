package console

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drey/client"
	"drey/ui/uitest/crowd"
)

// TestTheFirstRowsWaitForNothingElse holds back what the first rows need not wait for,
// until they are there: each answer that they wait for is a round trip to a server that
// may be far away. Where nobody knows an environment its list follows the names, and
// where one is named it goes out with them.
func TestTheFirstRowsWaitForNothingElse(t *testing.T) {
	t.Parallel()
	for _, start := range []struct {
		name, environment, row string
		held                   []string
	}{
		{"of a server that is not known", "", "orders-000004", []string{"/system-information"}},
		{"of an environment that is named", "team-001", "orders-000004", []string{
			"/system-information", "/environments", "/environments/team-001",
		}},
	} {
		t.Run(start.name, func(t *testing.T) {
			t.Parallel()
			shown := make(chan struct{})
			server := crowd.New(3, 5)
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for _, path := range start.held {
					if strings.HasSuffix(r.URL.Path, "/v1"+path) {
						select {
						case <-shown:
						case <-r.Context().Done():
						}
					}
				}
				server.ServeHTTP(w, r)
			}))
			t.Cleanup(web.Close)
			d := open(t, connect(t, web.URL, client.Config{}), 140, 40, func(o *Options) {
				o.Environment = start.environment
			})
			d.WaitForText(start.row)
			close(shown)
			d.WaitForText("CMF 2.3.0", "live")
		})
	}
}
