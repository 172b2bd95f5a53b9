// Package lists polls collections of CMF: in one environment or in all of them.
package lists

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views/platform"
	"drey/views/platforms/cmf/objects"
	"drey/views/sources"
)

// namesAge is how old the names of the environments may be where only they are
// wanted: the pane of the environments asks more often.
const namesAge = 6 * time.Second

// EnvironmentNames are those of all environments. Those that cannot be read are among them:
// they are asked for their objects all the same. Until the server has said which there
// are, those of an earlier run are asked.
func EnvironmentNames(api *cmfapi.Client) sources.ScopeNames {
	seen, first := 0, true
	return func(ctx context.Context) (names []string, missing string, changed bool, err error) {
		if first {
			first = false
			if names := api.Environments.Remembered(ctx); len(names) > 0 {
				return names, "", true, sources.ErrMore
			}
		}
		listed, round, err := api.Environments.Next(ctx, namesAge)
		if err != nil {
			return nil, "", false, err
		}
		changed, seen = round != seen, round
		names, missing = objects.NamesOf(listed)
		return names, missing, changed, nil
	}
}

// HintsOf are the server's counts of a kind in each environment, nil where it counts
// none: servers before 2.2 do not.
func HintsOf(api *cmfapi.Client, kind cmf.Kind) sources.Hints {
	var of func(cmf.ResourceCounts) map[string]int
	switch kind.Plural {
	case cmf.Applications.Plural:
		of = func(c cmf.ResourceCounts) map[string]int { return c.Applications }
	case cmf.Statements.Plural:
		of = func(c cmf.ResourceCounts) map[string]int { return c.Statements }
	default:
		return nil
	}
	return func() map[string]sources.Hint {
		listed := api.Environments.Last()
		hints := make(map[string]sources.Hint, len(listed.Items))
		for _, e := range listed.Items {
			if e.Status != nil && e.Status.Resources != nil {
				counts := of(*e.Status.Resources)
				hints[e.EffectiveName()] = sources.Hint{Counts: countsText(counts), Health: objects.HealthOf(counts)}
			}
		}
		return hints
	}
}

// countsText is the same text for the same counts.
func countsText(counts map[string]int) string {
	var b strings.Builder
	for _, state := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%s %d ", state, counts[state])
	}
	return b.String()
}

// Scopes are the scopes of CMF, with the server's own counts of applications.
func Scopes(api *cmfapi.Client) *platform.Scopes {
	seen := 0
	return &platform.Scopes{
		Singular: cmf.Environments.Singular, Plural: cmf.Environments.Plural, Title: "Environments", Short: "Envs",
		Counts: cmf.Applications.Plural,
		List: func(ctx context.Context) ([]platform.Scope, bool, error) {
			listed, round, err := api.Environments.Next(ctx, 0)
			if err != nil || round == seen {
				return nil, false, err
			}
			seen = round
			return scopesOf(listed), true, nil
		},
		Remember: api.Environments.Remember,
	}
}

func scopesOf(listed client.Listed[cmf.Environment]) []platform.Scope {
	var list []platform.Scope
	for _, e := range listed.Items {
		scope := platform.Scope{Name: e.EffectiveName()}
		if e.Status != nil && e.Status.Resources != nil {
			scope.Known, scope.Health = true, objects.HealthOf(e.Status.Resources.Applications)
		}
		list = append(list, scope)
	}
	for _, b := range listed.Broken {
		if b.Name != "" {
			list = append(list, platform.Scope{Name: b.Name, Unread: true})
		}
	}
	slices.SortStableFunc(list, func(a, b platform.Scope) int { return strings.Compare(a.Name, b.Name) })
	return list
}
