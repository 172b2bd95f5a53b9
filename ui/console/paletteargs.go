package console

import (
	"cmp"
	"slices"
	"strings"

	"drey/ui/console/space"
	"drey/views"
	"drey/views/clean"
)

// addActions lists what can be done to the row in front; what cannot says why.
func (c *chooser) addActions(r *Root) {
	h, ok := r.Front().(views.Hinter)
	if !ok {
		return
	}
	for _, hint := range h.Hints() {
		if len(hint.Binding.Keys()) == 0 {
			continue
		}
		e := entry{text: hint.Text(), aside: "here  " + hint.Binding.Help().Key, run: runKeyMsg{hint.Binding.Keys()[0]}}
		if hint.Refused != "" {
			e.aside = "not now: " + clean.Text(hint.Refused)
			e.run = views.NoticeMsg{Text: "cannot " + hint.Text() + ": " + hint.Refused, Tone: warnTone}
		}
		c.add(e)
	}
}

// mostObjects is how many objects of the lists that are loaded the palette has.
const mostObjects = 20_000

// addObjects lists the objects of all lists that are loaded.
func (c *chooser) addObjects(r *Root) {
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
			c.add(entry{text: clean.Text(ref.Name), aside: aside, run: msg})
		}
	}
}

// argumentEntry reads a tab with what it is to show: app orders, sp -e prod.
func (r *Root) argumentEntry(typed string) (entry, bool) {
	words := strings.Fields(typed)
	if len(words) < 2 {
		return entry{}, false
	}
	i := slices.IndexFunc(r.Tabs, func(t *space.Tab) bool {
		if t.Name == space.SQLTab {
			return false // it shows no rows to filter
		}
		return strings.EqualFold(t.Name, words[0]) || strings.EqualFold(t.Title, words[0]) ||
			slices.Contains(t.Aliases, strings.ToLower(words[0]))
	})
	if i < 0 {
		return entry{}, false
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
			return entry{text: typed, aside: "-e wants a name", run: views.NoticeMsg{
				Text: "-e wants the name of a " + r.ScopeWord(), Tone: warnTone,
			}}, true
		}
		name, ok := r.ScopeNamed(words[w])
		if !ok {
			return entry{text: typed, aside: "no such " + r.ScopeWord(), run: views.NoticeMsg{
				Text: "there is no " + r.ScopeWord() + " " + words[w], Tone: warnTone,
			}}, true
		}
		msg.Environment = &name
		aside += " in " + clean.Text(cmp.Or(name, "all"))
	}
	if msg.Filter = strings.Join(filter, " "); msg.Filter != "" {
		aside += "  filter " + clean.Text(msg.Filter)
	}
	return entry{text: clean.Text(strings.TrimSpace(typed)), aside: aside, run: msg}, true
}

// contextEntry reads "ctx NAME" where no other context begins with NAME: it is
// this one, or there is none. A search would find one that only looks like it.
func (r *Root) contextEntry(typed string) (entry, bool) {
	word, name, _ := strings.Cut(strings.TrimSpace(typed), " ")
	name = strings.TrimSpace(name)
	if name == "" || word != "ctx" && word != "context" {
		return entry{}, false
	}
	aside := "this is it"
	if name != r.Space.Name {
		if slices.ContainsFunc(r.contexts(), func(x space.Context) bool {
			return x.Name != r.Space.Name && strings.HasPrefix(strings.ToLower(x.Name), strings.ToLower(name))
		}) {
			return entry{}, false
		}
		aside = "no such context"
	}
	return entry{text: clean.Text(word + " " + name), aside: aside, run: switchMsg{name}}, true
}

// rankOf tells how well an entry fits a query, less is better: its text is it, begins
// with it, a word begins with it, or it is somewhere in it; -1 when it is nowhere.
func rankOf(e *entry, query string) int {
	at := strings.Index(e.search, query)
	switch {
	case at < 0:
		return -1
	case len(e.text) == len(query) && at == 0:
		return 0
	case at == 0:
		return 1
	}
	for ; at >= 0; at = nextIndex(e.search, query, at) {
		if strings.ContainsRune(" -_./", rune(e.search[at-1])) {
			return 2
		}
	}
	return 3
}

func nextIndex(s, part string, after int) int {
	i := strings.Index(s[after+1:], part)
	if i < 0 {
		return -1
	}
	return after + 1 + i
}
