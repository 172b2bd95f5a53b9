package space

import (
	"strings"

	"drey/views"
	"drey/views/browse"
	"drey/views/clean"
)

// ScopesList makes the list of all scopes, nil where they are no objects.
func (s *Space) ScopesList() func(*views.Env) views.View {
	if s.Session.Scopes == nil {
		return nil
	}
	for _, k := range s.Session.Kinds {
		if k.Info().Name == s.Session.Scopes.Plural && browse.ViewOf(k, s.Env) != nil {
			return func(env *views.Env) views.View { return browse.ViewOf(k, env) }
		}
	}
	return nil
}

// ScopeWord is what one scope is called.
func (s *Space) ScopeWord() string {
	if s.Session.Scopes == nil {
		return "scope"
	}
	return s.Session.Scopes.Singular
}

// ScopeNamed finds a scope by its name, or the only one that begins so.
func (s *Space) ScopeNamed(text string) (string, bool) {
	if text == "all" {
		return "", true
	}
	var begin []string
	for _, row := range s.ScopesPane.Rows() {
		switch {
		case row.Name == "":
		case row.Name == text:
			return row.Name, true
		case strings.HasPrefix(row.Name, text):
			begin = append(begin, row.Name)
		}
	}
	if len(begin) == 1 {
		return begin[0], true
	}
	return "", false
}

// EnvironmentName is the scope that is shown, in words.
func (s *Space) EnvironmentName() string {
	if s.Nav.Environment == "" {
		return "all"
	}
	return clean.Text(s.Nav.Environment)
}

// scopeNames are the names of the scopes as far as they are to be remembered.
func (s *Space) scopeNames() []string {
	rows := s.ScopesPane.Rows()[1:]
	if len(rows) == 0 {
		return s.Lists.scopes // not read yet
	}
	if s.Session.Scopes == nil || s.Session.Scopes.Remember == nil || len(rows) > maxScopes {
		return nil
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.Name
	}
	return names
}
