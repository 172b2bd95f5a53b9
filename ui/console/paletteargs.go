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
	row := "here"
	if front, ok := r.Front().(views.Crumber); ok && len(r.Nav.Pages) == 0 && front.Crumb() != "" {
		row = clean.Text(front.Crumb())
	}
	for _, hint := range h.Hints() {
		if len(hint.Binding.Keys()) == 0 {
			continue
		}
		e := chooser.Entry{
			Text:  hint.Text(),
			Aside: row + "  " + hint.Binding.Help().Key,
			Run:   runKeyMsg{hint.Binding.Keys()[0]},
		}
		if hint.Refused != "" {
			e.Aside = "not now: " + clean.Text(hint.Refused)
			e.Run = views.NoticeMsg{Text: "cannot " + hint.Text() + ": " + hint.Refused, Tone: warnTone}
		}
		c.Add(e)
	}
}

// argumentEntry reads a tab with what it is to show, its scope anywhere in it: app orders,
// sp -e prod, -e prod sp, app prod.
func (r *Root) argumentEntry(typed string) (chooser.Entry, bool) {
	words, scope, err := r.takeScope(strings.Fields(typed))
	if len(words) == 0 || len(words) == 1 && scope == nil && err == "" {
		return chooser.Entry{}, false
	}
	i := r.tabCalled(words[0])
	if i < 0 {
		return chooser.Entry{}, false
	}
	if err != "" {
		return chooser.Entry{Text: typed, Aside: err, Run: views.NoticeMsg{Text: err, Tone: warnTone}}, true
	}
	words = words[1:]
	for w, word := range words {
		name, ok := r.ScopeNamed(word)
		if ok && scope == nil && (name == word || name == "") {
			scope, words = &name, slices.Delete(words, w, w+1)
			break
		}
	}
	msg := views.GoMsg{Tab: r.Tabs[i].Name, Environment: scope, Filter: strings.Join(words, " ")}
	aside := "tab"
	if scope != nil {
		aside += " in " + clean.Text(cmp.Or(*scope, "all"))
	}
	if msg.Filter != "" {
		aside += "  filter " + clean.Text(msg.Filter)
	}
	return chooser.Entry{Text: clean.Text(strings.TrimSpace(typed)), Aside: aside, Run: msg}, true
}

// takeScope takes "-e NAME" out of words; err says what is wrong with it.
func (r *Root) takeScope(words []string) (rest []string, scope *string, err string) {
	at := slices.Index(words, "-e")
	switch {
	case at < 0:
		return words, nil, ""
	case at+1 == len(words):
		return words[:at], nil, "name the " + r.ScopeWord() + " after -e"
	}
	name, ok := r.ScopeNamed(words[at+1])
	if !ok {
		err = "there is no " + r.ScopeWord() + " " + words[at+1]
	}
	return slices.Concat(words[:at], words[at+2:]), &name, err
}

// tabCalled is the index of the tab of rows with this name, title or alias, -1 for none.
func (r *Root) tabCalled(word string) int {
	return slices.IndexFunc(r.Tabs, func(t *space.Tab) bool {
		return t.Name != space.SQLTab && (strings.EqualFold(t.Name, word) || strings.EqualFold(t.Title, word) ||
			slices.Contains(t.Aliases, strings.ToLower(word)))
	})
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
