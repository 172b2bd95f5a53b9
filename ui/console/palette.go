package console

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/ui/console/address"
	"drey/ui/console/chooser"
	"drey/ui/console/tty"
	"drey/views"
	"drey/views/browse"
	"drey/views/clean"
	"drey/views/grid"
)

// New makes a list to choose from that lies over the screen.
func (r *Root) newChooser(title, prompt string) *chooser.Chooser {
	return chooser.New(r.Env, title, prompt, r.closeOverlay)
}

// openPalette opens it with the objects that are known; those of other environments and
// kinds come as soon as they are listed.
func (r *Root) openPalette() tea.Cmd {
	r.command = newPalette(r)
	return tea.Batch(r.openOverlay(r.command), r.objects.Ask(r.Space, r.box.Ask))
}

// newPalette lists what can be gone to and done by name; what was run lately
// comes first.
func newPalette(r *Root) *chooser.Chooser {
	c := r.newChooser("Command", ":")
	c.Dynamic = r.typedEntry
	c.Chosen = func(text string) { r.Nav.Recent = remember(r.Nav.Recent, text) }
	for _, t := range r.Tabs {
		c.Add(
			chooser.Entry{
				Text: strings.ToLower(t.Title), Aside: "tab  " + strings.Join(t.Aliases, " "),
				Run: views.GoMsg{Tab: t.Name},
			},
			t.Aliases...,
		)
	}
	r.addOnRequest(c)
	r.addScopes(c)
	if front, ok := r.Front().(views.Commander); ok && len(r.Nav.Pages) == 0 {
		for _, own := range front.Commands() {
			c.Add(chooser.Entry{Text: own.Text, Aside: own.Aside, Run: views.CommandMsg{Msg: own.Msg}})
		}
	}
	r.addContexts(c)
	if r.Env.Editing.Drafts != nil {
		c.Add(chooser.Entry{Text: "drafts", Aside: "what is edited and not applied", Run: draftsMsg{}}, "edit")
	}
	r.addSettings(c)
	r.addActions(c)
	slices.SortStableFunc(c.Entries, func(a, b chooser.Entry) int {
		return rankIn(r.Nav.Recent, a.Text) - rankIn(r.Nav.Recent, b.Text)
	})
	for _, e := range r.objects.Entries(r.Space) {
		c.Add(e)
	}
	c.Search()
	return c
}

// addOnRequest lists the kinds whose objects are listed only when somebody asks.
func (r *Root) addOnRequest(c *chooser.Chooser) {
	for _, k := range r.Session.OnRequest {
		info, scope := k.Info(), r.Nav.Environment
		where := "of all"
		if scope != "" {
			where = "in " + clean.Text(scope)
		}
		open := views.OpenMsg{Title: info.Title, Make: func(env *views.Env) views.View {
			return browse.ViewIn(k, env, scope)
		}}
		c.Add(
			chooser.Entry{
				Text: strings.ToLower(info.Title), Aside: "list " + where + "  " + strings.Join(info.Aliases, " "),
				Run: open,
			},
			info.Aliases...,
		)
	}
}

// addScopes lists the scopes, and the list of all of them.
func (r *Root) addScopes(c *chooser.Chooser) {
	if !r.HasScopes() {
		return
	}
	for _, e := range r.ScopesPane.Rows() {
		name, aside := e.Name, r.Session.Scopes.Singular
		if name == "" {
			name, aside = "all", "every "+aside
		}
		if e.Known {
			aside += "  " + grid.Thousands(e.Health.Objects)
		}
		environment := e.Name
		c.Add(
			chooser.Entry{Text: clean.Text(name), Aside: aside, Run: views.GoMsg{Environment: &environment}}, "env",
			"environment",
		)
	}
	if list := r.ScopesList(); list != nil {
		c.Add(
			chooser.Entry{
				Text: strings.ToLower(r.Session.Scopes.Plural), Aside: "list of all",
				Run: views.OpenMsg{Title: r.Session.Scopes.Title, Make: list},
			},
			"envs",
		)
	}
}

// addContexts lists the other contexts, and the chooser of them.
func (r *Root) addContexts(c *chooser.Chooser) {
	for _, x := range r.contexts() {
		if x.Name != r.Space.Name {
			c.Add(
				chooser.Entry{
					Text: "ctx " + clean.Text(x.Name), Aside: "context  " + clean.Text(x.Label), Run: switchMsg{x.Name},
				},
				"context",
			)
		}
	}
	key := r.Env.Keys.Global.Contexts.Keys()[0]
	c.Add(chooser.Entry{Text: "contexts", Aside: keymap.Name(key), Run: runKeyMsg{key}}, "ctx")
}

