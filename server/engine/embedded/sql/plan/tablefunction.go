package plan

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/windows"
	"drey/server/engine/embedded/sql/sqlerr"
)

func (p *Planner) function(f *ast.Function) (*tables, error) {
	name := strings.ToUpper(f.Name.Text)
	of := p.Env.Functions.Windowing(name)
	if of == nil && !p.Env.Functions.Known(name) {
		return nil, p.unknownFunction(f)
	}
	if of == nil || f.Lateral {
		return nil, sqlerr.Refuse(f.Name.Pos, "the table function %s", name)
	}
	names := of.Windowing.Arguments
	c := windows.Call{Function: of, Pos: f.Pos, Args: map[string]ast.Argument{}}
	for i, a := range f.Args {
		key := a.Name
		if key == "" {
			if i >= len(names) {
				return nil, sqlerr.Refuse(f.Pos, "%s with %d arguments", name, len(f.Args))
			}
			key = names[i]
		}
		c.Args[key] = a
	}
	data, ok := c.Args["DATA"]
	if !ok || data.Table == nil {
		return nil, sqlerr.Refuse(c.Pos, "%s without TABLE", c.Name)
	}
	from, err := p.from(data.Table)
	if err != nil {
		return nil, err
	}
	w := &windows.Function{Env: p.Env, Batch: p.Batch, Node: from.node, Relations: from.relations}
	n, err := w.Plan(c)
	if err != nil {
		return nil, err
	}
	return aliased(n, "", f.Alias)
}

func (p *Planner) unknownFunction(f *ast.Function) error {
	call := &ast.Call{Pos: f.Call, Name: f.Name.Text}
	for _, a := range f.Args {
		if a.Expr == nil || a.Name != "" {
			return sqlerr.Refuse(f.Call, "the table function %s", f.Name.Text)
		}
		call.Args = append(call.Args, a.Expr)
	}
	_, err := p.resolver(&expr.Scope{}, "").Resolve(call)
	if err == nil {
		err = sqlerr.Refuse(f.Call, "the table function %s", f.Name.Text)
	}
	return err
}
