// Package match plans MATCH_RECOGNIZE.
package match

import (
	"slices"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/cep"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Plan plans MATCH_RECOGNIZE over rows that are only inserted.
func Plan(env *expr.Env, batch bool, t *ast.Match, n tree.Node) (tree.Node, error) {
	op := &cep.Match{Batch: batch, Skip: cep.MatchSkip{Next: t.Skip.Next, To: -1, First: t.Skip.First}}
	out := &measured{}
	m := &matching{env: env, batch: batch, t: t, columns: n.Schema(), op: op}
	for _, step := range []func(*measured) error{m.partition, m.order, m.pattern, m.measures, m.define} {
		if err := step(out); err != nil {
			return nil, err
		}
	}
	return tree.NewMatch(n, out.columns, *op), nil
}

// measured are the columns of a match.
type measured struct{ columns []expr.Column }

// matching is a MATCH_RECOGNIZE while it is planned.
type matching struct {
	env     *expr.Env
	batch   bool
	t       *ast.Match
	columns []expr.Column
	op      *cep.Match
}

func (m *matching) plain() *expr.Resolver {
	return expr.NewResolver(m.env, &expr.Scope{Relations: []expr.Relation{{Columns: m.columns}}}, "")
}

func (m *matching) partition(out *measured) error {
	for _, e := range m.t.PartitionBy {
		x, err := m.plain().Value(e)
		if err != nil {
			return err
		}
		if x.Column < 0 {
			return sqlerr.Refuse(x.Pos, "PARTITION BY an expression in MATCH_RECOGNIZE")
		}
		m.op.Partition, m.op.KeyTypes = append(m.op.Partition, x.Eval), append(m.op.KeyTypes, x.Type)
		out.columns = append(out.columns, expr.Column{Name: x.Name, Type: tree.WithoutTime(x.Type)})
	}
	return nil
}

// order finds the time, and what orders rows of one time.
func (m *matching) order(*measured) error {
	if len(m.t.OrderBy) == 0 {
		if m.batch {
			return sqlerr.TableError(m.t.Pos, "You must specify non-empty order by.")
		}
		return sqlerr.TableError(m.t.Pos, "You must specify either rowtime or proctime for order by.")
	}
	for i, o := range m.t.OrderBy {
		x, err := m.plain().Value(o.Expr)
		if err != nil {
			return err
		}
		if x.Column < 0 {
			return sqlerr.Refuse(x.Pos, "ORDER BY an expression in MATCH_RECOGNIZE")
		}
		if i > 0 {
			m.op.Then = append(m.op.Then, stream.RankKey{Fn: x.Eval, SortKey: tree.SortKey(o, 0, x.Type)})
			continue
		}
		if err := m.inTime(x, o); err != nil {
			return err
		}
		m.op.Time = x.Column
	}
	return nil
}

func (m *matching) inTime(x *expr.Expr, o ast.OrderItem) error {
	switch {
	case x.Type.Proctime:
		return sqlerr.Refuse(x.Pos, "MATCH_RECOGNIZE by the time of processing")
	case m.batch && !x.Type.IsTimestamp():
		return sqlerr.TableError(x.Pos, "You must specify time point for order by as the first one.")
	case !m.batch && !x.Type.Rowtime:
		return sqlerr.TableError(x.Pos, "You must specify either rowtime or proctime for order by as the first one.")
	case o.Desc && m.batch:
		return sqlerr.TableError(x.Pos, "Primary sort order of a table must be ascending on time.")
	case o.Desc:
		return sqlerr.TableError(x.Pos, "Primary sort order of a streaming table must be ascending on time.")
	case x.Type.P > 3:
		return sqlerr.Refuse(x.Pos, "MATCH_RECOGNIZE by a time finer than milliseconds")
	}
	return nil
}

// pattern checks the pattern as Flink's library does, in its order.
func (m *matching) pattern(*measured) error {
	var parts []cep.PatternPart
	for i, part := range m.t.Pattern {
		if slices.Contains(m.op.Variables, part.Var.Text) {
			return sqlerr.TableError(part.Var.Pos, "Pattern variables must be unique. That might change in the future.")
		}
		m.op.Variables = append(m.op.Variables, part.Var.Text)
		once := part.From == 1 && part.To == 1
		maybe := part.From == 0 && part.To == 1
		before := i > 0 && parts[i-1].Greedy
		switch {
		case part.From < 0 || part.To >= 0 && part.To < part.From || part.To == 0:
			return m.malformed(part, "The from should be a positive number greater than 0.")
		case maybe && part.Reluctant:
			return sqlerr.TableError(part.Var.Pos, "Reluctant optional variables are not supported yet.")
		case before && (maybe || part.From == 0 && part.To < 0):
			return m.malformed(part, "Optional pattern cannot be preceded by greedy pattern")
		case part.Reluctant && once:
			return sqlerr.Refuse(part.Var.Pos, "a reluctant quantifier of one row")
		}
		parts = append(parts, cep.PatternPart{
			Least: part.From, Most: part.To, Greedy: !part.Reluctant && !maybe && part.From != part.To,
		})
	}
	if last := len(parts) - 1; parts[last].Greedy {
		return sqlerr.TableError(
			m.t.Pattern[last].Var.Pos,
			"Greedy quantifiers are not allowed as the last element of a Pattern yet. Finish your pattern with either a "+
				"simple variable or reluctant quantifier.",
		)
	}
	m.op.Pattern = cep.NewPattern(parts)
	if v := m.t.Skip.Var; v != nil {
		if m.op.Skip.To = slices.Index(m.op.Variables, v.Text); m.op.Skip.To < 0 {
			return sqlerr.Refuse(v.Pos, "skipping to %s, which is no variable of PATTERN", v.Text)
		}
	}
	if m.t.Within == nil {
		return nil
	}
	x, err := m.plain().Value(m.t.Within)
	if err != nil {
		return err
	}
	v, err := x.Eval(nil)
	if err != nil || !x.Const || x.Type.Root != types.IntervalMillis || v.I <= 0 {
		return sqlerr.Refuse(x.Pos, "WITHIN of what is no interval of days to seconds")
	}
	m.op.Within = v.I
	return nil
}

func (m *matching) malformed(part ast.PatternPart, text string) error {
	if part.From >= 0 && (part.To == 0 || part.To > 0 && part.To < part.From) {
		return sqlerr.Refuse(part.Var.Pos, "this quantifier")
	}
	return &sqlerr.Error{Pos: part.Var.Pos, Class: "MalformedPatternException", Message: text}
}

func (m *matching) measures(out *measured) error {
	if len(m.t.Measures) == 0 {
		return sqlerr.Refuse(m.t.Pos, "MATCH_RECOGNIZE without MEASURES")
	}
	list := make([]ast.Expr, len(m.t.Measures))
	for i, it := range m.t.Measures {
		list[i] = it.Expr
	}
	own := m.newScope("", list)
	var xs []*expr.Expr
	for _, it := range m.t.Measures {
		x, err := own.resolver().Value(it.Expr)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(out.columns, func(c expr.Column) bool { return c.Name == it.Alias.Text }) {
			return sqlerr.Refuse(it.Alias.Pos, "two columns %s of MATCH_RECOGNIZE", it.Alias.Text)
		}
		t := x.Type
		if x.Column >= 0 { // a column of a row
			t = tree.WithoutTime(t)
		}
		out.columns, xs = append(out.columns, expr.Column{Name: it.Alias.Text, Type: t}), append(xs, x)
	}
	keys := m.op.Partition
	m.op.Measure = func(rows *cep.MatchRows) (value.Row, error) {
		wide, err := own.row(rows)
		if err != nil {
			return nil, err
		}
		emitted := make(value.Row, 0, len(keys)+len(xs))
		for _, fn := range keys {
			v, err := fn(rows.Rows[0])
			if err != nil {
				return nil, err
			}
			emitted = append(emitted, v)
		}
		for _, x := range xs {
			v, err := x.Eval(wide)
			if err != nil {
				return nil, err
			}
			emitted = append(emitted, v)
		}
		return emitted, nil
	}
	return nil
}

// define resolves the conditions. A variable without one takes every row.
func (m *matching) define(*measured) error {
	scopes, conds := map[int]*matchScope{}, map[int]*expr.Expr{}
	for _, d := range m.t.Define {
		at := slices.Index(m.op.Variables, d.Var.Text)
		if at < 0 {
			return sqlerr.Refuse(d.Var.Pos, "a condition for %s, which is no variable of PATTERN", d.Var.Text)
		}
		own := m.newScope(d.Var.Text, []ast.Expr{d.Cond})
		x, err := own.resolver().Value(d.Cond)
		if err != nil {
			return err
		}
		if x.Type.Root != types.Boolean {
			return sqlerr.Refuse(x.Pos, "DEFINE of what is no condition")
		}
		if conds[at] != nil {
			return sqlerr.Refuse(d.Var.Pos, "two conditions of one variable")
		}
		scopes[at], conds[at] = own, x
	}
	m.op.Is = func(variable int, rows *cep.MatchRows) (bool, error) {
		x := conds[variable]
		if x == nil {
			return true, nil
		}
		wide, err := scopes[variable].row(rows)
		if err != nil {
			return false, err
		}
		v, err := x.Eval(wide)
		return v.True(), err
	}
	return nil
}
