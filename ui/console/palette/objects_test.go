package palette

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/ui/console/chooser"
	"drey/ui/console/space"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
	"drey/views/resource"
	"drey/views/sources"
)

// world is a server with kinds of objects, which are names.
type world struct {
	now   time.Time
	space *space.Space
	asked []string
}

// kindOf lists names, as scope/name where it is scoped.
func kindOf(name string, scoped bool, names ...string) resource.Kind[string] {
	return resource.Kind[string]{
		Name: name, Singular: strings.TrimSuffix(name, "s"), Title: strings.ToUpper(name[:1]) + name[1:], Scoped: scoped,
		NameOf: func(s string) string { return s },
		Key:    func(i resource.Item[string]) string { return i.Value },
		Source: func(at resource.Location) resource.Source[string] {
			return sources.NewSource(at, func(context.Context) ([]string, []resource.Unread, bool, error) {
				return names, nil, true, nil
			})
		},
	}
}

func open(t *testing.T, scopes *platform.Scopes, missing string, kinds ...resource.Kind[string]) *world {
	t.Helper()
	w := &world{now: time.Unix(1700000000, 0)}
	session := &platform.Session{
		Name: "dev", Address: "http://dev.example", Scopes: scopes, Close: func() {},
		Counters: func() []platform.Counter { return nil },
	}
	var tabs []platform.Tab
	for _, k := range kinds {
		session.Kinds = append(session.Kinds, browse.AddTab(&tabs, k))
	}
	for i := range tabs {
		if tabs[i].Name == missing {
			tabs[i].Missing = "this server has none"
		}
	}
	session.Tabs = func() []platform.Tab { return tabs }
	theme, _ := themes.New(themes.Options{})
	w.space = space.New(t.Context(), space.Context{Name: "dev", Session: session}, space.Settings{
		Theme: theme, Keys: keymap.Default(), Now: func() time.Time { return w.now },
	})
	return w
}

// ask asks for what no list has and gives the entries of the answers.
func (w *world) ask(t *testing.T, o *Objects) []chooser.Entry {
	t.Helper()
	var answers []ListedMsg
	w.asked = nil
	o.Ask(w.space, func(name string, ask func(context.Context) tea.Msg) tea.Cmd {
		w.asked = append(w.asked, name)
		answers = append(answers, ask(t.Context()).(ListedMsg))
		return nil
	})
	var entries []chooser.Entry
	for _, a := range answers {
		entries = append(entries, o.Take(a, w.space)...)
	}
	return entries
}

func textsOf(entries []chooser.Entry) (texts []string) {
	for _, e := range entries {
		texts = append(texts, e.Text+" · "+e.Aside)
	}
	return texts
}

func TestWhatNoListHasIsAskedForOnceAWhile(t *testing.T) {
	w := open(t, nil, "", kindOf("jobs", false, "orders", "clicks"), kindOf("jars", false, "a.jar"))
	var o Objects
	got := textsOf(w.ask(t, &o))
	if want := []string{"orders · jobs", "clicks · jobs", "a.jar · jars"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	w.now = w.now.Add(listedFor - time.Second)
	if w.ask(t, &o); len(w.asked) != 0 {
		t.Errorf("asked again at once: %v", w.asked)
	}
	if got := textsOf(o.Entries(w.space)); len(got) != 3 {
		t.Errorf("what was listed is not offered: %q", got)
	}
	w.now = w.now.Add(time.Second)
	if got := textsOf(o.Entries(w.space)); len(got) != 0 {
		t.Errorf("it is offered too long: %q", got)
	}
	if w.ask(t, &o); len(w.asked) != 2 {
		t.Errorf("asked for %v", w.asked)
	}
}

func TestWhatTakesManyQuestionsIsNotAskedFor(t *testing.T) {
	scopes := &platform.Scopes{Singular: "environment", Plural: "environments", Counts: "jobs"}
	w := open(
		t, scopes, "jars", kindOf("jobs", true, "orders"), kindOf("jars", false, "a.jar"), kindOf("plans", false, "p"),
	)
	var o Objects
	if got := textsOf(w.ask(t, &o)); !slices.Equal(got, []string{"p · plans"}) {
		t.Errorf("got %q: of jobs nobody knows how many there are, and there are no jars", got)
	}
}

func TestAnAnswerOfAnotherContextIsNotMixedIn(t *testing.T) {
	one, two := open(t, nil, "", kindOf("jobs", false, "orders")), open(t, nil, "", kindOf("jobs", false, "clicks"))
	var o Objects
	one.ask(t, &o)
	late := ListedMsg{of: one.space, kind: "jobs", refs: []views.Ref{{Kind: "jobs", Name: "late"}}}
	if got := o.Take(late, two.space); got != nil {
		t.Errorf("another one is in front, and it gives %q", textsOf(got))
	}
	two.ask(t, &o)
	if got := o.Take(late, two.space); got != nil {
		t.Errorf("of another context came %q", textsOf(got))
	}
	if got := textsOf(o.Entries(two.space)); !slices.Equal(got, []string{"clicks · jobs"}) {
		t.Errorf("got %q", got)
	}
	if got := textsOf(o.Entries(one.space)); len(got) != 0 {
		t.Errorf("of the one before: %q", got)
	}
}

func TestAnEntryGoesToItsObject(t *testing.T) {
	w := open(t, nil, "", kindOf("jobs", false))
	known := []views.Ref{{Kind: "jobs", Scope: "prod", Name: "known", UID: "1"}}
	got := entriesOf(w.space, []views.Ref{
		{Kind: "jobs", Scope: "prod", Name: "known", UID: "made again"},
		{Kind: "robots", Name: "of no tab"},
		{Kind: "jobs", Scope: "prod", Name: "or\x1b[2Jders"},
		{Kind: "jobs", Name: "everywhere"},
	}, known)
	if len(got) != 2 {
		t.Fatalf("got %q", textsOf(got))
	}
	if strings.Contains(got[0].Text, "\x1b") || got[0].Aside != "jobs in prod" {
		t.Errorf("got %q", textsOf(got))
	}
	to, ok := got[0].Run.(views.GoMsg)
	if !ok || to.Tab != "jobs" || to.Name != "or\x1b[2Jders" || !to.Link || to.Environment == nil ||
		*to.Environment != "prod" {
		t.Errorf("goes to %+v", got[0].Run)
	}
	if to := got[1].Run.(views.GoMsg); to.Environment != nil {
		t.Errorf("an object of no environment changes it: %+v", to)
	}
}

func TestNoMoreObjectsAreOfferedThanCanBeSearched(t *testing.T) {
	w := open(t, nil, "", kindOf("jobs", false, make([]string, mostObjects+5)...))
	var o Objects
	w.ask(t, &o)
	if n := len(o.Entries(w.space)); n != mostObjects {
		t.Errorf("%d are offered", n)
	}
}
