package space

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/detail"
	"drey/views/platform"
)

// spaceOf shows a server with tabs of these names, whose short ones are their first four
// letters.
func spaceOf(t *testing.T, scopes *platform.Scopes, names ...string) *Space {
	t.Helper()
	var tabs []platform.Tab
	for _, name := range names {
		tabs = append(tabs, platform.Tab{
			Name: name, Title: strings.ToUpper(name[:1]) + name[1:], Short: name[:min(4, len(name))],
			New: func(env *views.Env) views.View { return detail.NewFixed(env, name, detail.Words("words of "+name)) },
		})
	}
	session := &platform.Session{
		Name: "dev", Title: "Server", Address: "http://dev.example", Scopes: scopes,
		Tabs: func() []platform.Tab { return tabs }, Counters: func() []platform.Counter { return nil }, Close: func() {},
		Probe: func(context.Context) (platform.About, error) { return platform.About{}, nil },
	}
	theme, _ := themes.New(themes.Options{})
	s := New(t.Context(), Context{Name: "dev", Session: session}, Settings{
		Theme: theme, Keys: keymap.Default(), Now: func() time.Time { return time.Unix(1700000000, 0) },
	})
	s.Resize(140, 40)
	return s
}

// environments are scopes that are not listed.
func environments() *platform.Scopes {
	return &platform.Scopes{Singular: "environment", Plural: "environments", Title: "Environments", Short: "Envs"}
}

// where names where one is: tab, environment and pages.
func where(s *Space) string {
	text := s.Tabs[s.Nav.Tab].Name + " " + s.Nav.Environment
	for _, p := range s.Nav.Pages {
		text += " > " + p.Title
	}
	return strings.Join(strings.Fields(text), " ")
}

func page(title string) Page {
	return Page{Title: title, Make: func(env *views.Env) views.View {
		return detail.NewFixed(env, title, detail.Words(title))
	}}
}

// saying is the notice that a command gives at once, "" for none.
func saying(cmd tea.Cmd) string {
	if notice, ok := cmd().(views.NoticeMsg); ok {
		return notice.Text
	}
	return ""
}

func TestOneGoesBackAndForthThroughWhereOneWas(t *testing.T) {
	s := spaceOf(t, environments(), "jobs", "jars", "logs")
	prod := "prod"
	s.GoTo(views.GoMsg{Tab: "jars"})
	s.Push(page("a jar"))
	s.GoTo(views.GoMsg{Tab: "logs", Environment: &prod})
	steps := []string{"jobs", "jars", "jars > a jar", "logs prod"}
	for i := len(steps) - 2; i >= 0; i-- {
		s.Travel(-1)
		if got := where(s); got != steps[i] {
			t.Fatalf("back at %d: %s, want %s", i, got, steps[i])
		}
	}
	if text := saying(s.Travel(-1)); text == "" || where(s) != "jobs" {
		t.Errorf("beyond the first: %q at %s", text, where(s))
	}
	s.Travel(2)
	if got := where(s); got != "jars > a jar" {
		t.Errorf("forth: %s", got)
	}
	s.Last()
	s.Last()
	if got := where(s); got != "jars > a jar" {
		t.Errorf("there and back: %s", got)
	}
	s.Travel(-1)
	s.GoTo(views.GoMsg{Tab: "logs"})
	if text := saying(s.Travel(1)); text == "" {
		t.Errorf("what lay ahead is there still: %s", where(s))
	}
}

func TestALinkIsGoneBackFromHoweverLongOneWasHere(t *testing.T) {
	for _, places := range []int{1, 50, 99, 100, 250} {
		s := spaceOf(t, nil, "jobs", "jars", "logs")
		for i := range places {
			s.GoTo(views.GoMsg{Tab: []string{"jars", "jobs"}[i%2]})
		}
		before := where(s)
		s.GoTo(views.GoMsg{Tab: "logs", Link: true})
		if !s.Linked() {
			t.Errorf("after %d places esc does not go back from a link", places)
		}
		s.Travel(-1)
		if got := where(s); got != before || s.Linked() {
			t.Errorf("after %d places: back at %s, want %s", places, got, before)
		}
		if n := len(s.Nav.History); n > maxHistory {
			t.Errorf("%d places are remembered", n)
		}
	}
}

