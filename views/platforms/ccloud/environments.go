package ccloud

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"drey/client/ccloudapi"
	"drey/themes"
	"drey/views/platform"
	"drey/views/platforms/ccloud/objects"
	"drey/views/resource"
	"drey/views/sources"
)

// environments are the scopes, by their ids.
func environments(api *ccloudapi.Client) *platform.Scopes {
	list := api.Environments()
	return &platform.Scopes{
		Singular: "environment", Plural: "environments", Title: "Environments", Short: "Envs",
		List: func(ctx context.Context) ([]platform.Scope, bool, error) {
			l, changed, err := list(ctx)
			if err != nil || !changed {
				return nil, false, err
			}
			var scopes []platform.Scope
			for _, e := range l.Items {
				scopes = append(scopes, platform.Scope{Name: e.ID, Title: e.DisplayName})
			}
			for _, b := range l.Broken {
				if b.Name != "" {
					scopes = append(scopes, platform.Scope{Name: b.Name, Unread: true})
				}
			}
			slices.SortStableFunc(scopes, func(a, b platform.Scope) int { return strings.Compare(a.Name, b.Name) })
			return scopes, true, nil
		},
	}
}

// check is the health of the statements of all environments.
func check(ctx context.Context, api *ccloudapi.Client) (platform.Health, error) {
	var all platform.Health
	if !api.HasData() {
		return all, api.Ping(ctx)
	}
	l, _, err := api.Environments()(ctx)
	if err != nil {
		return all, err
	}
	each := make([]platform.Health, len(l.Items))
	var group errgroup.Group
	group.SetLimit(4)
	for i, e := range l.Items {
		group.Go(func() error {
			statements, _, err := api.Statements(e.ID)(ctx)
			for _, s := range statements.Items {
				each[i].Add(healthOf(s))
			}
			return err
		})
	}
	err = group.Wait()
	for _, h := range each {
		all.Add(h)
	}
	return all, err
}

// counters count problems among statements while their list is not in front.
func counters(api *ccloudapi.Client) []platform.Counter {
	if !api.HasData() {
		return nil
	}
	return []platform.Counter{sources.NewCounter(Statements(api))}
}

func healthOf(s ccloudapi.Statement) platform.Health {
	h := platform.Health{Objects: 1}
	if s.Hidden() {
		return platform.Health{}
	}
	switch _, tone := objects.StatementState(s); tone {
	case themes.Bad:
		h.Failing = 1
	case themes.Warn, themes.Unknown:
		h.AtRisk = 1
	case themes.Busy:
		h.Busy = 1
	}
	return h
}

// served completes a kind whose objects live in environments with how they are
// listed.
func served[T any](
	api *ccloudapi.Client, list func(environment string) ccloudapi.Lister[T], k resource.Kind[T],
) resource.Kind[T] {
	k.Scoped = true
	one := func(environment string) sources.Lister[T] { return listerOf(list(environment)) }
	k.Source = func(at resource.Location) resource.Source[T] {
		if at.Scope == "" {
			return sources.NewAllScopes(sources.Scopes{Names: objects.EnvironmentNames(api), AtOnce: environmentsAtOnce}, one)
		}
		return sources.NewSource(at, one(at.Scope))
	}
	return k
}

// environmentsAtOnce is how many environments are asked at the same time: the
// address allows little.
const environmentsAtOnce = 4

func listerOf[T any](next ccloudapi.Lister[T]) sources.Lister[T] {
	return func(ctx context.Context) ([]T, []resource.Unread, bool, error) {
		l, changed, err := next(ctx)
		if err != nil {
			return nil, nil, false, err
		}
		var unread []resource.Unread
		for _, b := range l.Broken {
			unread = append(unread, resource.Unread{Name: b.Name, Err: b.Err})
		}
		return l.Items, unread, changed, nil
	}
}
