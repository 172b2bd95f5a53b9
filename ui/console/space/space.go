// Package space is what is shown of one context: its tabs and the pages on them, where one
// is and was, how its lists are shown, and the sizes of it all on the screen. Of several
// spaces the console shows one; the others stay as they were left, and ask nothing.
package space

import (
	"cmp"
	"context"
	"time"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/platform"
	"drey/views/scopes"
	"drey/views/tasks"
)

// Space is what is shown of one context. A context that is out of sight keeps its
// places, its buffers and what it runs, and asks nothing.
type Space struct {
	Context
	Env        *views.Env
	ScopesPane *scopes.Pane
	Tabs       []*Tab
	Nav        nav
	Lists      lists
	Tasks      *tasks.Store
	About      platform.About // zero until the server told
	Begun      bool           // it was shown
	Err        error          // why it could not be opened
	Rects      Rects

	problems string // the tab that GoToProblems went to last
}

// Settings are what all contexts are shown by.
type Settings struct {
	Theme *themes.Theme
	Keys  *keymap.Map
	Now   func() time.Time
	// ReadFile reads a file whose path was typed; nil: none can be read.
	ReadFile func(path string) (string, error)
	External bool      // the person has an editor of their own
	Contexts []Context // that there are
}

// New opens a context.
func New(ctx context.Context, c Context, set Settings) *Space {
	s := &Space{Context: c, Tasks: tasks.NewStore(c.Journal)}
	s.Reopen(ctx, set)
	return s
}

// Reopen opens the context's server. Where it cannot be opened the context is shown
// empty, with the reason.
func (s *Space) Reopen(ctx context.Context, set Settings) {
	c := s.Context
	if s.Session == nil || s.Err != nil {
		if s.Session, s.Err = c.Open(); s.Err != nil {
			s.Session = unopened(c, s.Err)
		}
	}
	s.Begun, s.About = false, platform.About{}
	where := s.Session.Server()
	where.Name, where.ConfirmTyped = c.Name, c.ConfirmTyped
	s.Env = &views.Env{
		Context: ctx, Server: where, Theme: set.Theme.WithColour(c.Colour), Keys: set.Keys, Now: set.Now,
		Tasks: s.Tasks,
	}
	s.Env.Editing = editing(c, set)
	s.Env.Elsewhere = elsewhere(c, set)
	if s.Session.Transport != nil {
		s.Env.ClockOffset = s.Session.Transport.ClockOffset
	}
	s.ScopesPane = scopes.New(s.Env, s.Session, c.Environment)
	s.Tabs = s.makeTabs()
	s.Nav = newNav(c.Environment)
	s.Lists = newLists(s)
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

// Product is what the server is called where it stands beside its name.
func (s *Space) Product() string { return cmp.Or(s.About.Product, s.Session.Title, s.Platform) }

// Views are those that live, what is in front first.
func (s *Space) Views() []views.View {
	var all []views.View
	for i := len(s.Nav.Pages) - 1; i >= 0; i-- {
		all = append(all, s.Nav.Pages[i].view)
	}
	all = append(all, s.ScopesPane)
	for _, t := range s.Tabs {
		if t.View != nil {
			all = append(all, t.View)
		}
	}
	return all
}

// HasScopes tells that the objects are divided into scopes, which have a pane.
func (s *Space) HasScopes() bool { return s.Session.Scopes != nil }

// editing is what views of a context need to edit texts.
func editing(c Context, set Settings) views.Editing {
	e := views.Editing{ReadFile: set.ReadFile, External: set.External}
	if c.Drafts != nil {
		e.Drafts = c.Drafts()
	}
	return e
}
