package console

import (
	"context"

	"drey/client/cmf"
	"drey/views"
	"drey/views/kinds"
)

// space is one context: a server, and everything that is shown of it. A context
// that is out of sight keeps its places and asks nothing.
type space struct {
	name   string // of the context
	env    *views.Env
	fleet  *kinds.Fleet
	tabs   []*tab
	nav    nav
	lists  lists
	system *cmf.SystemStatus // nil until the server told
}

func newSpace(ctx context.Context, opts Options) *space {
	s := &space{name: opts.Name, env: &views.Env{Context: ctx, Client: opts.Client, Theme: opts.Theme, Keys: opts.Keys, Now: opts.Now}}
	s.fleet = kinds.NewFleet(s.env, opts.Environment)
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
