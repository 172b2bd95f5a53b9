package console

import (
	"errors"
	"strings"
	"testing"
)

// TestALinkOfALabelIsOpened in the browser of this machine; where that fails, or there is
// none, the address is copied and nothing is lost.
func TestALinkOfALabelIsOpened(t *testing.T) {
	t.Parallel()
	opened := make(chan string, 1)
	ways := map[string]struct {
		browse func(string) error
		said   []string
	}{
		"in a browser": {func(url string) error { opened <- url; return nil }, []string{"opened the address of", "in a browser"}},
		"that fails":   {func(string) error { return errors.New("exit status 3") }, []string{"no browser (exit status 3)"}},
		"without one":  {nil, []string{"the address of acme.io/runbook"}},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			d := open(t, still(t), 220, 50, func(o *Options) { o.Browse = way.browse })
			d.WaitForText("20 applications")
			d.WaitIdle()
			d.Press("d")
			d.WaitForText("SAVEPOINTS")
			d.WaitIdle()
			d.Press("&")
			d.Type("runbooks.acme")
			d.Press("enter", "tab")
			d.Press("enter")
			d.WaitForText(way.said...)
		})
	}
	close(opened)
	if url := <-opened; !strings.HasPrefix(url, "https://runbooks.acme.io/") {
		t.Errorf("opened %q", url)
	}
}
