package console

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"drey/client"
	"drey/server"
	"drey/themes"
	"drey/ui/uitest"
	"drey/ui/uitest/faulty"
)

// body is the screen but for its first line, which says when a failing server is asked
// again.
func body(screen string) string {
	_, body, _ := strings.Cut(screen, "\n")
	return body
}

// goldenInLooks compares the body of the screen, and the same without colours and in
// ASCII: it is not opened anew for each look, which takes as long as all else.
func goldenInLooks(t *testing.T, d *uitest.Driver, name string) {
	t.Helper()
	full := body(d.Screen())
	d.GoldenText(name, full)
	dress(d, themes.Options{Depth: themes.NoColour})
	d.WaitFor(func(s string) bool {
		drawn := d.Coloured()
		return uitest.ScrubIDs(body(s)) == uitest.ScrubIDs(full) &&
			!strings.Contains(drawn, "\x1b[38;") && !strings.Contains(drawn, "\x1b[48;")
	})
	dress(d, themes.Options{ASCII: true})
	d.WaitFor(func(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 }) })
	d.GoldenText(name+"-ascii", body(d.Screen()))
}

// dress has the console take on another look, as the setting of the theme does.
func dress(d *uitest.Driver, o themes.Options) {
	root := d.Model().(*Root)
	theme, _ := themes.New(o)
	cmd := root.adoptTheme(theme)
	root.dirty = true
	d.Run(cmd)
}

// TestScreensOfAnEmptyServer draws each list of a server that has nothing.
func TestScreensOfAnEmptyServer(t *testing.T) {
	t.Parallel()
	s, err := server.Open(t.Context(), server.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Now: fixedNow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	for _, size := range sizes {
		for key, plural := range map[string]string{
			"1": "environments", "2": "applications", "3": "statements", "4": "compute pools", "5": "savepoints",
			"6": "catalogs", "7": "secrets",
		} {
			name := fmt.Sprintf("empty-%s-%dx%d", strings.ReplaceAll(plural, " ", "-"), size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := open(t, connect(t, web.URL, client.Config{}), size[0], size[1], nil)
				d.WaitForText("no applications", "live")
				d.Press(key)
				if key != "1" {
					d.WaitForText("no " + plural)
				}
				d.WaitIdle()
				d.CheckSize(size[0], size[1])
				goldenInLooks(t, d, name)
			})
		}
	}
}

// TestScreensOfAFailingServer draws what is opened from a row of a server that answers
// everything but the list of applications with 500.
func TestScreensOfAFailingServer(t *testing.T) {
	t.Parallel()
	c := still(t)
	failing := func(t *testing.T, size [2]int) *uitest.Driver {
		proxy := faulty.Before(t, c.URL())
		own := connect(t, proxy.URL, client.Config{})
		d := open(t, own, size[0], size[1], nil)
		d.WaitForText("20 applications", "3 failing", "live")
		waitForCauses(d, size[0])
		d.WaitIdle()
		var faults []faulty.Fault
		for _, path := range []string{
			"/events", "/savepoints", "/instances", "/statements", "/compute-pools", "/catalogs", "/secrets", "/clusters",
			"/applications/payments", "/secret-mappings", "/detached-savepoints",
		} {
			faults = append(faults, faulty.Fault{Path: path, Code: 500, Body: `{"errors":[{"message":"the database is away"}]}`})
		}
		proxy.Set(faults...)
		return d
	}
	for _, size := range sizes {
		for _, scene := range []struct {
			name string
			keys []string
			wait string
		}{
			{"describe", []string{"d"}, "the database is away"},
			{"why", []string{"w"}, "the database is away"},
			{"yaml", []string{"y"}, "the database is away"},
			{"events", []string{"l"}, "the database is away"},
			{"instances", []string{"i"}, "the database is away"},
			{"usedby", []string{"b"}, "the database is away"},
			{"edit", []string{"e"}, "the database is away"},
			{"diff", []string{"="}, "the database is away"},
			{"statements", []string{"3"}, "the database is away"},
			{"savepoints", []string{"5"}, "the database is away"},
			{"secrets", []string{"7"}, "the database is away"},
		} {
			name := fmt.Sprintf("failing-%s-%dx%d", scene.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := failing(t, size)
				for _, key := range scene.keys {
					if text, ok := strings.CutPrefix(key, "~"); ok {
						d.WaitForText(text)
						continue
					}
					d.Press(key)
				}
				d.WaitForText(scene.wait)
				d.WaitIdle()
				d.CheckSize(size[0], size[1])
				goldenInLooks(t, d, name)
			})
		}
	}
}
