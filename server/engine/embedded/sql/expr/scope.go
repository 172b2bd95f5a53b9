package expr

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

// Column is a column of a relation.
type Column struct {
	Name string
	Type types.Type
	// Hidden columns are found by the name of their table only (USING).
	Hidden bool
	// Ambiguous columns are shown, and cannot be named.
	Ambiguous bool
}

// Relation is a table of FROM under its name, which may be empty.
type Relation struct {
	Name    string
	Columns []Column
	Offset  int // of its first column in the row
	// At places the columns when they are not consecutive.
	At []int
}

func (r *Relation) index(i int) int {
	if r.At != nil {
		return r.At[i]
	}
	return r.Offset + i
}

// Scope is what names can mean.
type Scope struct {
	Relations []Relation
	// Outer is what names mean that the relations do not have: the tables of
	// the query around this one. Its columns are in the same row.
	Outer *Scope
	// Input is what is known of the rows of the relations.
	Input Input
}

// From is what is known of the rows that expressions see, those of the queries
// around it among them.
func (s *Scope) From() Input {
	in := s.Input
	for around := s.Outer; around != nil; around = around.Outer {
		in = in.And(around.Input)
	}
	return in
}

// Has says whether a relation or a column has this name.
func (s *Scope) Has(name string) bool {
	for _, r := range s.Relations {
		if r.Name == name {
			return true
		}
		for _, c := range r.Columns {
			if c.Name == name {
				return true
			}
		}
	}
	return false
}

// resolveIdent finds a column, or a field of one.
func (r *Resolver) resolveIdent(id *ast.Ident) (*Expr, error) {
	x, used, err := r.findColumn(id)
	if err != nil {
		return nil, err
	}
	for i, n := range id.Parts[used:] {
		if x.Type.Root == types.Row && !hasField(x.Type, n.Text) {
			return nil, r.noField(id, used, used+i)
		}
		if x, err = r.field(x, n, id.Pos); err != nil {
			return nil, err
		}
	}
	return r.grouped(x), nil
}

// findColumn gives the column and how many parts of the name it took.
func (r *Resolver) findColumn(id *ast.Ident) (*Expr, int, error) {
	x, used, err := r.findOwn(id)
	if err == nil || r.Scope.Outer == nil {
		return x, used, err
	}
	if !sqlerr.HasCode(err, sqlerr.CodeNoColumn) {
		return x, used, err
	}
	around := *r
	around.Scope = r.Scope.Outer
	outer, n, outerErr := around.findOwn(id)
	if outerErr != nil {
		return x, used, err
	}
	return outer, n, nil
}

// Correlated says whether an expression that could be resolved names columns of
// the query around it.
func (r *Resolver) Correlated(e ast.Expr) bool {
	if r.Scope.Outer == nil {
		return false
	}
	around := *r
	around.Scope = r.Scope.Outer
	found := false
	ast.Walk(e, func(e ast.Expr) bool {
		if id, ok := e.(*ast.Ident); ok && !found {
			if _, _, err := r.findOwn(id); sqlerr.HasCode(err, sqlerr.CodeNoColumn) {
				_, _, err = around.findOwn(id)
				found = err == nil
			}
		}
		return !found
	})
	return found
}

func (r *Resolver) findOwn(id *ast.Ident) (*Expr, int, error) {
	parts := id.Parts
	if len(parts) >= 2 {
		for i := range r.Scope.Relations {
			rel := &r.Scope.Relations[i]
			if rel.Name != parts[0].Text || rel.Name == "" {
				continue
			}
			for c, col := range rel.Columns {
				if col.Name == parts[1].Text {
					return r.Env.Ref(id.Pos, rel.index(c), col.Name, col.Type), 2, nil
				}
			}
			return nil, 0, sqlerr.InvalidAs(
				sqlerr.CodeNoColumn, parts[1].Pos, "Column '%s' not found in table '%s'%s", parts[1].Text, rel.Name,
				didYouMean(parts[1].Text, rel.Columns),
			)
		}
	}
	pos := parts[0].Pos
	if len(parts) == 1 {
		pos = id.Pos
	}
	x, err := r.bareColumn(parts[0], len(parts), pos)
	return x, 1, err
}

func (r *Resolver) bareColumn(name ast.Name, parts int, pos ast.Pos) (*Expr, error) {
	qualified := parts > 1
	var found *Expr
	var all []Column
	for i := range r.Scope.Relations {
		rel := &r.Scope.Relations[i]
		all = append(all, rel.Columns...)
		for c, col := range rel.Columns {
			if col.Name != name.Text || col.Hidden {
				continue
			}
			if found != nil || col.Ambiguous {
				return nil, sqlerr.Invalid(name.Pos, "Column '%s' is ambiguous", name.Text)
			}
			found = r.Env.Ref(pos, rel.index(c), col.Name, col.Type)
		}
	}
	if found != nil && (!qualified || found.Type.Root == types.Row) {
		return found, nil
	}
	if parts > 2 {
		return nil, sqlerr.Refuse(name.Pos, "a column with the name of its database")
	}
	if qualified {
		return nil, sqlerr.InvalidAs(
			sqlerr.CodeNoColumn, name.Pos, "Table '%s' not found%s", name.Text, r.Scope.alike(name.Text),
		)
	}
	return nil, sqlerr.InvalidAs(
		sqlerr.CodeNoColumn, name.Pos, "Column '%s' not found in any table%s", name.Text, didYouMean(name.Text, all),
	)
}

