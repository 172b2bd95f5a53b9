package expr

import (
	"fmt"
	"strings"

	"drey/client/flinksql/ast"
)

// GroupWindow says whether GROUP BY takes a function of this name as windows.
func GroupWindow(name string) bool {
	name = strings.ToUpper(name)
	return name == "TUMBLE" || name == "HOP" || name == "SESSION"
}

// WindowCall resolves the arguments of TUMBLE, HOP and their auxiliary
// functions, and gives a text that is the same for the same windows.
func (r *Resolver) WindowCall(c *ast.Call) (string, []*Expr, error) {
	own := *r
	own.Group, own.Over = nil, nil
	args, err := own.Values(c.Args)
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
