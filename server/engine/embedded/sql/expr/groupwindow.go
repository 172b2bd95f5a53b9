package expr

import (
	"fmt"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
)

// GroupWindow says whether GROUP BY takes a function of this name as windows.
func GroupWindow(name string) bool {
	name = strings.ToUpper(name)
	return name == "TUMBLE" || name == "HOP" || name == "SESSION"
}

// WindowCall resolves the arguments of TUMBLE, HOP and their auxiliary
// functions, and gives a text that is the same for the same windows.
func (r *Resolver) WindowCall(c *parse.Call) (string, []*X, error) {
	own := *r
	own.Group, own.Over = nil, nil
	args, err := own.values(c.Args)
	if err != nil {
		return "", nil, err
	}
	kind, _, _ := strings.Cut(strings.ToUpper(c.Name), "_")
	name := " of " + kind
	for _, a := range args {
		name += fmt.Sprintf(" %d", a.ID)
	}
	return name, args, nil
}

// windowEdge resolves TUMBLE_START, HOP_END and the like.
func windowEdge(r *Resolver, c *parse.Call) (*X, error) {
	name, _, err := r.WindowCall(c)
	if err != nil {
		return nil, err
	}
	if r.Group == nil {
		return nil, sqlerr.Refuse(c.Pos, "%s without windows in GROUP BY", strings.ToUpper(c.Name))
	}
	kind, edge, _ := strings.Cut(strings.ToUpper(c.Name), "_")
	for _, rel := range r.Scope.Relations {
		for _, col := range rel.Columns {
			if col.Name == edge+name {
				return r.Resolve(&parse.Ident{Pos: c.Pos, Parts: []parse.Name{{Pos: c.Pos, Text: col.Name}}})
			}
		}
	}
	return nil, sqlerr.Invalid(c.Pos, "Call to auxiliary group function '%s' must have matching call to group function '$%s' in GROUP BY clause", strings.ToUpper(c.Name), kind)
}
