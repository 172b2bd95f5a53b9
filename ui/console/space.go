package console

import (
	"cmp"
	"context"
	"strconv"

	"drey/views"
	"drey/views/platform"
	"drey/views/scopes"
	"drey/views/tasks"
)

// space is what is shown of one context. A context that is out of sight keeps its
// places, its buffers and what it runs, and asks nothing.
type space struct {
	Context
	env   *views.Env
	fleet *scopes.Pane
	tabs  []*tab
	nav   nav
	lists lists
	tasks *tasks.Store
	about platform.About // zero until the server told
	begun bool           // it was shown
	err   error          // why it could not be opened
}

// newSpace opens a context.
func newSpace(ctx context.Context, c Context, opts Options) *space {
	s := &space{Context: c, tasks: tasks.NewStore(c.Journal)}
	s.open(ctx, opts)
	return s
}

// open opens the context's server. Where it cannot be opened the context is shown
// empty, with the reason.
func (s *space) open(ctx context.Context, opts Options) {
	c := s.Context
	if s.Session == nil || s.err != nil {
		if s.Session, s.err = c.Open(); s.err != nil {
			s.Session = unopened(c, s.err)
		}
	}
	s.begun, s.about = false, platform.About{}
	where := s.Session.Server()
	where.Name, where.ConfirmTyped = c.Name, c.ConfirmTyped
	s.env = &views.Env{
		Context: ctx, Server: where, Theme: opts.Theme.WithColour(c.Colour), Keys: opts.Keys, Now: opts.Now,
		Tasks: s.tasks,
	}
	s.env.Editing = editing(c, opts)
	s.env.Elsewhere = elsewhere(c, opts)
	if s.Session.Transport != nil {
		s.env.ClockOffset = s.Session.Transport.ClockOffset
	}
	s.fleet = scopes.New(s.env, s.Session, c.Environment)
	s.tabs = s.makeTabs()
	s.nav = newNav(c.Environment)
	s.lists = newLists(s)
}

// unopened stands for a server that cannot be reached as things are: its settings
// name a file that is not there, for example.
func unopened(c Context, err error) *platform.Session {
	fail := func(context.Context) (platform.About, error) { return platform.About{}, err }
	return &platform.Session{
		Name: c.Name, Title: c.Platform, Address: c.Address, Probe: fail,
		Tabs: func() []platform.Tab {
			return []platform.Tab{{
				Name: "problem", Title: "Problem", Short: "Problem",
				New: func(env *views.Env) views.View { return newProblem(env, err) },
			}}
		},
		Scopes: &platform.Scopes{
			Title: "Environments", Short: "Envs",
			List: func(context.Context) ([]platform.Scope, bool, error) { return nil, false, err },
		},
		Counters: func() []platform.Counter { return nil },
		Close:    func() {},
	}
}

// title is what the server is called where it stands beside its name.
func (s *space) title() string { return cmp.Or(s.about.Product, s.Session.Title, s.Platform) }

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

// hasScopes tells that the objects are divided into scopes, which have a pane.
func (s *space) hasScopes() bool { return s.Session.Scopes != nil }

// firstTab is the digit of the first tab: that of the scopes comes before it.
func (s *space) firstTab() int {
	if s.hasScopes() {
		return 2
	}
	return 1
}

// tabDigit is the key that shows a tab, "" for one beyond nine.
func (s *space) tabDigit(i int) string {
	if n := i + s.firstTab(); n <= 9 {
		return strconv.Itoa(n)
	}
	return ""
}
