package console

import (
	"fmt"
	"testing"

	"drey/client"
	"drey/ui/uitest/faulty"
	"drey/ui/uitest/firstcmf"
)

// TestDimmedTabsSayWhatTheyNeed draws what only the server lacks: of the first version,
// all but applications, and of one from before 2.2, which does not say its version, the
// clusters.
func TestDimmedTabsSayWhatTheyNeed(t *testing.T) {
	t.Parallel()
	first, current := firstcmf.New(t), still(t)
	for _, server := range []struct {
		name, tab, says, rows string
		url                   func(*testing.T) string
	}{
		{"first", "5", "needs CMF 2.1", "3 applications", func(*testing.T) string { return first.URL }},
		{"before-2.2", "8", "needs CMF 2.3", "20 applications", func(t *testing.T) string {
			proxy := faulty.Before(t, current.URL())
			proxy.Set(
				faulty.Fault{Path: "/system-information", Code: 404, Body: `{}`},
				faulty.Fault{Path: "/kubernetes-clusters", Code: 404, Body: `{}`},
			)
			return proxy.URL
		}},
	} {
		for _, size := range sizes {
			name := fmt.Sprintf("dimmed-%s-%dx%d", server.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := open(t, connect(t, server.url(t), client.Config{}), size[0], size[1], nil)
				d.WaitForText(server.rows, "live")
				d.Press(server.tab)
				d.WaitForText(server.says)
				d.WaitIdle()
				d.CheckSize(size[0], size[1])
				d.Golden(name)
			})
		}
	}
}
