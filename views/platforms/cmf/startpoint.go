package cmf

import (
	"context"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views/cells"
	"drey/views/diff"
	"drey/views/platforms/cmf/lists"
	"drey/views/platforms/cmf/objects"
	"drey/views/usedby"
)

// startPoint is the savepoint that a specification begins from, which it names by a UID.
type startPoint struct {
	environment string
	of          string // what it was taken of, or that it is detached
	savepoint   cmf.Savepoint
	found       bool
}

// startOf looks for the savepoint that an object, or an instance, begins from.
func startOf(ctx context.Context, api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, o cmf.Object) startPoint {
	p := startPoint{environment: scope.Environment}
	spec, savepoints := o.Object("spec"), cmf.ApplicationSavepoints
	switch kind.Plural {
	case cmf.Applications.Plural:
		scope.Parent = o.String("metadata", "name")
	case cmf.Instances.Plural:
		spec = o.Object("status", "spec")
	case cmf.Statements.Plural:
		scope.Parent, savepoints = o.String("metadata", "name"), cmf.StatementSavepoints
	default:
		return p
	}
	uid := spec.String("job", "startFromSavepoint", "uid")
	if kind.Plural == cmf.Statements.Plural {
		uid = spec.String("startFromSavepoint", "uid")
	}
	if uid != "" {
		p.savepoint, p.of, p.found = lists.FindSavepoint(ctx, api, savepoints, scope, uid)
	}
	return p
}

// uses is the savepoint as something that is used, nothing where it is not known.
func (p startPoint) uses() []usedby.Node {
	if !p.found {
		return nil
	}
	s := p.savepoint
	state, tone := objects.SavepointState(s)
	return []usedby.Node{{
		What: "savepoint", Name: s.Metadata.Name, State: state, Tone: tone,
		Remark: cells.Join(objects.StampText(s.Metadata.CreationTimestamp), p.of),
		Go:     goTo(cmf.ApplicationSavepoints, p.environment, s.Metadata.Name),
	}}
}

// remark names the savepoint where a specification has its UID.
func (p startPoint) remark(path diff.Path, value any) string {
	if n := len(path); !p.found || n < 2 || path[n-2] != "startFromSavepoint" || value != p.savepoint.Metadata.UID {
		return ""
	}
	return cells.Join(p.savepoint.Metadata.Name, objects.StampText(p.savepoint.Metadata.CreationTimestamp), p.of)
}
