package console

import (
	"context"

	"drey/views"
	"drey/views/platform"
	"drey/views/scopes"
)

// space is one context: a server, and everything that is shown of it. A context
// that is out of sight keeps its places and asks nothing.
type space struct {
	name  string // of the context
	env   *views.Env
	fleet *scopes.Pane
	tabs  []*tab
	nav   nav
	lists lists
	about platform.About // zero until the server told
}

func newSpace(ctx context.Context, opts Options) *space {
	where := opts.Session.Server()
	where.Name = opts.Name
	s := &space{name: opts.Name, env: &views.Env{Context: ctx, Server: where, Theme: opts.Theme, Keys: opts.Keys, Now: opts.Now}}
	s.fleet = scopes.New(s.env, opts.Session, opts.Environment)
	s.tabs = makeTabs(opts)
	s.nav = newNav(opts.Environment)
	s.lists = newLists(opts)
	return s
}

// views are those that live, what is in front first.
func (s *space) views() []views.View {
	var all []views.View
	for i := len(s.nav.pages) - 1; i >= 0; i-- {
		all = append(all, s.nav.pages[i].view)
	}
	all = append(all, s.fleet)
	for _, t := range s.tabs {
		if t.view != nil {
			all = append(all, t.view)
		}
	}
	return all
}
