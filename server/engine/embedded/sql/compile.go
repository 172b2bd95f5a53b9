package sql

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine"
	"drey/server/engine/embedded/sql/ddl"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions"
	"drey/server/engine/embedded/sql/plan"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// compiled is a statement that was planned.
type compiled struct {
	kind        flinksql.Kind
	columns     []expr.Column
	node        tree.Node // nil for a statement that was executed at once
	insert      bool
	targets     []*plan.Target // of an INSERT, one for each node
	nodes       []tree.Node    // of a statement set
	define      ast.Statement
	set         settings
	rows        []value.Row // the result of such a statement, in texts
	env         *expr.Env
	fingerprint string // tells apart what does not compute the same
	batch       bool
	zone        *time.Location
}

func seedOf(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return h.Sum64()
}

// foldTime is for how long planning computes constants of a statement.
const foldTime = 100 * time.Millisecond

// MaxStatement is how long the text of a statement may be, in bytes.
const MaxStatement = 16 << 20

// compile parses, resolves and plans. The error is a *service.SQLError, or
// says that the tables cannot be read.
func (s *Statements) compile(ctx context.Context, run engine.StatementRun, seed uint64) (*compiled, error) {
	c, statement, err := s.parsed(ctx, run, seed)
	if err != nil {
		return nil, err
	}
	if ddl.Defines(statement) {
		c.define = statement
		c.columns = []expr.Column{stringColumn("result")}
		c.rows = []value.Row{{value.Text("OK")}}
		return c, nil
	}
	tables, err := s.tables(ctx, run.Environment)
	if err != nil {
		return nil, err
	}
	p := s.planner(c, tables)
	if err := c.plan(statement, p, tables); err != nil {
		return nil, asSQLError(err)
	}
	c.fingerprint = fingerprintOf(c, run.SQL, p.Used())
	return c, nil
}

// parsed reads a statement, and gives what its expressions know of it.
func (s *Statements) parsed(
	ctx context.Context, run engine.StatementRun, seed uint64,
) (*compiled, ast.Statement, error) {
	if len(run.SQL) > MaxStatement {
		return nil, nil, &engine.SQLError{Class: sqlerr.ClassUnsupported, Message: fmt.Sprintf(
			"not supported by the embedded engine: a statement of %d bytes; at most %d are read", len(run.SQL),
			MaxStatement,
		)}
	}
	set, err := settingsOf(run)
	if err != nil {
		return nil, nil, err
	}
	kind := flinksql.KindOf(run.SQL)
	if err := commandError(kind, run.SQL, set.batch); err != nil {
		return nil, nil, err
	}
	if kind.IsLocal() {
		return nil, nil, localError(kind, run.SQL)
	}
	statement, err := parse.Parse(run.SQL)
	if err != nil {
		return nil, nil, asSQLError(err)
	}
	c := &compiled{kind: kind, batch: set.batch, zone: set.zone, set: set}
	c.env = &expr.Env{
		Zone: set.zone, Seed: seed, Streaming: !set.batch, Catalog: set.catalog, Database: set.database,
		LegacyCast: set.legacyCast,
		Functions:  functions.Builtin, Run: &expr.Run{Now: s.millis}, HeldConstant: expr.HeldConstants(run.SQL),
		Planning: ctx, FoldUntil: time.Now().Add(foldTime),
	}
	return c, statement, nil
}

// planner plans for a compiled statement.
func (s *Statements) planner(c *compiled, tables *ddl.Set) *plan.Planner {
	return &plan.Planner{Env: c.env, Catalog: tables, Batch: c.batch, Files: s.opts.Files}
}

func (s *Statements) millis() int64 { return s.opts.Now().UnixMilli() }

func (c *compiled) plan(statement ast.Statement, p *plan.Planner, tables *ddl.Set) error {
	var err error
	switch t := statement.(type) {
	case *ast.QueryStatement:
		c.kind = flinksql.Select
		if c.node, err = p.Query(t.Query); err == nil {
			c.node = tree.Optimized(c.node)
			c.columns = plan.UniqueNames(c.node.Schema())
			err = requireVisibleKey(c.node, t.Pos)
		}
	case *ast.Insert:
		c.kind = flinksql.InsertInto
		err = c.inserts(p, []*ast.Insert{t})
	case *ast.StatementSet:
		c.kind = flinksql.StatementSet
		err = c.inserts(p, t.Inserts)
	case *ast.Explain:
		err = sqlerr.Within(c.explain(t, p))
	case *ast.Show:
		err = c.show(t, p, tables)
	case *ast.Describe:
		err = c.describe(t, p)
	default:
		err = sqlerr.Refuse(statement.Span(), "this statement")
	}
	return err
}

// requireVisibleKey refuses rows that replace others by a key that is not shown: nobody
// could tell which.
func requireVisibleKey(n tree.Node, pos ast.Pos) error {
	key := n.Traits().Upsert
	if key == nil {
		return nil
	}
	for _, col := range key {
		if col < 0 {
			return sqlerr.Refuse(pos, "the first row of each key without showing the key")
		}
	}
	if len(key) == 0 {
		return sqlerr.Refuse(pos, "the first row of all by ROW_NUMBER; use ORDER BY … LIMIT 1")
	}
	return nil
}

// bounded says whether the statement ends by itself.
func (c *compiled) bounded() bool { return c.node != nil && c.node.Traits().Bounded }

