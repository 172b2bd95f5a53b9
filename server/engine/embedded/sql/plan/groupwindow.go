package plan

import (
	"slices"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream/window"
	"drey/server/engine/types"
)

// groupWindow plans GROUP BY TUMBLE(t, size) and HOP(t, slide, size): rows get
// columns for their window, and the call becomes the keys of these.
func (p *Planner) groupWindow(s *ast.Select, from *tables) (*ast.Select, *tables, error) {
	at := slices.IndexFunc(s.GroupBy, func(g ast.GroupItem) bool {
		return g.Kind == "" && p.Env.Functions.GroupWindow(g.Expr) != nil
	})
	if at < 0 {
		return s, from, nil
	}
	call := s.GroupBy[at].Expr.(*ast.Call)
	of := p.Env.Functions.GroupWindow(call)
	op, name, err := p.windowsOf(call, of, from)
	if err != nil {
		return nil, nil, err
	}
	out, n := *s, from.node
	out.GroupBy = append([]ast.GroupItem{}, s.GroupBy[:at]...)
	for _, edge := range []string{"START", "END", "ROWTIME"} {
		key := &ast.Ident{Pos: call.Pos, Parts: []ast.Name{{Pos: call.Pos, Text: edge + name}}}
		out.GroupBy = append(out.GroupBy, ast.GroupItem{Pos: call.Pos, Expr: key})
	}
	out.GroupBy = append(out.GroupBy, s.GroupBy[at+1:]...)
	stamp := types.Type{Root: types.Timestamp, P: 3}
	timed := stamp
	timed.Rowtime, timed.Nullable = !p.Batch, n.Schema()[op.Time].Type.Nullable
	added := []expr.Column{
		{Name: "START" + name, Type: stamp}, {Name: "END" + name, Type: stamp}, {Name: "ROWTIME" + name, Type: timed},
	}
	var session *tree.Session
	if of.Windowing.Sessions {
		if session, err = p.groupSessions(s, at, op, from); err != nil {
			return nil, nil, err
		}
	}
	relations := append(slices.Clone(from.relations), expr.Relation{Columns: added, Offset: len(n.Schema())})
	return &out, &tables{node: tree.NewGroupWindows(n, added, *op, session), relations: relations}, nil
}

// groupSessions puts the rows of each group into sessions: the other keys of
// GROUP BY tell the groups apart.
func (p *Planner) groupSessions(s *ast.Select, at int, op *window.Windows, from *tables) (*tree.Session, error) {
	r := p.resolver(from.scope(), "GROUP BY")
	var keys []*expr.Expr
	for i, g := range s.GroupBy {
		if i == at {
			continue
		}
		if g.Kind != "" {
			return nil, sqlerr.Refuse(g.Pos, "%s beside SESSION", g.Kind)
		}
		x, err := r.Value(g.Expr)
		if err != nil {
			return nil, err
		}
		keys = append(keys, x)
	}
	if p.Batch {
		return nil, sqlerr.Refuse(s.GroupBy[at].Pos, "SESSION in GROUP BY in batch mode")
	}
	return &tree.Session{Gap: op.Size, Keys: keys}, nil
}

// windowsOf reads the call, and gives the text that tells it from others.
func (p *Planner) windowsOf(call *ast.Call, of *expr.Function, from *tables) (*window.Windows, string, error) {
	r := p.resolver(from.scope(), "GROUP BY")
	name, args, err := r.WindowCall(call)
	kind := of.Name
	switch {
	case err != nil:
		return nil, "", err
	case len(args) != of.Windowing.GroupBy:
		return nil, "", sqlerr.Refuse(call.Pos, "%s with %d arguments in GROUP BY", kind, len(args))
	case !from.node.Traits().Append:
		return nil, "", sqlerr.Refuse(call.Pos, "%s of a changing input", kind)
	}
	t := args[0].Type
	if args[0].Column < 0 || t.Root != types.Timestamp || t.P > 3 || !t.Rowtime && !p.Batch {
		return nil, "", sqlerr.Refuse(call.Pos, "%s by other than a time attribute of type TIMESTAMP", kind)
	}
	var sizes []int64
	for _, a := range args[1:] {
		if a.Type.Root != types.IntervalMillis || !a.Const {
			return nil, "", sqlerr.Refuse(a.Pos, "%s with other than an interval of days to seconds", kind)
		}
		v, err := a.Eval(nil)
		if err != nil {
			return nil, "", err
		}
		sizes = append(sizes, v.I)
	}
	slide, size := sizes[0], sizes[len(sizes)-1]
	if slide <= 0 || size <= 0 || size%slide != 0 || size/slide > 10_000 {
		return nil, "", sqlerr.Refuse(call.Pos, "%s of these intervals", kind)
	}
	return &window.Windows{Time: args[0].Column, Size: size, Slide: slide}, name, nil
}
