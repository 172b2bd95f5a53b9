package sql

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"drey/client/flinksql"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan"
	"drey/server/engine/embedded/sql/types"
	"drey/server/service"
)

// compiled is a statement that was planned.
type compiled struct {
	kind    flinksql.Kind
	columns []expr.Column
	node    *plan.Node // nil for a statement that was executed at once
	insert  bool
	rows    [][]string // the result of such a statement; "\x00" stands for NULL
	env     *expr.Env
	batch   bool
	zone    *time.Location
}

func seedOf(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return h.Sum64()
}

// compile parses, resolves and plans. The error is a *service.SQLError.
func (s *Statements) compile(run service.StatementRun, seed uint64) (*compiled, error) {
	set, err := settingsOf(run)
	if err != nil {
		return nil, err
	}
	kind := flinksql.KindOf(run.SQL)
	if kind.IsLocal() {
		return nil, localError(kind, run.SQL)
	}
	tree, err := parse.Parse(run.SQL)
	if err != nil {
		return nil, asSQLError(err)
	}
	c := &compiled{kind: kind, batch: set.batch, zone: set.zone}
	c.env = &expr.Env{Zone: set.zone, Seed: seed, Streaming: !set.batch, Catalog: set.catalog, Database: set.database}
	p := &plan.Planner{Env: c.env, Catalog: s.opts.Catalog, Batch: set.batch}
	switch t := tree.(type) {
	case *parse.QueryStatement:
		c.kind = flinksql.Select
		if c.node, err = p.Query(t.Query); err == nil {
			c.columns = plan.UniqueNames(c.node.Columns)
		}
	case *parse.Insert:
		c.kind, c.insert = flinksql.InsertInto, true
		c.node, err = p.Insert(t)
	case *parse.Show:
		err = s.show(c, t, set)
	case *parse.Describe:
		err = s.describe(c, t, p)
	default:
		err = expr.Refuse(tree.Span(), "this statement")
	}
	if err != nil {
		return nil, asSQLError(err)
	}
	return c, nil
}

func localError(kind flinksql.Kind, text string) error {
	e := unsupported(fmt.Sprintf("%s is a command of the SQL shell, not a statement of the API", strings.ReplaceAll(string(kind), "_", " ")))
	if first := flinksql.Lex(text); len(first) > 0 {
		e.Line, e.Column = first[0].Line, first[0].Column
		e.EndLine, e.EndColumn = e.Line, e.Column+len(first[0].Text)-1
	}
	switch kind {
	case flinksql.Set, flinksql.Reset:
		e.Message += "; put the option into the statement's flinkConfiguration, and sql.* keys into its properties"
	case flinksql.Use, flinksql.UseCatalog:
		e.Message += "; set the properties sql.current-catalog and sql.current-database"
	}
	return e
}

// asSQLError gives the error of any stage its form of the interface.
func asSQLError(err error) error {
	var sqlErr *service.SQLError
	if errors.As(err, &sqlErr) {
		return sqlErr
	}
	var pos parse.Pos
	class, message := expr.ClassParser, err.Error()
	var pe *parse.Error
	var xe *expr.Error
	switch {
	case errors.As(err, &pe):
		pos = pe.Pos
		if pe.Unsupported {
			class = expr.ClassUnsupported
		} else if strings.HasPrefix(message, "SQL validation failed") {
			class = expr.ClassValidation
		}
	case errors.As(err, &xe):
		pos, class = xe.Pos, xe.Class
	default:
		return err
	}
	return &service.SQLError{
		Line: pos.Line, Column: pos.Col, EndLine: pos.EndLine, EndColumn: pos.EndCol, Class: class, Message: message,
	}
}

func stringColumn(name string) expr.Column {
	return expr.Column{Name: name, Type: types.String.Null(true)}
}