// inserts plans one INSERT or several that run as one job.
func (c *compiled) inserts(p *plan.Planner, list []*ast.Insert) error {
	c.insert = true
	for _, t := range list {
		n, target, err := p.Insert(t)
		if err != nil {
			return err
		}
		c.nodes, c.targets = append(c.nodes, tree.Optimized(n)), append(c.targets, target)
	}
	if len(c.nodes) == 0 {
		return sqlerr.Refuse(ast.Pos{Line: 1, Col: 1, EndLine: 1, EndCol: 1}, "a statement set without an INSERT")
	}
	c.node = tree.NewInserts(c.nodes)
	return nil
}

// commandError is Flink's complaint about a command that fails wherever it is
// given; nil for all others.
func commandError(kind flinksql.Kind, text string, batch bool) error {
	words := flinksql.Lex(text)
	if n := len(words); n > 0 && words[n-1].Text == ";" {
		words = words[:n-1]
	}
	if len(words) == 0 {
		return nil
	}
	last := words[len(words)-1]
	end := last.Column + len(last.Text) - 1
	switch {
	case kind == flinksql.Use && len(words) == 1 && last.Text == "USE":
		return &engine.SQLError{
			Line: last.Line, Column: last.Column, EndLine: last.Line, EndColumn: end, Class: sqlerr.ClassParser,
			Message: fmt.Sprintf(
				"SQL parse failed. Incorrect syntax near the keyword 'USE' at line %d, column %d.", last.Line,
				last.Column,
			),
		}
	case kind == flinksql.Set && len(words) == 2 && last.Kind == flinksql.String && !strings.Contains(last.Text, "\n"):
		return &engine.SQLError{
			Line: last.Line, Column: end, EndLine: last.Line, EndColumn: end, Class: sqlerr.ClassParser,
			Message: fmt.Sprintf("Encountered \"<EOF>\" at line %d, column %d.", last.Line, end),
		}
	case kind == "TRUNCATE_TABLE" && !batch && len(words) == 3:
		return &engine.SQLError{
			Class: sqlerr.ClassTable, Message: "TRUNCATE TABLE statement is not supported in streaming mode.",
		}
	case kind == "LOAD_MODULE" && len(words) == 3 && (last.Kind == flinksql.Identifier || last.Kind == flinksql.Quoted):
		name := strings.Trim(last.Text, "`")
		why := "Unable to create module '" + name + "'.\n\nModule options are:"
		if name == "core" {
			why = "A module with name 'core' already exists"
		}
		return &engine.SQLError{
			Class: sqlerr.ClassValidation, Message: "Could not execute LOAD MODULE `" + name + "`. " + why,
		}
	}
	return nil
}

func localError(kind flinksql.Kind, text string) error {
	e := unsupported(fmt.Sprintf(
		"%s is a command of the SQL shell, not a statement of the API", strings.ReplaceAll(string(kind), "_", " "),
	))
	if first := flinksql.Lex(text); len(first) > 0 {
		e.Line, e.Column = first[0].Line, first[0].Column
		e.EndLine, e.EndColumn = e.Line, e.Column+len(first[0].Text)-1
	}
	e.Message += insteadOf(kind, text)
	return e
}

// insteadOf tells what a person does in place of a command of the shell.
func insteadOf(kind flinksql.Kind, text string) string {
	var words []string
	for _, t := range flinksql.Lex(text)[1:] {
		if t.Kind == flinksql.String || t.Kind == flinksql.Identifier || t.Kind == flinksql.Quoted {
			words = append(words, strings.Trim(t.Text, "'`"))
		}
	}
	switch {
	case kind == flinksql.Set && len(words) == 2 && strings.HasPrefix(words[0], "sql."):
		return fmt.Sprintf("; put '%s': '%s' into the statement's spec.properties", words[0], words[1])
	case kind == flinksql.Set && len(words) == 2:
		return fmt.Sprintf("; put '%s': '%s' into the statement's spec.flinkConfiguration", words[0], words[1])
	case kind == flinksql.Set || kind == flinksql.Reset:
		return "; put the option into the statement's flinkConfiguration, and sql.* keys into its properties"
	case kind == flinksql.UseCatalog && len(words) > 0:
		return fmt.Sprintf("; set the property sql.current-catalog to '%s'", words[len(words)-1])
	case kind == flinksql.Use && len(words) == 1:
		return fmt.Sprintf("; set the property sql.current-database to '%s'", words[0])
	case kind == flinksql.Use || kind == flinksql.UseCatalog:
		return "; set the properties sql.current-catalog and sql.current-database"
	}
	return ""
}

// asSQLError gives the error of any stage its form of the interface.
func asSQLError(err error) error {
	var sqlErr *engine.SQLError
	if errors.As(err, &sqlErr) {
		return sqlErr
	}
	var pos ast.Pos
	class, message := sqlerr.ClassParser, err.Error()
	var pe *ast.Error
	var xe *sqlerr.Error
	switch {
	case errors.As(err, &pe):
		pos = pe.Pos
		if pe.Unsupported {
			class = sqlerr.ClassUnsupported
		} else if pe.Validation {
			class = sqlerr.ClassValidation
		}
	case errors.As(err, &xe):
		pos, class = xe.Pos, xe.Class
	default:
		return err
	}
	return &engine.SQLError{
		Line: pos.Line, Column: pos.Col, EndLine: pos.EndLine, EndColumn: pos.EndCol, Class: class, Message: message,
	}
}

func stringColumn(name string) expr.Column {
	return expr.Column{Name: name, Type: types.String.Null(true)}
}