// addSettings lists what keys do everywhere, and the themes.
func (r *Root) addSettings(c *chooser.Chooser) {
	g := r.Env.Keys.Global
	for _, b := range []struct {
		text string
		key  string
		also []string
	}{
		{"calls", g.Calls.Keys()[0], []string{"log", "api"}},
		{"server", g.Server.Keys()[0], []string{"about", "system", "resources", "licence", "license", "version"}},
		{"help", g.Help.Keys()[0], []string{"keys"}},
		{"refresh", g.Refresh.Keys()[0], nil},
		{"zoom", g.Zoom.Keys()[0], nil},
		{"mouse", g.Mouse.Keys()[0], nil},
		{"error", g.LastErr.Keys()[0], nil},
	} {
		c.Add(chooser.Entry{Text: b.text, Aside: keymap.Name(b.key), Run: runKeyMsg{b.key}}, b.also...)
	}
	for _, name := range themes.Names() {
		c.Add(chooser.Entry{Text: "theme " + name, Aside: "look", Run: restyleMsg{name}})
	}
	c.Add(chooser.Entry{Text: "quit", Aside: "leave drey", Run: quitMsg{}}, "q", "exit")
}

// typedEntry is what is typed as a whole: an address, a context, or a tab with
// arguments.
func (r *Root) typedEntry(typed string) (chooser.Entry, bool) {
	if e, ok := openEntry(typed); ok {
		return e, true
	}
	if e, ok := r.contextEntry(typed); ok {
		return e, true
	}
	return r.argumentEntry(typed)
}

// openEntry opens an address that was typed or pasted, with or without "open"
// before it.
func openEntry(typed string) (chooser.Entry, bool) {
	text := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(typed), "open "))
	if !strings.HasPrefix(text, address.Scheme+"://") {
		return chooser.Entry{}, false
	}
	a, err := address.Parse(text)
	if err != nil {
		return chooser.Entry{Text: "open", Aside: clean.Text(err.Error()), Run: views.NoticeMsg{
			Text: "cannot open " + text + ": " + err.Error(), Tone: warnTone,
		}}, true
	}
	return chooser.Entry{Text: "open " + clean.Text(a.String()), Run: openMsg{a}}, true
}

// rankIn is the place of text among the recent ones, behind them all when it
// is none.
func rankIn(recent []string, text string) int {
	if i := slices.Index(recent, text); i >= 0 {
		return i
	}
	return len(recent)
}

// restyleMsg chooses another theme.
type restyleMsg struct{ name string }

func (r *Root) restyle(name string) tea.Cmd {
	old := r.Env.Theme
	depth := old.Depth
	if depth == themes.Colour16 {
		depth = r.opts.Theme.Depth
	}
	ground := themes.LightGround
	if old.Dark {
		ground = themes.DarkGround
	}
	theme, _ := themes.New(themes.Options{Name: name, Depth: depth, ASCII: old.Glyphs.ASCII, Ground: ground})
	return r.adoptTheme(theme)
}

// groundTime is how long a terminal has for saying what its ground is.
const groundTime = 500 * time.Millisecond

// awaitGround takes the ground as unknown when the terminal does not answer.
func (r *Root) awaitGround() tea.Cmd {
	if r.opts.ThemeOn == nil {
		return nil
	}
	return r.box.After("ground", groundTime, tty.GroundMsg{Ground: themes.UnknownGround})
}

// adoptGround chooses the theme for the terminal's ground, unless the person
// chose one meanwhile.
func (r *Root) adoptGround(ground themes.Ground) tea.Cmd {
	if r.opts.ThemeOn == nil || r.theme != r.opts.Theme {
		return nil
	}
	theme := r.opts.ThemeOn(ground)
	if theme.Name == r.theme.Name && theme.Ground == r.theme.Ground {
		return nil
	}
	r.opts.Theme = theme
	return r.adoptTheme(theme)
}

func (r *Root) adoptTheme(theme *themes.Theme) tea.Cmd {
	r.theme = theme
	for _, s := range r.spaces {
		s.Env.Theme = theme.WithColour(s.Colour)
	}
	var cmds []tea.Cmd
	for _, v := range r.all() {
		cmds = append(cmds, v.Update(views.RestyledMsg{}))
	}
	return tea.Batch(cmds...)
}

// remember puts text first.
func remember(recent []string, text string) []string {
	next := []string{text}
	for _, r := range recent {
		if r != text && len(next) < 8 {
			next = append(next, r)
		}
	}
	return next
}
