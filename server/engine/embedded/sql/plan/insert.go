package plan

import (
	"slices"
	"strconv"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/connect"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// FullName is a table's name with its catalog and database.
func (p *Planner) FullName(parts []ast.Name) string { return strings.Join(p.fullName(parts), ".") }

func (p *Planner) fullName(parts []ast.Name) []string {
	names := make([]string, len(parts))
	for i, n := range parts {
		names[i] = n.Text
	}
	switch len(names) {
	case 1:
		names = append([]string{p.Env.Catalog, p.Env.Database}, names...)
	case 2:
		names = append([]string{p.Env.Catalog}, names...)
	}
	return names
}

// Target is where an INSERT writes.
type Target struct {
	Name    string
	Columns []expr.Column
	Open    func(run connect.Run, id string) (connect.Sink, error)
}

// Insert plans INSERT INTO: the rows as the sink takes them, and the sink.
func (p *Planner) Insert(s *ast.Insert) (tree.Node, *Target, error) {
	pos := s.Table[0].Pos.To(s.Table[len(s.Table)-1].Pos)
	if s.Overwrite {
		if p.Batch {
			return nil, nil, sqlerr.Refuse(s.Pos, "INSERT OVERWRITE")
		}
		return nil, nil, &sqlerr.Error{
			Pos: s.Pos, Class: "java.lang.IllegalStateException", Message: "Streaming mode not support overwrite.",
		}
	}
	table, err := p.Lookup(s.Table, pos)
	if e, ok := sqlerr.AsError(err); ok && e.Class == sqlerr.ClassValidation {
		return nil, nil, p.noTarget(s, pos)
	}
	if err != nil {
		return nil, nil, err
	}
	target, writing, err := p.target(s, table, pos)
	if err != nil {
		return nil, nil, err
	}
	for _, part := range s.Partition {
		if !slices.ContainsFunc(target.Columns, func(c expr.Column) bool { return c.Name == part.Column.Text }) {
			return nil, nil, sqlerr.Invalid(part.Column.Pos, "Unknown target column '%s'", part.Column.Text)
		}
		if !slices.Contains(table.PartitionBy, part.Column.Text) {
			return nil, nil, &sqlerr.Error{
				Pos: pos, Class: sqlerr.ClassValidation,
				Message: "Static partition column '" + part.Column.Text + "' should be in the partition keys list [" +
					strings.Join(table.PartitionBy, ", ") + "] for table '" + target.Name + "'.",
			}
		}
	}
	n, err := p.inserted(s, table, target)
	if err != nil {
		return nil, nil, err
	}
	if !n.Traits().Append && !writing.Updates {
		return nil, nil, &sqlerr.Error{
			Pos: pos, Class: sqlerr.ClassTable,
			Message: "Table sink '" + target.Name + "' doesn't support consuming update changes",
		}
	}
	return n, target, nil
}

func (p *Planner) noTarget(s *ast.Insert, pos ast.Pos) error {
	var catalogs []string
	for _, c := range p.Catalog.Catalogs() {
		if c != "examples" {
			catalogs = append(catalogs, c)
		}
	}
	var parts []string
	for _, n := range p.fullName(s.Table) {
		parts = append(parts, ast.Quoted(n))
	}
	return &sqlerr.Error{Pos: pos, Class: sqlerr.ClassValidation, Message: "Cannot find table '" + strings.Join(
		parts, ".",
	) +
		"' in any of the catalogs [" + strings.Join(catalogs, ", ") + "], nor as a temporary table."}
}

func (p *Planner) target(s *ast.Insert, table *catalog.Table, pos ast.Pos) (*Target, connect.Writing, error) {
	t := &Target{Name: p.FullName(s.Table)}
	var w connect.Writing
	switch {
	case table.Broken != nil:
		return nil, w, placed(table.Broken, pos)
	case table.Options != nil:
		var err error
		if w, err = connect.Write(p.Files, connection(table, t.Name, s.Options)); err != nil {
			return nil, w, placed(err, pos)
		}
	case table.Sink:
		w = connect.Discard()
	default:
		return nil, w, sqlerr.Refuse(pos, "writing to the table %s", t.Name)
	}
	for _, c := range table.Columns {
		if c.Metadata {
			return nil, w, sqlerr.Refuse(pos, "writing to a table with metadata columns")
		}
		if stored(c) {
			t.Columns = append(t.Columns, expr.Column{Name: c.Name, Type: tree.WithoutTime(c.Type)})
		}
	}
	t.Open = w.Open
	return t, w, nil
}

// inserted plans the query and brings its columns into the order and the
// types of the sink.
func (p *Planner) inserted(s *ast.Insert, table *catalog.Table, target *Target) (tree.Node, error) {
	n, err := p.Query(s.Query)
	if err != nil {
		return nil, sqlerr.Within(err)
	}
	if n, err = p.spread(s, n, target); err != nil {
		return nil, err
	}
	pos := s.Table[0].Pos.To(s.Table[len(s.Table)-1].Pos)
	columns := slices.Clone(target.Columns)
	if len(n.Schema()) != len(columns) {
		return nil, mismatch(target, "Different number of columns.", n, pos)
	}
	for i, c := range columns {
		from := n.Schema()[i].Type
		if !from.Same(c.Type) && !widens(from, c.Type) {
			if from.IsNumeric() && c.Type.IsNumeric() || from.IsDatetime() && c.Type.IsDatetime() {
				return nil, sqlerr.Refuse(
					pos, "writing a value of type %s to the column %s of type %s", from, c.Name, c.Type,
				)
			}
			return nil, mismatch(
				target, "Incompatible types for sink column '"+c.Name+"' at position "+strconv.Itoa(i)+".", n, pos,
			)
		}
		columns[i].Type.Nullable = c.Type.Nullable && from.Nullable
	}
	return p.converted(n, columns)
}

// widens says whether Flink takes a value for a column of another type
// without a CAST, and no value changes by it.
func widens(from, to types.Type) bool {
	switch {
	case from.IsInt() && to.IsInt():
		return from.Root < to.Root
	case from.IsInt() && to.Root == types.Double:
		return from.Root != types.Bigint
	case from.Root == types.Float && to.Root == types.Double:
		return true
	case from.IsExact() && to.Root == types.Decimal:
		d := from.AsDecimal()
		return d.P-d.S <= to.P-to.S && d.S <= to.S
	}
	return false
}

// spread puts the columns of INSERT INTO t (a, b) and the values of PARTITION
// to their places; the other columns become NULL.
func (p *Planner) spread(s *ast.Insert, n tree.Node, target *Target) (tree.Node, error) {
	if s.Columns == nil && s.Partition == nil {
		return n, nil
	}
	source, err := sourceColumns(s, target)
	if err != nil {
		return nil, err
	}
	if len(source) != len(n.Schema()) {
		return nil, sqlerr.Invalid(s.Query.Pos, "Number of columns must match number of query columns")
	}
	var columns []expr.Column
	var items []*expr.Expr
	for _, c := range target.Columns {
		x, err := p.spreadColumn(s, n, source, c)
		if err != nil {
			return nil, err
		}
		items = append(items, x)
		columns = append(columns, expr.Column{Name: c.Name, Type: x.Type})
	}
	return tree.NewProject(n, columns, items), nil
}

// sourceColumns are the columns that the query gives, in its order.
func sourceColumns(s *ast.Insert, target *Target) ([]string, error) {
	var source []string
	has := func(name string) bool {
		return slices.ContainsFunc(target.Columns, func(c expr.Column) bool { return c.Name == name })
	}
	for _, c := range s.Columns {
		if !has(c.Text) {
			return nil, sqlerr.Invalid(c.Pos, "Unknown target column '%s'", c.Text)
		}
		if slices.Contains(source, c.Text) {
			return nil, sqlerr.Invalid(c.Pos, "Target column '%s' is assigned more than once", c.Text)
		}
		source = append(source, c.Text)
	}
	for _, v := range s.Partition {
		if !has(v.Column.Text) {
			return nil, sqlerr.Invalid(v.Column.Pos, "Unknown target column '%s'", v.Column.Text)
		}
	}
	if s.Columns != nil {
		return source, nil
	}
	for _, c := range target.Columns {
		if !slices.ContainsFunc(s.Partition, func(v ast.PartitionValue) bool { return v.Column.Text == c.Name }) {
			source = append(source, c.Name)
		}
	}
	return source, nil
}

func (p *Planner) spreadColumn(s *ast.Insert, n tree.Node, source []string, c expr.Column) (*expr.Expr, error) {
	for _, v := range s.Partition {
		if v.Column.Text == c.Name {
			return p.resolver(&expr.Scope{}, "").Value(v.Value)
		}
	}
	if i := slices.Index(source, c.Name); i >= 0 {
		return p.Env.Ref(s.Pos, i, c.Name, n.Schema()[i].Type), nil
	}
	if !c.Type.Nullable {
		return nil, sqlerr.Invalid(s.Pos, "Column '%s' has no default value and does not allow NULLs", c.Name)
	}
	x := p.Env.Literal(s.Pos, c.Type, value.NULL)
	return x, nil
}

func mismatch(t *Target, cause string, n tree.Node, pos ast.Pos) error {
	schema := func(columns []expr.Column) string {
		var parts []string
		for _, c := range columns {
			parts = append(parts, c.Name+": "+summary(tree.WithoutTime(c.Type)))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return &sqlerr.Error{
		Pos:   pos,
		Class: sqlerr.ClassValidation,
		Message: "Column types of query result and sink for '" + t.Name + "' do not match.\nCause: " + cause +
			"\n\nQuery schema: " + schema(n.Schema()) + "\nSink schema:  " + schema(t.Columns),
	}
}

func summary(t types.Type) string {
	if t.Nullable {
		return t.Summary()
	}
	return t.Summary() + " NOT NULL"
}
