package console

import (
	"drey/views"
	"drey/views/detail"
)

// newProblem says why there is nothing to show.
func newProblem(env *views.Env, err error) views.View {
	return detail.NewFixed(env, "problem", detail.Words(err.Error()+"\n\nR tries again"))
}

// newView makes a tab's view: where this server does not have what it shows, one
// that says why.
func (t *tab) newView(env *views.Env) views.View {
	if t.saysMissing = t.Missing != ""; t.saysMissing {
		return detail.NewFixed(env, t.Title, detail.Words(t.Missing+"\n\nR asks the server again"))
	}
	return t.New(env)
}

// handleAbout takes what a server said of itself: which tabs it has follows.
func (s *space) handleAbout(msg aboutMsg) {
	if msg.err != nil {
		return
	}
	s.about = msg.about
	for _, now := range s.Session.Tabs() {
		for _, t := range s.tabs {
			if t.Name != now.Name || t.Missing == now.Missing {
				continue
			}
			if t.Missing = now.Missing; t.saysMissing || now.Missing != "" {
				s.remake(t)
			}
		}
	}
}

// remake makes the view of a tab anew when it is next seen.
func (s *space) remake(t *tab) {
	if t.view != nil {
		t.view.Close()
	}
	t.view, t.started = nil, false
}
