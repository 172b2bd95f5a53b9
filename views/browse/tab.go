package browse

import (
	"drey/views"
	"drey/views/platform"
	"drey/views/resource"
)

// AddTab adds the tab of a kind's list, at all of its locations, to those of a session,
// and gives the kind without its T.
func AddTab[T any](tabs *[]platform.Tab, k resource.Kind[T]) platform.Kind {
	*tabs = append(*tabs, platform.Tab{
		Name: k.Name, Title: k.Title, Short: k.Short, Aliases: k.Aliases,
		New: func(env *views.Env) views.View { return New(env, k, resource.Location{}) },
	})
	return Untyped(k)
}
