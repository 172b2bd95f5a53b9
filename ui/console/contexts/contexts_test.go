package contexts

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
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

// screen is a console of some contexts, of which the first is in front.
type screen struct {
	now    time.Time
	spaces map[string]*space.Space
	set    space.Settings
	closed int
	to     string
}

// session is a server that checks itself.
func session(name string, check func(context.Context) (platform.Health, error)) *platform.Session {
	return &platform.Session{
		Name: name, Title: "Server", Address: "http://" + name + ".example", Check: check, Close: func() {},
		Counters: func() []platform.Counter { return nil },
		Probe:    func(context.Context) (platform.About, error) { return platform.About{}, errors.New("not asked") },
		Tabs: func() []platform.Tab {
			return []platform.Tab{{Name: "jobs", Title: "Jobs", Short: "Jobs", New: func(env *views.Env) views.View {
				return detail.NewFixed(env, "jobs", detail.Words(""))
			}}}
		},
	}
}

// healthy is what a server with this health answers.
func healthy(h platform.Health) func(context.Context) (platform.Health, error) {
	return func(context.Context) (platform.Health, error) { return h, nil }
}

func failing(err error) func(context.Context) (platform.Health, error) {
	return func(context.Context) (platform.Health, error) { return platform.Health{}, err }
}

// offline is the error of a server that cannot be reached.
type offline struct{ error }

func (offline) Fault() fault.Fault { return fault.Fault{Kind: fault.Offline} }

func newChooser(t *testing.T, all ...space.Context) (*Chooser, *screen) {
	t.Helper()
	theme, _ := themes.New(themes.Options{})
	s := &screen{now: time.Unix(1700000000, 0), spaces: map[string]*space.Space{}}
	s.set = space.Settings{Theme: theme, Keys: keymap.Default(), Now: func() time.Time { return s.now }}
	open := func(c space.Context) (*space.Space, tea.Cmd) {
		if s.spaces[c.Name] == nil {
			s.spaces[c.Name] = space.New(t.Context(), c, s.set)
		}
		return s.spaces[c.Name], nil
	}
	front, _ := open(all[0])
	front.Begun = true
	c := New(Source{
		Context: t.Context(), All: all, Open: open,
		Front:  func() *space.Space { return front },
		Named:  func(name string) *space.Space { return s.spaces[name] },
		Theme:  func() *themes.Theme { return theme },
		Switch: func(name string) tea.Msg { s.to = name; return views.NoticeMsg{Text: name} },
		Closed: func() { s.closed++ },
	})
	c.SetSize(140, 40)
	return c, s
}

// answer has a context checked.
func (c *Chooser) answer(t *testing.T, i int) {
	t.Helper()
	for _, msg := range messages(c.check(i)) {
		if a, ok := msg.(views.Answer); ok && c.Accept(a) {
			c.Update(a.Msg)
		}
	}
}

// messages are those of a command and of those that it is made of.
func messages(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := views.Run(cmd)
	if batch, ok := msg.(tea.BatchMsg); ok {
		var all []tea.Msg
		for _, one := range batch {
			all = append(all, messages(one)...)
		}
		return all
	}
	return []tea.Msg{msg}
}

func (c *Chooser) names() (names []string) {
	for _, i := range c.shown {
		names = append(names, c.rows[i].Name)
	}
	return names
}

func (c *Chooser) press(keys ...tea.KeyMsg) {
	for _, k := range keys {
		c.Update(k)
	}
}

