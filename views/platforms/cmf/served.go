package cmf

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/views"
	"drey/views/browse"
	"drey/views/platforms/cmf/actions"
	"drey/views/platforms/cmf/objects"
)

// Limits of what is asked for at the same time: how many environments, and how
// many where problems are counted behind what is shown. Answers of 12 MB each from
// a hostile server stay below 200 MB together.
const (
	environmentsAtOnce = 10
	countAtOnce        = 1
)

// served completes what is known of a kind with how its objects are listed and
// read. q is what is asked of a list that is shown.
func served[T any](api *cmfapi.Client, kind cmf.Kind, q cmfapi.Query, k browse.Kind[T]) browse.Kind[T] {
	k.Name, k.Singular, k.Scoped = kind.Plural, kind.Singular, kind.Reach == cmf.InEnvironment
	k.Source = func(at browse.Location) browse.Source[T] { return newSource[T](api, kind, at, q, environmentsAtOnce) }
	if len(q.Fields) > 0 {
		whole := q
		whole.Fields = nil
		k.Whole = func(at browse.Location) browse.Source[T] {
			return newSource[T](api, kind, at, whole, environmentsAtOnce)
		}
	}
	k.Read, k.Raw = readers[T](api, objects.In(kind))
	k.Path, k.Command = pathOf(objects.In(kind)), commandOf(k, objects.In(kind))
	if kind.Plural != cmf.Applications.Plural { // they have a page of their own
		k.Describe = describeAny(api, k, objects.In(kind))
	}
	if k.Compared == nil && kind.Updates != "" {
		k.Compared = objects.Specification
	}
	if lost, ok := recreatable[kind.Plural]; ok && k.Recreate == nil {
		k.Recreate = actions.Recreation(api, kind, lost)
	}
	return k
}

// pathOf is the path of an object of a kind.
func pathOf(address objects.Address) func(browse.Location, string) string {
	return func(at browse.Location, name string) string {
		kind, scope := address(at)
		return kind.ItemPath(scope, name)
	}
}

// nouns are what the command confluent flink calls kinds (cmf-behaviour.md, command
// set).
var nouns = map[string]string{
	cmf.Environments.Plural: "environment", cmf.Applications.Plural: "application", cmf.Statements.Plural: "statement",
	cmf.ComputePools.Plural: "compute-pool", cmf.ApplicationSavepoints.Plural: "savepoint",
	cmf.DetachedSavepoints.Plural: "detached-savepoint",
	cmf.Secrets.Plural:            "secret", cmf.SecretMappings.Plural: "secret-mapping",
	cmf.KafkaCatalogs.Plural:  "catalog",
	cmf.KafkaDatabases.Plural: "database",
	cmf.Instances.Plural:      "application instance",
}

// commandOf is the command line of confluent flink that shows an object, "" for a
// kind that it does not know.
func commandOf[T any](k browse.Kind[T], address objects.Address) func(browse.Item[T]) string {
	return func(i browse.Item[T]) string {
		kind, scope := address(*i.Location)
		noun, ok := nouns[kind.Plural]
		if !ok {
			return ""
		}
		words := []string{"confluent flink", noun, "describe", shellWord(k.NameOf(i.Value))}
		if scope.Environment != "" {
			words = append(words, "--environment", shellWord(scope.Environment))
		}
		switch {
		case kind == cmf.KafkaDatabases:
			words = append(words, "--catalog", shellWord(scope.Parent))
		case kind == cmf.StatementSavepoints:
			words = append(words, "--statement", shellWord(scope.Parent))
		case scope.Parent != "":
			words = append(words, "--application", shellWord(scope.Parent))
		}
		return strings.Join(words, " ")
	}
}

// shellWord is a word as a shell reads it back.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// recreatable are the kinds whose objects can be made again from what the server
// tells of them, with what does not come back.
var recreatable = map[string]string{
	cmf.Statements.Plural:     "its results, its savepoints and its state do not come back; it begins from the start",
	cmf.ComputePools.Plural:   "it has no statements yet",
	cmf.KafkaCatalogs.Plural:  "databases of its own do not come back",
	cmf.KafkaDatabases.Plural: "nothing else is lost",
	cmf.SecretMappings.Plural: "nothing else is lost",
}

// readers read one object, as what it is and as it came.
func readers[T any](api *cmfapi.Client, address objects.Address) (
	read func(context.Context, views.Ref) (T, error), raw func(context.Context, views.Ref) (json.RawMessage, error),
) {
	read = func(ctx context.Context, ref views.Ref) (T, error) {
		kind, scope := address(browse.Location{Scope: ref.Scope, Parent: ref.Parent})
		return cmfapi.Get[T](ctx, api, kind, scope, ref.Name)
	}
	raw = func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
		kind, scope := address(browse.Location{Scope: ref.Scope, Parent: ref.Parent})
		return cmfapi.GetRaw(ctx, api, kind, scope, ref.Name)
	}
	return read, raw
}

// newSource polls a kind at a location; in every environment when it lives in one
// and the location names none.
func newSource[T any](
	api *cmfapi.Client, kind cmf.Kind, at browse.Location, q cmfapi.Query, atOnce int,
) browse.Source[T] {
	if kind.Reach == cmf.InEnvironment && at.Scope == "" {
		scopes := browse.Scopes{Names: environmentNames(api), Hints: hintsOf(api, kind), Shared: true, AtOnce: atOnce}
		return browse.NewAllScopes(scopes, func(name string) browse.Lister[T] {
			return lister[T](api, kind, cmf.Scope{Environment: name}, q)
		})
	}
	return browse.NewSource(at, lister[T](api, kind, objects.ScopeOf(&at), q))
}

// lister polls one collection; its first rows are there with the first page.
func lister[T any](api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, q cmfapi.Query) browse.Lister[T] {
	poll := cmfapi.NewPoll[T](api, kind, scope, q)
	return func(ctx context.Context) ([]T, []browse.Unread, bool, error) {
		listed, changed, err := poll.Page(ctx)
		if err != nil {
			return nil, nil, false, explain(ctx, api, scope, err)
		}
		var unread []browse.Unread
		for _, b := range listed.Broken {
			unread = append(unread, browse.Unread{Name: brokenName(b), Err: b.Err})
		}
		if listed.More {
			err = browse.ErrMore
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