func didYouMean(name string, columns []Column) string {
	for _, c := range columns {
		if strings.EqualFold(c.Name, name) {
			return "; did you mean '" + c.Name + "'?"
		}
	}
	return ""
}

// grouped replaces an expression that is a grouping key by that key.
func (r *Resolver) grouped(x *Expr) *Expr {
	if r.Group == nil || r.plainAggregate {
		return x
	}
	if key, ok := r.Group.Keys[x.ID]; ok && !r.inAggregate {
		replaced := *key
		replaced.Pos, replaced.ID, replaced.Name, replaced.Ungrouped = x.Pos, x.ID, x.Name, nil
		return &replaced
	}
	if x.Column >= 0 && x.Ungrouped == nil && !r.inAggregate {
		return x.ungrouped(r.nameAt(x))
	}
	return x
}

// Ungrouped is a column that is used and is no key of GROUP BY.
type Ungrouped struct {
	Pos  ast.Pos
	Name string // with that of its table where there are several
}

// ungrouped is a column that is no key, under this name.
func (x *Expr) ungrouped(name string) *Expr {
	out := *x
	out.Ungrouped = &Ungrouped{x.Pos, name}
	return &out
}

// RequireGrouped is Flink's complaint of an expression that uses a column which
// is no key of GROUP BY.
func (x *Expr) RequireGrouped() error {
	if x.Ungrouped == nil {
		return nil
	}
	return sqlerr.Invalid(x.Ungrouped.Pos, "Expression '%s' is not being grouped", x.Ungrouped.Name)
}

func (r *Resolver) nameAt(x *Expr) string {
	for _, rel := range r.Scope.Relations {
		if len(r.Scope.Relations) == 1 {
			return x.Name
		}
		for c := range rel.Columns {
			if rel.index(c) == x.Column {
				return rel.Name + "." + x.Name
			}
		}
	}
	return x.Name
}

// Star gives the columns that * or t.* stands for.
func (r *Resolver) Star(s *ast.Star) ([]*Expr, error) {
	if fields, err := r.starFields(s); fields != nil || err != nil {
		return fields, err
	}
	var out []*Expr
	matched := len(s.Of) == 0
	for i := range r.Scope.Relations {
		rel := &r.Scope.Relations[i]
		if len(s.Of) > 0 && (rel.Name != s.Of[len(s.Of)-1].Text || len(s.Of) > 1) {
			continue
		}
		matched = true
		for c, col := range rel.Columns {
			if col.Hidden && len(s.Of) == 0 {
				continue
			}
			x := r.grouped(r.Env.Ref(s.Pos, rel.index(c), col.Name, col.Type))
			if x.Ungrouped != nil && rel.Name != "" {
				x = x.ungrouped(rel.Name + "." + col.Name)
			}
			out = append(out, x)
		}
	}
	if !matched {
		return nil, sqlerr.Invalid(s.Of[0].Pos, "Unknown identifier '%s'", s.Of[0].Text)
	}
	return out, nil
}

// starFields gives the fields of a column of type ROW that t.column.* or
// column.* stands for; nil when the name is that of a table.
func (r *Resolver) starFields(s *ast.Star) ([]*Expr, error) {
	if len(s.Of) == 0 || r.Group != nil {
		return nil, nil
	}
	for _, rel := range r.Scope.Relations {
		if len(s.Of) == 1 && rel.Name == s.Of[0].Text {
			return nil, nil
		}
	}
	x, err := r.Resolve(&ast.Ident{Pos: s.Pos, Parts: s.Of})
	if err != nil || x.Type.Root != types.Row {
		return nil, nil
	}
	var out []*Expr
	for _, f := range x.Type.Fields {
		field, err := r.field(x, ast.Name{Pos: s.Pos, Text: f.Name}, s.Pos)
		if err != nil {
			return nil, err
		}
		out = append(out, field)
	}
	return out, nil
}

// alike is a hint at a table whose name differs in case.
func (s *Scope) alike(name string) string {
	for _, rel := range s.Relations {
		if strings.EqualFold(rel.Name, name) {
			return "; did you mean '" + rel.Name + "'?"
		}
	}
	return ""
}

func hasField(t types.Type, name string) bool {
	for _, f := range t.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// noField is Flink's complaint of the part of a name that is no field of what
// stands before it; used is how many parts name the column.
func (r *Resolver) noField(id *ast.Ident, used, at int) error {
	parts := id.Parts[used-1 : at+1]
	pos := parts[0].Pos.To(parts[len(parts)-1].Pos)
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.Text
	}
	table := ""
	for _, rel := range r.Scope.Relations {
		for _, c := range rel.Columns {
			if c.Name == parts[0].Text && (used == 1 || rel.Name == id.Parts[0].Text) {
				table = rel.Name
			}
		}
	}
	if table == "" {
		return sqlerr.Refuse(pos, "the field %s, which is not there", strings.Join(names, "."))
	}
	return sqlerr.Invalid(pos, "Column '%s' not found in table '%s'", strings.Join(names, "."), table)
}