func TestALinkToWhatThereIsNotMovesNothing(t *testing.T) {
	s := spaceOf(t, nil, "jobs", "jars")
	if text := saying(s.GoTo(views.GoMsg{Tab: "robots", Link: true})); !strings.Contains(text, "robots") {
		t.Errorf("says %q", text)
	}
	if where(s) != "jobs" || len(s.Nav.History) != 1 {
		t.Errorf("at %s, %d places", where(s), len(s.Nav.History))
	}
}

func TestAStartIsNoPlaceToGoBackFrom(t *testing.T) {
	s := spaceOf(t, environments(), "jobs", "jars")
	s.RestoreLocation(SavedLocation{Tab: "jars", Scope: "prod"})
	if where(s) != "jars prod" || len(s.Nav.History) != 1 {
		t.Errorf("at %s, %d places", where(s), len(s.Nav.History))
	}
	s.GoTo(views.GoMsg{Tab: "jobs"})
	s.RestoreLocation(SavedLocation{Tab: "jars"})
	if where(s) != "jobs prod" {
		t.Errorf("somebody who has moved is moved: %s", where(s))
	}
	named := spaceOf(t, environments(), "jobs", "jars")
	named.Environment = "test" // it was asked for at the start
	named.setEnvironment("test")
	named.RestoreLocation(SavedLocation{Tab: "jars", Scope: "prod"})
	if where(named) != "jars test" {
		t.Errorf("at %s", where(named))
	}
}

func TestTheActiveTabIsAlwaysWritten(t *testing.T) {
	names := []string{
		"applications", "statements", "pools", "savepoints", "catalogs", "secrets", "clusters", "events", "instances",
		"mappings", "metrics",
	}
	for width := MinWidth; width <= 220; width++ {
		s := spaceOf(t, environments(), names...)
		for tab := range names {
			s.Nav.Tab = tab
			s.Resize(width, 40)
			line, under, _ := strings.Cut(s.TabLines(s.Rects.Tabs.Width), "\n")
			line, under = ansi.Strip(line), ansi.Strip(under)
			if clean.Width(line) != s.Rects.Tabs.Width || !strings.Contains(line, s.tabDigit(tab)) {
				t.Fatalf("%d columns, tab %d: %q", width, tab, line)
			}
			if !strings.Contains(line, s.Tabs[tab].Short[:4]) && !strings.Contains(line, s.Tabs[tab].Title[:4]) {
				t.Fatalf("%d columns: %s is not among %q", width, s.Tabs[tab].Title, line)
			}
			if strings.TrimSpace(under) == "" {
				t.Fatalf("%d columns: nothing is under %q", width, line)
			}
		}
	}
}

func TestAClickShowsTheTabThatIsWrittenThere(t *testing.T) {
	for _, width := range []int{60, 80, 100, 140, 220} {
		s := spaceOf(t, environments(), "applications", "statements", "pools", "savepoints", "catalogs")
		s.Resize(width, 40)
		line, _, _ := strings.Cut(s.TabLines(s.Rects.Tabs.Width), "\n")
		line = ansi.Strip(line)
		for i := len(s.Tabs) - 1; i >= 0; i-- {
			at := strings.Index(line, s.tabDigit(i)+" ")
			if at < 0 {
				continue
			}
			s.ClickTab(s.Rects.Tabs.X+clean.Width(line[:at]), s.Rects.Tabs.Y)
			if s.Nav.Tab != i {
				t.Errorf("%d columns: a click on %q shows %s", width, line[at:], s.Tabs[s.Nav.Tab].Name)
			}
		}
	}
}

