package console

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/ui/console/address"
	"drey/ui/console/tty"
	"drey/views"
	"drey/views/browse"
	"drey/views/clean"
	"drey/views/grid"
)

// newPalette lists what can be gone to and done by name; what was run lately
// comes first.
func newPalette(r *Root) *chooser {
	c := &chooser{root: r, title: "Command", prompt: ":", dynamic: r.typedEntry}
	for _, t := range r.Tabs {
		c.add(
			entry{
				text: strings.ToLower(t.Title), aside: "tab  " + strings.Join(t.Aliases, " "),
				run: views.GoMsg{Tab: t.Name},
			},
			t.Aliases...,
		)
	}
	c.addOnRequest(r)
	c.addScopes(r)
	if front, ok := r.Front().(views.Commander); ok && len(r.Nav.Pages) == 0 {
		for _, own := range front.Commands() {
			c.add(entry{text: own.Text, aside: own.Aside, run: views.CommandMsg{Msg: own.Msg}})
		}
	}
	c.addContexts(r)
	if r.Env.Editing.Drafts != nil {
		c.add(entry{text: "drafts", aside: "what is edited and not applied", run: draftsMsg{}}, "edit")
	}
	c.addSettings(r)
	c.addActions(r)
	slices.SortStableFunc(c.entries, func(a, b entry) int {
		return rankIn(r.Nav.Recent, a.text) - rankIn(r.Nav.Recent, b.text)
	})
	c.addObjects(r)
	c.search()
	return c
}

// addOnRequest lists the kinds whose objects are listed only when somebody asks.
func (c *chooser) addOnRequest(r *Root) {
	for _, k := range r.Session.OnRequest {
		info, scope := k.Info(), r.Nav.Environment
		where := "of all"
		if scope != "" {
			where = "in " + clean.Text(scope)
		}
		open := views.OpenMsg{Title: info.Title, Make: func(env *views.Env) views.View {
			return browse.ViewIn(k, env, scope)
		}}
		c.add(
			entry{
				text: strings.ToLower(info.Title), aside: "list " + where + "  " + strings.Join(info.Aliases, " "),
				run: open,
			},
			info.Aliases...,
		)
	}
}

// addScopes lists the scopes, and the list of all of them.
func (c *chooser) addScopes(r *Root) {
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
		c.add(
			entry{text: clean.Text(name), aside: aside, run: views.GoMsg{Environment: &environment}}, "env",
			"environment",
		)
	}
	if list := r.ScopesList(); list != nil {
		c.add(
			entry{
				text: strings.ToLower(r.Session.Scopes.Plural), aside: "list of all",
				run: views.OpenMsg{Title: r.Session.Scopes.Title, Make: list},
			},
			"envs",
		)
	}
}

// addContexts lists the other contexts, and the chooser of them.
func (c *chooser) addContexts(r *Root) {
	for _, x := range r.contexts() {
		if x.Name != r.Space.Name {
			c.add(
				entry{
					text: "ctx " + clean.Text(x.Name), aside: "context  " + clean.Text(x.Label), run: switchMsg{x.Name},
				},
				"context",
			)
		}
	}
	key := r.Env.Keys.Global.Contexts.Keys()[0]
	c.add(entry{text: "contexts", aside: keymap.Name(key), run: runKeyMsg{key}}, "ctx")
}

// addSettings lists what keys do everywhere, and the themes.
func (c *chooser) addSettings(r *Root) {
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
		c.add(entry{text: b.text, aside: keymap.Name(b.key), run: runKeyMsg{b.key}}, b.also...)
	}
	for _, name := range themes.Names() {
		c.add(entry{text: "theme " + name, aside: "look", run: restyleMsg{name}})
	}
	c.add(entry{text: "quit", aside: "leave drey", run: quitMsg{}}, "q", "exit")
}

// typedEntry is what is typed as a whole: an address, a context, or a tab with
// arguments.
func (r *Root) typedEntry(typed string) (entry, bool) {
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
func openEntry(typed string) (entry, bool) {
	text := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(typed), "open "))
	if !strings.HasPrefix(text, address.Scheme+"://") {
		return entry{}, false
	}
	a, err := address.Parse(text)
	if err != nil {
		return entry{text: "open", aside: clean.Text(err.Error()), run: views.NoticeMsg{
			Text: "cannot open " + text + ": " + err.Error(), Tone: warnTone,
		}}, true
	}
	return entry{text: "open " + clean.Text(a.String()), run: openMsg{a}}, true
}

func (c *chooser) add(e entry, also ...string) {
	e.search = strings.ToLower(e.text + " " + strings.Join(also, " "))
	c.entries = append(c.entries, e)
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