func letters(text string) (keys []tea.KeyMsg) {
	for _, r := range text {
		keys = append(keys, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
	return keys
}

func named(name string, check func(context.Context) (platform.Health, error)) space.Context {
	return space.Context{Name: name, Address: "http://" + name + ".example", Session: session(name, check)}
}

func TestEachContextSaysHowItIs(t *testing.T) {
	for _, c := range []struct {
		name  string
		check func(context.Context) (platform.Health, error)
		want  string
		about string
	}{
		{"well", healthy(platform.Health{Objects: 1200}), "1,200 running well", "http://other.example"},
		{"empty", healthy(platform.Health{}), "answers", ""},
		{"failing", healthy(platform.Health{Objects: 9, Failing: 2, AtRisk: 3}), "at least 2 failing", ""},
		{"at risk", healthy(platform.Health{Objects: 9, AtRisk: 3}), "at least 3 at risk", ""},
		{"away", failing(offline{errors.New("connection refused")}), "offline", "connection refused"},
		{"broken", failing(errors.New("a setting is wrong")), "cannot be opened", "a setting is wrong"},
	} {
		chooser, _ := newChooser(t, named("front", healthy(platform.Health{})), named("other", c.check))
		chooser.answer(t, 1)
		row := chooser.rows[1]
		if got := ansi.Strip(chooser.health(row)); !strings.HasSuffix(got, " "+c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if !strings.Contains(row.about(), c.about) {
			t.Errorf("%s: about is %q", c.name, row.about())
		}
	}
}

func TestAContextThatDoesNotAnswerSaysForHowLong(t *testing.T) {
	c, s := newChooser(t, named("front", nil), named("slow", nil))
	c.rows[1].asked = s.now
	if got := ansi.Strip(c.health(c.rows[1])); !strings.HasSuffix(got, "asking") {
		t.Errorf("got %q", got)
	}
	s.now = s.now.Add(2500 * time.Millisecond)
	if got := ansi.Strip(c.health(c.rows[1])); !strings.HasSuffix(got, "no answer for 2s") {
		t.Errorf("got %q", got)
	}
	if got := c.count(); got != "0 of 2 asked" {
		t.Errorf("got %q", got)
	}
}

func TestAContextThatCannotBeOpenedCostsItselfOnly(t *testing.T) {
	bad := space.Context{Name: "bad", Platform: "Flink", Open: func() (*platform.Session, error) {
		return nil, errors.New("token: no such file")
	}}
	c, _ := newChooser(t, named("front", healthy(platform.Health{Objects: 1})), bad)
	for i := range 2 {
		c.answer(t, i)
	}
	if c.waiting() || c.count() != "2 contexts" || c.rows[1].about() != "token: no such file" {
		t.Errorf("waiting %v, %q, %q", c.waiting(), c.count(), c.rows[1].about())
	}
}

func TestAFilterLooksAtNameAddressPlatformAndLabel(t *testing.T) {
	prod := named("orders-eu", nil)
	prod.Label, prod.Platform = "PRODUCTION", "Confluent Cloud"
	c, s := newChooser(t, named("dev", nil), prod, named("test", nil))
	for query, want := range map[string][]string{
		"": {"dev", "orders-eu", "test"}, "EU": {"orders-eu"}, "production": {"orders-eu"}, "cloud": {"orders-eu"},
		"test.example": {"test"},
	} {
		c.filter.Set(query)
		c.search()
		if got := c.names(); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
	}
	c.filter.Set("nowhere")
	c.search()
	enter := tea.KeyMsg{Type: tea.KeyEnter}
	c.press(enter)
	if s.closed != 0 || !strings.Contains(ansi.Strip(c.View()), "no context matches /nowhere") {
		t.Errorf("closed %d times\n%s", s.closed, ansi.Strip(c.View()))
	}
	c.filter.Set("")
	c.search()
	c.press(letters("/te")...)
	if !c.Typing() || !slices.Equal(c.names(), []string{"test"}) {
		t.Errorf("typing %v: %q", c.Typing(), c.names())
	}
	c.press(enter, enter)
	if s.to != "test" || s.closed != 1 {
		t.Errorf("goes to %q, closed %d times", s.to, s.closed)
	}
}

func TestTheCursorStaysOnItsContext(t *testing.T) {
	c, _ := newChooser(t, named("dev", nil), named("orders", nil), named("test", nil))
	c.press(tea.KeyMsg{Type: tea.KeyDown}, tea.KeyMsg{Type: tea.KeyDown}, tea.KeyMsg{Type: tea.KeyDown})
	if row, _ := c.selected(); row.Name != "test" {
		t.Fatalf("on %s", row.Name)
	}
	c.press(letters("/e")...) // dev, orders, test
	c.press(letters("st")...)
	c.press(tea.KeyMsg{Type: tea.KeyEsc})
	if row, ok := c.selected(); !ok || row.Name != "test" || len(c.shown) != 3 {
		t.Errorf("on %s of %d", row.Name, len(c.shown))
	}
}

func TestTheBoxIsNeverWiderThanTheScreen(t *testing.T) {
	long := named(strings.Repeat("東京", 20), healthy(platform.Health{Objects: 5, Failing: 5}))
	long.Address, long.Label, long.Colour = strings.Repeat("http://x", 30), "a\x1b[2Jb", "red"
	broken := named("broken", failing(errors.New(strings.Repeat("why ", 80)+"\x1b[2J")))
	var many []space.Context
	for i := range 30 {
		many = append(many, named(strings.Repeat("x", i+1), nil))
	}
	c, _ := newChooser(t, append([]space.Context{long, broken}, many...)...)
	c.answer(t, 0)
	c.answer(t, 1)
	for _, size := range [][2]int{{60, 16}, {80, 24}, {140, 40}, {220, 50}} {
		c.SetSize(size[0], size[1])
		for range 33 {
			box := c.Box()
			if len(box) > size[1]-2 {
				t.Fatalf("%v: %d lines", size, len(box))
			}
			for _, line := range box {
				if clean.Width(line) > size[0] || strings.Contains(line, "\x1b[2J") {
					t.Fatalf("%v: %d columns: %q", size, clean.Width(line), line)
				}
			}
			c.press(tea.KeyMsg{Type: tea.KeyDown})
		}
		c.cursor = 0
	}
}