func TestEverythingHasItsPlaceOnTheScreen(t *testing.T) {
	for _, scopes := range []*platform.Scopes{nil, environments()} {
		s := spaceOf(t, scopes, "jobs", SQLTab)
		for _, tab := range []int{0, 1} {
			s.Nav.Tab = tab
			for _, size := range [][2]int{{1, 1}, {60, 16}, {99, 31}, {100, 32}, {220, 50}} {
				s.Resize(size[0], size[1])
				r := s.Rects
				for name, part := range map[string]rect{"scopes": r.Scopes, "tabs": r.Tabs, "main": r.Main, "page": r.Page} {
					if part.Width < 0 || part.Height < 0 || part.X+part.Width > r.Width {
						t.Errorf("%v, tab %d: %s is %+v", size, tab, name, part)
					}
				}
				folded := scopes == nil || size[0] < ScopesFrom || tab == 1
				if s.Folded() != folded {
					t.Errorf("%v, tab %d: folded %v", size, tab, s.Folded())
				}
				if v, at := s.Under(r.Main.X, r.Main.Y); r.Main.Height > 0 && (v != s.Front() || at != r.Main) {
					t.Errorf("%v, tab %d: the view in the main part is %v", size, tab, at)
				}
			}
		}
	}
}

func TestAScopeIsNamedByItsBeginningWhereOneAloneHasIt(t *testing.T) {
	s := spaceOf(t, environments(), "jobs")
	for text, want := range map[string]bool{"all": true, "prod": false, "": false} {
		if name, ok := s.ScopeNamed(text); ok != want || name != "" {
			t.Errorf("%q: got %q, %v", text, name, ok)
		}
	}
}

func TestTheNameOfAContextIsTypedBesideWhatIsTypedAnyway(t *testing.T) {
	s := spaceOf(t, nil, "jobs")
	s.ConfirmTyped = true
	ref := func(name, typed string) views.Target {
		return views.Target{Ref: views.Ref{Name: name}, TypeName: typed}
	}
	for _, c := range []struct {
		q    views.Confirmation
		want []string // of the question, of its choices, of its targets
	}{
		{views.Confirmation{Plan: "p", Targets: []views.Target{ref("a", "")}}, []string{"dev", "dev"}},
		{
			views.Confirmation{
				Plan: "p", TypeName: "a", Choices: []views.Choice{{Label: "x", TypeName: "a"}, {Label: "y"}},
				Targets: []views.Target{ref("a", "a")},
			},
			[]string{"dev/a", "dev/a", "dev", "dev/a"},
		},
		{
			views.Confirmation{Plan: "p", TypeName: "delete 2", Targets: []views.Target{ref("a", "delete 2"), ref("b", "")}},
			[]string{"dev delete 2", "dev delete 2", "dev"},
		},
		{views.Confirmation{Targets: []views.Target{ref("a", "")}}, []string{"", ""}}, // nothing is done
	} {
		got := s.Confirmation(c.q, true)
		said := []string{got.TypeName}
		for _, choice := range got.Choices {
			said = append(said, choice.TypeName)
		}
		for _, target := range got.Targets {
			said = append(said, target.TypeName)
		}
		if !slices.Equal(said, c.want) || got.Context != "dev" {
			t.Errorf("got %q in %q, want %q", said, got.Context, c.want)
		}
		if len(c.q.Targets) > 0 && strings.HasPrefix(c.q.Targets[0].TypeName, "dev") {
			t.Error("the question that was asked before was changed")
		}
	}
}

func TestTheNewerListStateWinsOverTheSavedOne(t *testing.T) {
	s := spaceOf(t, nil, "jobs", "jars")
	s.Lists.tabs["jobs"] = views.ListState{Filter: "touched"}
	s.BringBack(ServerLists{Tabs: map[string]views.ListState{"jobs": {Filter: "saved"}, "jars": {Filter: "saved"}}})
	saved := s.Saved(time.Unix(1700000000, 5))
	if got := fmt.Sprint(saved.Tabs["jobs"].Filter, saved.Tabs["jars"].Filter); got != "touchedsaved" {
		t.Errorf("got %s", got)
	}
	if saved.Used.Nanosecond() != 0 {
		t.Errorf("used at %s", saved.Used)
	}
}
