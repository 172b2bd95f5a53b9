package header

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/ui/console/space"
	"drey/views"
	"drey/views/clean"
	"drey/views/detail"
	"drey/views/platform"
)

var now = time.Unix(1700000000, 0)

type page = views.View

// aged is a page that tells how old it is.
type aged struct {
	page
	fresh views.Freshness
}

func (a *aged) Freshness() views.Freshness { return a.fresh }

// spaceOf shows a server in a context, with a list that is so old.
func spaceOf(t *testing.T, c space.Context, width int, fresh views.Freshness) *space.Space {
	t.Helper()
	c.Session = &platform.Session{
		Name: c.Name, Address: "http://dev.example", ReadOnly: c.ReadOnly, Close: func() {},
		Counters: func() []platform.Counter { return nil },
		Probe:    func(context.Context) (platform.About, error) { return platform.About{}, nil },
		Tabs: func() []platform.Tab {
			return []platform.Tab{{Name: "jobs", Title: "Jobs", Short: "Jobs", New: func(env *views.Env) views.View {
				return &aged{detail.NewFixed(env, "jobs", detail.Words("")), fresh}
			}}}
		},
	}
	theme, _ := themes.New(themes.Options{})
	s := space.New(t.Context(), c, space.Settings{
		Theme: theme, Keys: keymap.Default(), Now: func() time.Time { return now },
	})
	s.Resize(width, 40)
	return s
}

// failure is an error of a kind.
type failure struct {
	kind fault.Kind
	text string
}

func (f failure) Error() string { return f.text }

func (f failure) Fault() fault.Fault { return fault.Fault{Kind: f.kind} }

func TestTheHeaderSaysHowOldWhatIsShownIs(t *testing.T) {
	const every = 2 * time.Second
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, c := range []struct {
		name     string
		fresh    views.Freshness
		want     string
		counting bool
	}{
		{"nothing came yet", views.Freshness{Every: every}, "connecting", false},
		{"just now", views.Freshness{At: now, Every: every}, "live 2s", false},
		{"within its pace", views.Freshness{At: ago(2900 * time.Millisecond), Every: every}, "live 2s", false},
		{"a little late", views.Freshness{At: ago(5 * time.Second), Every: every}, "live 5s", false},
		{"by a clock that is ahead", views.Freshness{At: ago(-time.Minute), Every: every}, "live 2s", false},
		{"old", views.Freshness{At: ago(10 * time.Second), Every: every}, "stale 10s", true},
		{
			"failing",
			views.Freshness{At: ago(70 * time.Second), Every: every, Err: errors.New("no route\nat line 7")},
			"failing 1m · no route", true,
		},
		{
			"tried again soon",
			views.Freshness{
				At: ago(5 * time.Second), Err: failure{fault.Offline, "refused"}, Next: now.Add(2500 * time.Millisecond),
			},
			"5s · next try in 3s · refused", true,
		},
		{
			"forbidden", views.Freshness{Err: failure{fault.Forbidden, "not for you"}}, "this list: ", true,
		},
		{
			"an error with commands for the terminal", views.Freshness{Err: errors.New("a\x1b[2Jb")}, "failing · a␛[2Jb", true,
		},
	} {
		s := spaceOf(t, space.Context{Name: "dev"}, 140, c.fresh)
		text, counting := Fresh(s)
		if got := ansi.Strip(text); !strings.Contains(got, c.want) || counting != c.counting {
			t.Errorf("%s: got %q, counting %v; want %q, %v", c.name, got, counting, c.want, c.counting)
		}
		if tick := Tick(s, now); counting && tick > 10*time.Second || tick <= 0 {
			t.Errorf("%s: drawn again after %s", c.name, tick)
		}
	}
}

func TestTheHeaderIsAsWideAsTheScreen(t *testing.T) {
	contexts := []space.Context{
		{Name: "dev"},
		{Name: "dev", Label: "PRODUCTION", Colour: "red", ReadOnly: views.NothingAtAll},
		{Name: strings.Repeat("東京", 30), Label: strings.Repeat("x", 80), ReadOnly: views.QueriesOnly},
		{Name: "a\x1b[31mb", Label: "c\x07d"},
	}
	for _, c := range contexts {
		for _, width := range []int{60, 80, 99, 140, 220} {
			s := spaceOf(t, c, width, views.Freshness{Err: errors.New(strings.Repeat("why ", 60))})
			s.About = platform.About{Product: "Flink", Version: strings.Repeat("2", 60), Engine: "embedded"}
			line := Line(s)
			if got := clean.Width(line); got != width {
				t.Errorf("%.10s at %d: %d columns", c.Name, width, got)
			}
			if c.ReadOnly != views.Writable && !strings.Contains(ansi.Strip(line), "READ-ONLY") {
				t.Errorf("%.10s at %d: that nothing is changed is not said: %s", c.Name, width, ansi.Strip(line))
			}
			if strings.Contains(line, "\x1b[31mb") || strings.Contains(line, "\x07") {
				t.Errorf("the terminal would obey %q", line)
			}
		}
	}
}

func TestAServerOfAnotherKindIsToldBeforeItsVersion(t *testing.T) {
	s := spaceOf(t, space.Context{Name: "dev"}, 140, views.Freshness{At: now, Every: time.Second})
	s.About = platform.About{Product: "Flink", Version: "2.2.1", Wrong: "this is a web server"}
	if got := ansi.Strip(Line(s)); !strings.Contains(got, "this is a web server") || strings.Contains(got, "2.2.1") {
		t.Errorf("got %s", got)
	}
}

func TestProblemsAreCounted(t *testing.T) {
	for _, c := range []struct {
		health platform.Health
		err    error
		want   string
	}{
		{platform.Health{}, nil, ""},
		{platform.Health{Objects: 3}, nil, "no trouble"},
		{platform.Health{Objects: 3}, errors.New("it is away"), ""},
		{platform.Health{Objects: 3}, failure{fault.Forbidden, "not for you"}, "no trouble"},
		{platform.Health{Objects: 3000, Failing: 1200, AtRisk: 1}, nil, "1,200 failing · ▲ 1 at risk"},
		{platform.Health{Objects: 3, AtRisk: 2}, errors.New("it is away"), "2 at risk"},
	} {
		s := spaceOf(t, space.Context{Name: "dev"}, 140, views.Freshness{At: now, Every: time.Second, Err: c.err})
		s.ScopesPane.Rows()[0].Health = c.health
		if got := ansi.Strip(Problems(s)); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%+v, %v: got %q, want %q", c.health, c.err, got, c.want)
		}
	}
}

// TestALicenceThatIsOverIsToldAsTrouble also where it ends while the console is open, and in
// the smallest of screens.
func TestALicenceThatIsOverIsToldAsTrouble(t *testing.T) {
	for _, c := range []struct {
		about platform.About
		want  string
	}{
		{platform.About{}, ""},
		{platform.About{LicenceEnds: now.Add(time.Hour)}, ""},
		{platform.About{LicenceEnds: now.Add(-time.Hour)}, "licence expired"},
		{platform.About{Licence: "licence revoked", LicenceEnds: now.Add(time.Hour)}, "licence revoked"},
	} {
		for _, width := range []int{80, 140, 220} {
			s := spaceOf(t, space.Context{Name: "dev"}, width, views.Freshness{At: now, Every: time.Second})
			s.About = c.about
			got := ansi.Strip(Line(s))
			shown := strings.Contains(got, "licence")
			if shown != (c.want != "") || !strings.Contains(got, c.want) || clean.Width(got) != width {
				t.Errorf("%+v at %d: %q", c.about, width, got)
			}
		}
	}
}
