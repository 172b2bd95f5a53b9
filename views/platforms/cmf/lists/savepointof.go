package lists

import (
	"context"
	"slices"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views/cells"
	"drey/views/platforms/cmf/objects"
)

// FindSavepoint looks for the savepoint of a UID among those of an object and the detached
// ones; of says which of both it is.
func FindSavepoint(
	ctx context.Context, api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, uid string,
) (s cmf.Savepoint, of string, found bool) {
	for _, in := range []struct {
		kind  cmf.Kind
		scope cmf.Scope
		of    string
	}{{kind, scope, "of " + scope.Parent}, {cmf.DetachedSavepoints, cmf.Scope{}, "detached"}} {
		list, err := cmfapi.List[cmf.Savepoint](ctx, api, in.kind, in.scope, cmfapi.Query{})
		if err != nil {
			continue // a name is worth no error
		}
		if at := slices.IndexFunc(list.Items, func(s cmf.Savepoint) bool { return s.Metadata.UID == uid }); at >= 0 {
			return list.Items[at], in.of, true
		}
	}
	return s, "", false
}

// SavepointTitle names the savepoint of a UID that an object starts from: its name, when it
// was made, and of what. Of one that is not found the beginning of its UID is told.
func SavepointTitle(ctx context.Context, api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, uid string) string {
	s, of, found := FindSavepoint(ctx, api, kind, scope, uid)
	if !found {
		return objects.CellShort(uid)
	}
	return cells.Join(s.Metadata.Name, objects.StampText(s.Metadata.CreationTimestamp), of)
}
