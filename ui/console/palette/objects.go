// Package palette has the objects that the palette goes to: those of the lists that are
// loaded, and of every other environment and kind whose lists take few questions, which
// are listed for it alone. It sends nothing by itself and changes nothing.
package palette

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/urgency"
	"drey/ui/console/chooser"
	"drey/ui/console/space"
	"drey/views"
	"drey/views/clean"
	"drey/views/platform"
)

const (
	// mostObjects is how many objects the palette has.
	mostObjects = 20_000
	// mostListed is how many objects of a kind, and in how many scopes, are listed for the
	// palette alone: a question a scope, and as much memory as they take for a moment.
	mostListed, mostScopesListed = 5_000, 50
	// listedFor is how long what was listed for it is good.
	listedFor = 30 * time.Second
)

// Objects are what is known of those that no list on the screen has. Its zero value
// knows none.
type Objects struct {
	of    *space.Space // whose objects these are
	kinds map[string]listedKind
}

// listedKind is what was listed of one kind, and when.
type listedKind struct {
	at   time.Time
	refs []views.Ref
}

// ListedMsg is what was listed of one kind.
type ListedMsg struct {
	of   *space.Space
	kind string
	refs []views.Ref
}

// Asker asks off the loop, by the name of the question.
type Asker func(name string, ask func(context.Context) tea.Msg) tea.Cmd

// Ask lists what no list has, where that takes few questions; each kind is answered by
// a ListedMsg.
func (o *Objects) Ask(of *space.Space, ask Asker) tea.Cmd {
	if o.of != of {
		*o = Objects{of: of, kinds: map[string]listedKind{}}
	}
	var cmds []tea.Cmd
	for _, k := range unlisted(of) {
		kind := k.Info().Name
		if of.Env.Now().Sub(o.kinds[kind].at) < listedFor {
			continue
		}
		cmds = append(cmds, ask("palette "+kind, func(ctx context.Context) tea.Msg {
			table, _ := k.List(urgency.With(ctx, urgency.Shown), "") // its own tab says what is wrong
			msg := ListedMsg{of: of, kind: kind}
			for _, row := range table.Rows {
				msg.refs = append(msg.refs, row.Ref)
			}
			return msg
		}))
	}
	return tea.Batch(cmds...)
}

// unlisted are the kinds with a tab whose list of all is not loaded and takes few questions.
func unlisted(s *space.Space) []platform.Kind {
	var kinds []platform.Kind
	for _, k := range s.Session.Kinds {
		info := k.Info()
		i := s.TabNamed(info.Name)
		if i < 0 || s.Tabs[i].Missing != "" || info.Scoped && !few(s, info.Name) {
			continue
		}
		if s.Tabs[i].View != nil && (!info.Scoped || s.Nav.Environment == "") {
			continue
		}
		kinds = append(kinds, k)
	}
	return kinds
}

// few tells that the objects of a kind are listed with few questions, each of few objects.
func few(s *space.Space, kind string) bool {
	if !s.HasScopes() || len(s.ScopesPane.Rows()) > mostScopesListed {
		return false
	}
	objects, known := s.ScopesPane.Counted(kind)
	return known && objects <= mostListed
}

// Take takes what was listed and gives the entries of what is new, none where the space
// in front is another one by now.
func (o *Objects) Take(msg ListedMsg, front *space.Space) []chooser.Entry {
	if msg.of != o.of {
		return nil
	}
	o.kinds[msg.kind] = listedKind{msg.of.Env.Now(), msg.refs}
	if front != o.of {
		return nil
	}
	return entriesOf(o.of, msg.refs, loadedRefs(o.of))
}

// loadedRefs are the objects of all lists that are loaded.
func loadedRefs(s *space.Space) []views.Ref {
	var refs []views.Ref
	for _, t := range s.Tabs {
		l, ok := t.View.(views.Lister)
		if !ok {
			continue
		}
		for _, ref := range l.Objects() {
			ref.Kind = t.Name
			refs = append(refs, ref)
		}
	}
	return refs
}

// Entries are the objects of all lists that are loaded, and those that were listed for
// the palette a while ago.
func (o *Objects) Entries(s *space.Space) []chooser.Entry {
	loaded := loadedRefs(s)
	entries := entriesOf(s, loaded, nil)
	for _, t := range s.Tabs {
		if k := o.kinds[t.Name]; o.of == s && s.Env.Now().Sub(k.at) < listedFor {
			entries = append(entries, entriesOf(s, k.refs, loaded)...)
		}
	}
	return entries[:min(len(entries), mostObjects)]
}

// objectAddress is where an object is, whatever its UID.
type objectAddress struct{ kind, scope, parent, name string }

func addressOf(ref views.Ref) objectAddress {
	return objectAddress{ref.Kind, ref.Scope, ref.Parent, ref.Name}
}

// entriesOf are the entries of the objects that are not known already.
func entriesOf(s *space.Space, refs, known []views.Ref) []chooser.Entry {
	had := make(map[objectAddress]bool, len(known))
	for _, ref := range known {
		had[addressOf(ref)] = true
	}
	var entries []chooser.Entry
	for _, ref := range refs {
		i := s.TabNamed(ref.Kind)
		if i < 0 || had[addressOf(ref)] {
			continue
		}
		msg := views.GoMsg{Tab: s.Tabs[i].Name, Name: ref.Name, Link: true}
		aside := strings.ToLower(s.Tabs[i].Title)
		if ref.Scope != "" {
			aside += " in " + clean.Text(ref.Scope)
			msg.Environment = &ref.Scope
		}
		entries = append(entries, chooser.Entry{
			Text: clean.Text(ref.Name), Aside: aside, Run: msg, Within: ref.Scope + " " + s.Tabs[i].Title,
		})
	}
	return entries
}
