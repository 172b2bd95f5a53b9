package lists

import (
	"context"
	"fmt"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/sources"
)

// Limits of what is asked for at the same time: how many environments, and how
// many where problems are counted behind what is shown. Answers of 12 MB each from
// a hostile server stay below 200 MB together.
const (
	EnvironmentsAtOnce = 10
	CountAtOnce        = 1
)

// head is how many rows of a long list are asked for before its first page: more than
// a screen shows.
const head = 200

// NewSource polls a kind at a location; in every environment when it lives in one
// and the location names none.
func NewSource[T any](
	api *cmfapi.Client, kind cmf.Kind, at resource.Location, q cmfapi.Query, atOnce int,
) resource.Source[T] {
	if kind.Reach == cmf.InEnvironment && at.Scope == "" {
		scopes := sources.Scopes{Names: EnvironmentNames(api), Hints: HintsOf(api, kind), Shared: true, AtOnce: atOnce}
		return sources.NewAllScopes(scopes, func(name string) sources.Lister[T] {
			return Lister[T](api, kind, cmf.Scope{Environment: name}, q)
		})
	}
	return sources.NewSource(at, Lister[T](api, kind, objects.ScopeOf(&at), q))
}

// Lister polls one collection; its first rows are there with the first page.
func Lister[T any](api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, q cmfapi.Query) sources.Lister[T] {
	poll := cmfapi.NewPoll[T](api, kind, scope, q)
	if kind.Plural == cmf.Applications.Plural || kind.Plural == cmf.Statements.Plural {
		poll.Head(head)
	}
	return func(ctx context.Context) ([]T, []resource.Unread, bool, error) {
		listed, changed, err := poll.Page(ctx)
		if err != nil {
			return nil, nil, false, explain(ctx, api, scope, err)
		}
		var unread []resource.Unread
		for _, b := range listed.Broken {
			unread = append(unread, resource.Unread{Name: brokenName(b), Err: b.Err})
		}
		if listed.More {
			err = sources.ErrMore
		}
		return listed.Items, unread, changed, err
	}
}

func brokenName(b client.Broken) string {
	if b.Name == "" {
		return fmt.Sprintf("number %d", b.Index+1)
	}
	return b.Name
}

// explain tells a collection that the server does not have from one whose
// environment or parent is gone: both are a 404.
func explain(ctx context.Context, api *cmfapi.Client, scope cmf.Scope, err error) error {
	if !fault.Is(err, fault.NotFound) || scope.Parent != "" {
		return err
	}
	if scope.Environment != "" {
		if _, absent := cmfapi.GetRaw(ctx, api, cmf.Environments, cmf.Scope{}, scope.Environment); absent != nil {
			return err
		}
	}
	return absentError{err}
}

// absentError is a list that the server does not have.
type absentError struct{ error }

func (e absentError) Unwrap() error { return e.error }

// Fault says what the error means.
func (absentError) Fault() fault.Fault { return fault.Fault{Kind: fault.Unsupported} }
