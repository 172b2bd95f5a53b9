package forms

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views/cells"
	"drey/views/diff"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/cmf/objects"
)

// Defaulted tells whether environments set defaults for objects of a kind.
func Defaulted(kind cmf.Kind) bool {
	return slices.Contains([]string{cmf.Applications.Plural, cmf.ComputePools.Plural, cmf.Statements.Plural}, kind.Plural)
}

// environments reads what environments set. A text is checked every few seconds: they are
// read again after a while only.
type environments struct {
	api *cmfapi.Client

	mu    sync.Mutex
	known map[string]knownEnvironment
}

type knownEnvironment struct {
	value cmf.Environment
	read  time.Time
}

const environmentFor = 30 * time.Second

// get gives an environment; ok is false where it cannot be read.
func (e *environments) get(ctx context.Context, name string) (value cmf.Environment, ok bool) {
	e.mu.Lock()
	k, ok := e.known[name]
	e.mu.Unlock()
	if ok && time.Since(k.read) < environmentFor {
		return k.value, true
	}
	value, err := cmfapi.Get[cmf.Environment](ctx, e.api, cmf.Environments, cmf.Scope{}, name)
	if err != nil {
		return value, false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known == nil {
		e.known = map[string]knownEnvironment{}
	}
	e.known[name] = knownEnvironment{value, time.Now()}
	return value, true
}

// withOverrides is a check that warns, beside what another one finds, of values that the
// environment overrides: its defaults win over what an object says (cmf-behaviour.md §5).
func withOverrides(
	api *cmfapi.Client, kind cmf.Kind, check func(context.Context, edit.Change) []edit.Finding,
) func(context.Context, edit.Change) []edit.Finding {
	all := &environments{api: api}
	return func(ctx context.Context, c edit.Change) []edit.Finding {
		found := check(ctx, c)
		if c.Target.Scope == "" {
			return found
		}
		e, ok := all.get(ctx, c.Target.Scope)
		if !ok {
			return found // it is only a warning that is not there
		}
		defaults, err := diff.Parse(objects.Defaults(e, kind, yamldoc.MemberText(c.Mine, "spec", "statement")))
		if err != nil {
			return found // there are none
		}
		return append(found, overridden(nil, defaults, c.Mine, c.Target.Scope)...)
	}
}

// overridden finds what a document says otherwise than the defaults of its environment:
// members are merged, all else is replaced.
func overridden(path []string, defaults, mine any, environment string) []edit.Finding {
	theirs, areMembers := defaults.(map[string]any)
	own, isMember := mine.(map[string]any)
	if areMembers && isMember {
		var found []edit.Finding
		for _, name := range slices.Sorted(maps.Keys(theirs)) {
			if value, there := own[name]; there {
				found = append(found, overridden(append(path[:len(path):len(path)], name), theirs[name], value, environment)...)
			}
		}
		return found
	}
	if diff.Equal(defaults, mine) {
		return nil
	}
	value := cells.OneLine(diff.ValueText(defaults))
	if diff.SecretPath(path) || diff.HasSecret(defaults) {
		value = diff.Mask
	}
	return []edit.Finding{{
		Path: path, Warning: true,
		Text:   "overridden by the environment " + environment + ", where it is " + value,
		Remark: "environment " + environment + " sets " + value,
	}}
}
