package console

import (
	"cmp"
	"slices"
	"strings"

	"drey/ui/console/chooser"
	"drey/ui/console/space"
	"drey/views"
	"drey/views/clean"
)

// addActions lists what can be done to the row in front; what cannot says why.
func (r *Root) addActions(c *chooser.Chooser) {
	h, ok := r.Front().(views.Hinter)
	if !ok {
		return
	}
	for _, hint := range h.Hints() {
		if len(hint.Binding.Keys()) == 0 {
			continue
		}
		e := chooser.Entry{
			Text:  hint.Text(),
			Aside: "here  " + hint.Binding.Help().Key,
			Run:   runKeyMsg{hint.Binding.Keys()[0]},
		}
		if hint.Refused != "" {
			e.Aside = "not now: " + clean.Text(hint.Refused)
			e.Run = views.NoticeMsg{Text: "cannot " + hint.Text() + ": " + hint.Refused, Tone: warnTone}
		}
		c.Add(e)
	}
}

// mostObjects is how many objects of the lists that are loaded the palette has.
const mostObjects = 20_000

// addObjects lists the objects of all lists that are loaded.
func (r *Root) addObjects(c *chooser.Chooser) {
	left := mostObjects
	for _, t := range r.Tabs {
		l, ok := t.View.(views.Lister)
		if !ok {
			continue
		}
		for _, ref := range l.Objects() {
			if left--; left < 0 {
				return
			}
			msg := views.GoMsg{Tab: t.Name, Name: ref.Name, Link: true}
			aside := strings.ToLower(t.Title)
			if ref.Scope != "" {
				aside += " in " + clean.Text(ref.Scope)
				scope := ref.Scope
				msg.Environment = &scope
			}
			c.Add(chooser.Entry{Text: clean.Text(ref.Name), Aside: aside, Run: msg})
		}
	}
}

// argumentEntry reads a tab with what it is to show: app orders, sp -e prod.
func (r *Root) argumentEntry(typed string) (chooser.Entry, bool) {
	words := strings.Fields(typed)
	if len(words) < 2 {
		return chooser.Entry{}, false
	}
	i := slices.IndexFunc(r.Tabs, func(t *space.Tab) bool {
		if t.Name == space.SQLTab {
			return false // it shows no rows to filter
		}
		return strings.EqualFold(t.Name, words[0]) || strings.EqualFold(t.Title, words[0]) ||
			slices.Contains(t.Aliases, strings.ToLower(words[0]))
	})
	if i < 0 {
		return chooser.Entry{}, false
	}
	msg := views.GoMsg{Tab: r.Tabs[i].Name}
	aside := "tab"
	var filter []string
	for w := 1; w < len(words); w++ {
		if words[w] != "-e" {
			filter = append(filter, words[w])
			continue
		}
		if w++; w == len(words) {
			return chooser.Entry{Text: typed, Aside: "-e wants a name", Run: views.NoticeMsg{
				Text: "-e wants the name of a " + r.ScopeWord(), Tone: warnTone,
			}}, true
		}
		name, ok := r.ScopeNamed(words[w])
		if !ok {
			return chooser.Entry{Text: typed, Aside: "no such " + r.ScopeWord(), Run: views.NoticeMsg{
				Text: "there is no " + r.ScopeWord() + " " + words[w], Tone: warnTone,
			}}, true
		}
		msg.Environment = &name
		aside += " in " + clean.Text(cmp.Or(name, "all"))
	}
	if msg.Filter = strings.Join(filter, " "); msg.Filter != "" {
		aside += "  filter " + clean.Text(msg.Filter)
	}
	return chooser.Entry{Text: clean.Text(strings.TrimSpace(typed)), Aside: aside, Run: msg}, true
}

// contextEntry reads "ctx NAME" where no other context begins with NAME: it is
// this one, or there is none. A search would find one that only looks like it.
func (r *Root) contextEntry(typed string) (chooser.Entry, bool) {
	word, name, _ := strings.Cut(strings.TrimSpace(typed), " ")
	name = strings.TrimSpace(name)
	if name == "" || word != "ctx" && word != "context" {
		return chooser.Entry{}, false
	}
	aside := "this is it"
	if name != r.Space.Name {
		if slices.ContainsFunc(r.contexts(), func(x space.Context) bool {
			return x.Name != r.Space.Name && strings.HasPrefix(strings.ToLower(x.Name), strings.ToLower(name))
		}) {
			return chooser.Entry{}, false
		}
		aside = "no such context"
	}
	return chooser.Entry{Text: clean.Text(word + " " + name), Aside: aside, Run: switchMsg{name}}, true
}
