package actions

import (
	"context"
	"slices"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views/cells"
	"drey/views/platforms/cmf/objects"
)

// fromText names the savepoint of a UID that an object starts from: its name, when it was
// made, and of what. It is looked for among those of the object and the detached ones; of one
// that is in neither the beginning of its UID is told.
func fromText(ctx context.Context, api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, uid string) string {
	for _, of := range []struct {
		kind  cmf.Kind
		scope cmf.Scope
		what  string
	}{{kind, scope, "of " + scope.Parent}, {cmf.DetachedSavepoints, cmf.Scope{}, "detached"}} {
		list, err := cmfapi.List[cmf.Savepoint](ctx, api, of.kind, of.scope, cmfapi.Query{})
		if err != nil {
			continue // the start has been asked for all the same
		}
		at := slices.IndexFunc(list.Items, func(s cmf.Savepoint) bool { return s.Metadata.UID == uid })
		if at < 0 {
			continue
		}
		s := list.Items[at]
		return "from savepoint " + cells.Join(s.Metadata.Name, objects.StampText(s.Metadata.CreationTimestamp), of.what)
	}
	return "from savepoint " + objects.CellShort(uid)
}
