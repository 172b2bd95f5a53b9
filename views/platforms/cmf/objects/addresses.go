package objects

import (
	"drey/client/cmf"
	"drey/views/resource"
)

// ChildScope is where what belongs to an application is.
func ChildScope(i App) cmf.Scope { return cmf.Scope{Environment: i.Scope, Parent: i.Value.Name()} }

// Address says in which collection the objects at a location are.
type Address func(at resource.Location) (cmf.Kind, cmf.Scope)

// In is the address of a kind with one collection.
func In(kind cmf.Kind) Address {
	return func(at resource.Location) (cmf.Kind, cmf.Scope) { return kind, ScopeOf(&at) }
}

// ScopeOf is where the objects of a location are in the API.
func ScopeOf(at *resource.Location) cmf.Scope {
	return cmf.Scope{Environment: at.Scope, Parent: at.Parent}
}
