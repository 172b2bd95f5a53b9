package browse

import (
	"context"
	"encoding/json"

	"drey/views/platform"
	"drey/views/resource"
	"drey/views/sources"
)

// The names by which the packages that have not moved yet call what is in resource.
type (
	Action[T any] = resource.Action[T]
	Batch[T any]  = resource.Batch[T]
	Column[T any] = resource.Column[T]
	Create        = resource.Create
	Detail        = resource.Detail
	Edited        = resource.Edited
	Editor[T any] = resource.Editor[T]
	Event         = resource.Event
	Fill[T any]   = resource.Fill[T]
	Item[T any]   = resource.Item[T]
	Kind[T any]   = resource.Kind[T]
	Location      = resource.Location
	Other         = resource.Other
	Page[T any]   = resource.Page[T]
	Progress      = resource.Progress
	Recreate      = resource.Recreate
	Source[T any] = resource.Source[T]
	Stage[T any]  = resource.Stage[T]
	Unread        = resource.Unread
)

// VerbDelete is resource.VerbDelete.
var VerbDelete = resource.VerbDelete

// InStages is resource.InStages.
func InStages[T any](a Action[T]) Action[T] { return resource.InStages(a) }

// Deletion is resource.Deletion.
func Deletion[T any](
	path func(Item[T]) string, consequence string, run func(context.Context, Item[T]) error,
) Action[T] {
	return resource.Deletion(path, consequence, run)
}

// YAMLPage is resource.YAMLPage.
func YAMLPage[T any](name func(T) string, read func(context.Context, Item[T]) (json.RawMessage, error)) Page[T] {
	return resource.YAMLPage(name, read)
}

// RawYAML is resource.RawYAML.
func RawYAML[T interface{ Raw() json.RawMessage }](name func(T) string) Page[T] {
	return resource.RawYAML(name)
}

// RawDetail is resource.RawDetail.
func RawDetail[T interface{ Raw() json.RawMessage }](ctx context.Context, i Item[T]) (Detail, error) {
	return resource.RawDetail(ctx, i)
}

// SpecOf is resource.SpecOf.
func SpecOf(raw json.RawMessage) json.RawMessage { return resource.SpecOf(raw) }

// CompareSpec is resource.CompareSpec.
func CompareSpec(doc any) any { return resource.CompareSpec(doc) }

// The names by which they call what is in sources.
type (
	Lister[T any] = sources.Lister[T]
	ScopeNames    = sources.ScopeNames
	Scopes        = sources.Scopes
	Hint          = sources.Hint
)

// NewSource is sources.NewSource.
func NewSource[T any](at Location, list Lister[T]) Source[T] { return sources.NewSource(at, list) }

// NewAllScopes is sources.NewAllScopes.
func NewAllScopes[T any](scopes Scopes, list func(scope string) Lister[T]) Source[T] {
	return sources.NewAllScopes(scopes, list)
}

// NewCounter is sources.NewCounter.
func NewCounter[T any](k Kind[T]) platform.Counter { return sources.NewCounter(k) }
