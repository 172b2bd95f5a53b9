package console

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"drey/keymap"
	"drey/ui/console/chooser"
	"drey/views"
)

// newHelp lists every key that works now, from the live key map; an entry that
// is chosen is pressed.
func newHelp(r *Root) *chooser.Chooser {
	c := r.newChooser("Keys", "/")
	listed := map[string]bool{}
	add := func(b key.Binding, text, group string) {
		if !b.Enabled() || len(b.Keys()) == 0 || listed[b.Keys()[0]] {
			return
		}
		listed[b.Keys()[0]] = true
		shown := make([]string, 0, 2)
		for _, k := range b.Keys()[:min(len(b.Keys()), 2)] {
			shown = append(shown, keymap.Name(k))
		}
		c.Add(chooser.Entry{Keys: strings.Join(shown, " "), Text: text, Aside: group, Run: runKeyMsg{b.Keys()[0]}}, shown...)
	}
	if m, ok := r.Focused().(views.Manual); ok {
		for _, chapter := range m.Manual() {
			c.Entries = append(c.Entries, chooser.Entry{Text: strings.ToUpper(chapter.Title)})
			for _, hint := range chapter.Hints {
				add(hint.Binding, hint.Text(), hint.Refused)
			}
		}
	} else if h, ok := r.Focused().(views.Hinter); ok {
		c.Entries = append(c.Entries, chooser.Entry{Text: strings.ToUpper(r.Focused().Title())})
		for _, hint := range h.Hints() {
			add(hint.Binding, hint.Text(), hint.Refused)
		}
	}
	heading := ""
	for _, e := range r.Env.Keys.Entries() {
		context := e.Context()
		if context != "move" && context != "global" {
			continue
		}
		if context != heading {
			heading = context
			c.Entries = append(c.Entries, chooser.Entry{
				Text: map[string]string{"move": "MOVING", "global": "EVERYWHERE"}[context],
			})
		}
		add(*e.Binding, e.Binding.Help().Desc, e.ID)
	}
	c.Entries = append(c.Entries, chooser.Entry{
		Text: "FILTER  words · a|b · !not · ~fuzzy · label=value · column:value · column:=exactly · \"two words\"",
	})
	c.Entries = append(c.Entries, chooser.Entry{Text: "TMUX  set -g escape-time 10, or esc comes late"})
	c.Search()
	return c
}
