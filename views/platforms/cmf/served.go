package cmf

import (
	"context"
	"encoding/json"
	"strings"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views"
	"drey/views/platforms/cmf/actions"
	"drey/views/platforms/cmf/lists"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// served completes what is known of a kind with how its objects are listed and
// read. q is what is asked of a list that is shown.
func served[T any](api *cmfapi.Client, kind cmf.Kind, q cmfapi.Query, k resource.Kind[T]) resource.Kind[T] {
	k.Name, k.Singular, k.Scoped = kind.Plural, kind.Singular, kind.Reach == cmf.InEnvironment
	k.Source = func(at resource.Location) resource.Source[T] {
		return lists.NewSource[T](api, kind, within(kind, at), q, lists.EnvironmentsAtOnce)
	}
	if len(q.Fields) > 0 {
		whole := q
		whole.Fields = nil
		k.Whole = func(at resource.Location) resource.Source[T] {
			return lists.NewSource[T](api, kind, within(kind, at), whole, lists.EnvironmentsAtOnce)
		}
	}
	k.Read, k.Raw = readers[T](api, objects.In(kind))
	if q.ResourceInformation { // what is refused by its counts is refused by them when it is read again, too
		k.Read = func(ctx context.Context, ref views.Ref) (T, error) {
			return cmfapi.GetCounted[T](ctx, api, kind, cmf.Scope{Environment: ref.Scope, Parent: ref.Parent}, ref.Name)
		}
	}
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

// within is where objects of a kind are while an environment is chosen: those that the
// whole server has, such as secrets, are in none.
func within(kind cmf.Kind, at resource.Location) resource.Location {
	if kind.Reach == cmf.Global {
		return resource.Location{}
	}
	return at
}

// pathOf is the path of an object of a kind.
func pathOf(address objects.Address) func(resource.Location, string) string {
	return func(at resource.Location, name string) string {
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
	cmf.KafkaDatabases.Plural: "catalog database",
	cmf.Instances.Plural:      "application instance",
}

// commandOf is the command line of confluent flink that shows an object, "" for a
// kind that it does not know.
func commandOf[T any](k resource.Kind[T], address objects.Address) func(resource.Item[T]) string {
	return func(i resource.Item[T]) string {
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
		kind, scope := address(resource.Location{Scope: ref.Scope, Parent: ref.Parent})
		return cmfapi.Get[T](ctx, api, kind, scope, ref.Name)
	}
	raw = func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
		kind, scope := address(resource.Location{Scope: ref.Scope, Parent: ref.Parent})
		return cmfapi.GetRaw(ctx, api, kind, scope, ref.Name)
	}
	return read, raw
}
