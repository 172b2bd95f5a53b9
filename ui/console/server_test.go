package console

import (
	"fmt"
	"regexp"
	"testing"

	"drey/client"
	"drey/ui/uitest/faulty"
)

var portOf = regexp.MustCompile(`127\.0\.0\.1:\d{5}`)

// TestTheServerHasAPage shows what the server tells of itself, by its key and by the
// palette; what it does not tell, and what cannot be read, leaves the rest.
func TestTheServerHasAPage(t *testing.T) {
	t.Parallel()
	c := still(t)
	for _, size := range sizes {
		t.Run(fmt.Sprintf("full-%dx%d", size[0], size[1]), func(t *testing.T) {
			d := open(t, connect(t, c.URL(), client.Config{}), size[0], size[1], nil)
			d.WaitForText("20 applications", "3 failing", "live")
			waitForCauses(d, size[0])
			d.Press("K")
			d.WaitForText("SYSTEM", "2.3.1", "LICENCE", "VALID", "FREE_TIER", "RESOURCES", "RUNNING")
			d.GoldenText(
				fmt.Sprintf("server-%dx%d", size[0], size[1]), portOf.ReplaceAllString(d.Screen(), "127.0.0.1:54321"),
			)
		})
	}
	t.Run("failing", func(t *testing.T) {
		proxy := faulty.Before(t, c.URL())
		proxy.Set(faulty.Fault{Path: "/c3/license", Code: 404, Body: `{}`}, faulty.Fault{
			Path: "/resource-information", Code: 500, Body: `{"errors":[{"message":"the database is away"}]}`,
		})
		d := open(t, connect(t, proxy.URL, client.Config{}), 140, 40, nil)
		d.WaitForText("20 applications")
		d.Press(":")
		d.Type("licence")
		d.Press("enter")
		d.WaitForText("SYSTEM", "2.3.1", "this server does not tell", "could not be read", "the database is away")
	})
}
