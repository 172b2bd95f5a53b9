package console

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/server"
	"drey/server/demo"
	"drey/themes"
	"drey/ui/console/space"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/platform"
	cmfplatform "drey/views/platforms/cmf"
)

// fixed is the clock of the golden screens.
var fixed = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func fixedNow() time.Time { return fixed }

// still is a demo server whose clock stands and whose loop does not run: what
// it answers is always the same.
func still(t testing.TB) *cmfapi.Client {
	t.Helper()
	s, err := server.Open(t.Context(), server.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Now: fixedNow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := demo.Seed(t.Context(), s, demo.Options{}); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	return connect(t, web.URL, client.Config{})
}

func connect(t testing.TB, url string, cfg client.Config) *cmfapi.Client {
	t.Helper()
	cfg.URL = url
	c, err := cmfapi.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// open starts a console on c. It is closed before what was made before it.
func open(t *testing.T, c *cmfapi.Client, width, height int, change func(*Options)) *uitest.Driver {
	t.Helper()
	theme, _ := themes.New(themes.Options{})
	opts := Options{
		Context: space.Context{Name: "demo"}, Theme: theme, Keys: keymap.Default(), Now: fixedNow, StateDir: t.TempDir(),
	}
	if c != nil {
		opts.Session = sessionOf(c)
	}
	if change != nil {
		change(&opts)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return uitest.New(t, New(ctx, opts, nil), width, height)
}

// scenes are the views and how to get to them; each waits for texts that come
// last.
var scenes = []struct {
	name string
	keys []string
	wait []string
}{
	{"applications", []string{"j", "j"}, []string{"20 applications"}},
	{"statements", []string{"3"}, []string{"8 statements", "prize"}},
	{"pools", []string{"4"}, []string{"6 compute pools"}},
	{"savepoints", []string{"5"}, []string{"12 savepoints", "CANONICAL"}},
	{"environments", []string{"1"}, []string{"development", "staging"}},
	{"yaml", []string{"y"}, []string{"apiVersion:", "payments.yaml"}},
	{"describe", []string{"d"}, []string{"SAVEPOINTS", "EVENTS"}},
	{"events", []string{"l"}, []string{"MESSAGE", "FAILED"}},
	{"suspend", []string{"j", "s"}, []string{"What will be sent"}},
	{"start", []string{"/", "s", "h", "i", "p", "enter", "s"}, []string{"Where should it start from?", "What will be sent"}},
	{"delete", []string{"D"}, []string{"to confirm"}},
	{"instances", []string{"i"}, []string{"INSTANCE", "5 instances"}},
	{"catalogs", []string{"6"}, []string{"SCHEMA REGISTRY", "2 catalogs"}},
	{"secrets", []string{"7"}, []string{"MAPPED IN", "secrets"}},
	{"clusters", []string{"8"}, []string{"default-k8s-cluster", "CONNECTED"}},
	{"palette", []string{":", "t", "h"}, []string{"theme light"}},
	{"help", []string{"?"}, []string{"describe"}},
	{"filter", []string{"/", "p", "a", "y"}, []string{"2 of 20"}},
}

var sizes = [][2]int{{80, 24}, {140, 40}, {220, 50}}

func TestScreens(t *testing.T) {
	t.Parallel()
	c := still(t)
	for _, size := range sizes {
		for _, scene := range scenes {
			name := fmt.Sprintf("%s-%dx%d", scene.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				own := connect(t, c.URL(), client.Config{}) // with a budget of its own
				d := open(t, own, size[0], size[1], nil)
				d.WaitFor(func(s string) bool {
					return strings.Contains(s, "20 applications") && strings.Contains(
						s, "3 failing",
					) && strings.Contains(s, "live") &&
						(size[0] < space.ScopesFrom || strings.Contains(s, "CMF 2.3.1"))
				})
				waitForCauses(d, size[0])
				if scene.keys[0] != "j" {
					d.WaitForText("status changed to") // the preview is there
				}
				pressKeys(d, scene.keys...)
				d.WaitForText(scene.wait...)
				d.WaitFor(func(s string) bool { return !strings.Contains(s, "still waiting for") })
				d.WaitIdle()
				d.Golden(name)
			})
		}
	}
}

// waitForCauses waits until the list says why an application has failed, where it has the
// space.
func waitForCauses(d *uitest.Driver, width int) {
	if width < 200 {
		return
	}
	d.WaitFor(func(s string) bool {
		for line := range strings.SplitSeq(s, "\n") {
			if strings.Contains(line, "16fef41d") && strings.Contains(line, "Schema 1187") {
				return true
			}
		}
		return false
	})
}

// pressKeys presses one key after the other, each on what the one before came to: a key
// for a row does nothing before there are rows.
func pressKeys(d *uitest.Driver, keys ...string) {
	for _, key := range keys {
		d.WaitIdle()
		d.WaitFor(func(string) bool {
			list, ok := d.Model().(*Root).Front().(interface{ Freshness() views.Freshness })
			if !ok {
				return true
			}
			f := list.Freshness()
			return !f.At.IsZero() || f.Err != nil
		})
		d.Press(key)
	}
}

func TestThemesOnOneScreen(t *testing.T) {
	t.Parallel()
	c := still(t)
	for name, o := range map[string]themes.Options{
		"light": {Name: "light"}, "16": {Name: "16"}, "no-colour": {Depth: themes.NoColour},
		"ascii": {ASCII: true}, "256": {Depth: themes.Colour256},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, c, 140, 40, func(opts *Options) { opts.Theme, _ = themes.New(o) })
			d.WaitForText("20 applications", "3 failing", "CMF 2.3.1")
			d.WaitIdle()
			if name == "ascii" {
				for _, r := range d.Screen() {
					if r > 126 {
						t.Errorf("%q is on the screen", r)
					}
				}
			}
			d.Golden("theme-" + name)
		})
	}
}

func TestEveryFrameFillsTheScreenExactly(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := open(t, c, 140, 40, nil)
	d.WaitForText("20 applications")
	for _, keys := range [][]string{
		nil, {"3"}, {"4"}, {"5"}, {"1"}, {"2", "s"}, {"esc", "D"}, {"esc", ":"}, {"esc", "?"}, {"esc", "y"}, {"@"},
	} {
		d.Press(keys...)
		for _, size := range [][2]int{
			{1, 1}, {2, 3}, {20, 5}, {59, 16}, {60, 16}, {80, 24}, {99, 31}, {100, 32}, {300, 100},
		} {
			d.Resize(size[0], size[1])
			d.CheckSize(size[0], size[1])
		}
	}
}

func FuzzResizeNeverPanics(f *testing.F) {
	f.Add(80, 24, "jjs")
	f.Add(1, 1, ":?@y")
	f.Fuzz(func(t *testing.T, width, height int, keys string) {
		width, height = min(max(width, 0), 400), min(max(height, 0), 200)
		web := httptest.NewServer(nil)
		defer web.Close()
		c := connect(t, web.URL, client.Config{})
		root := New(t.Context(), Options{Context: space.Context{Session: sessionOf(c)}, Now: fixedNow}, nil)
		defer root.Close()
		root.resize(width, height)
		for _, k := range keys {
			root.Update(keymap.Message(string(k)))
			root.resize(width, height)
			_ = root.View()
		}
	})
}

var _ views.View = (*stubSQL)(nil)

// sessionOf is a CMF server as the console opens it.
func sessionOf(c *cmfapi.Client) *platform.Session { return cmfplatform.NewSession("", c) }
