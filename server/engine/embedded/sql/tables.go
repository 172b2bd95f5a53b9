package sql

import (
	"context"
	"errors"

	"drey/client/flinksql/ast"
	"drey/server/engine"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/ddl"
	"drey/server/engine/embedded/sql/sqlerr"
)

// tables are those of an environment.
func (s *Statements) tables(ctx context.Context, env string) (*ddl.Set, error) {
	all, err := s.opts.Tables.Tables(ctx, env)
	if err != nil {
		return nil, err
	}
	set, err := ddl.Load(s.opts.Catalog, all)
	if err != nil {
		return nil, err
	}
	names, err := s.kafka(ctx, env)
	set.WithKafka(names)
	return set, err
}

func (s *Statements) kafka(ctx context.Context, env string) (map[string][]string, error) {
	k, ok := s.opts.Tables.(engine.KafkaNames)
	if !ok {
		return nil, nil
	}
	return k.KafkaNames(ctx, env)
}

// define carries out a statement that changes the tables of an environment.
func (s *Statements) define(ctx context.Context, run engine.StatementRun, c *compiled) error {
	names, err := s.kafka(ctx, run.Environment)
	if err != nil {
		return err
	}
	err = s.opts.Tables.ChangeTables(ctx, run.Environment, func(all []engine.Table) ([]engine.Table, error) {
		set, err := ddl.Load(s.opts.Catalog, all)
		if err != nil {
			return nil, err
		}
		set.WithKafka(names)
		context := ddl.Context{
			Catalog: c.set.catalog, Database: c.set.database, Run: run.ID,
			View: func(q *ast.Query, set *ddl.Set) ([]string, error) {
				n, err := s.planner(c, set).Query(q)
				if err != nil {
					return nil, sqlerr.WithoutPrefix(err)
				}
				var names []string
				for _, col := range n.Schema() {
					names = append(names, col.Name)
				}
				return names, nil
			},
			Table: func(t *catalog.Table, set *ddl.Set) error {
				if t.Broken != nil {
					return unusable(t.Broken)
				}
				_, err := s.planner(c, set).Declared(t)
				return err
			},
		}
		if err := set.Apply(c.define, context); err != nil {
			return nil, asSQLError(err)
		}
		return set.Save()
	})
	var refused *engine.SQLError // by who keeps the tables, and knows no place
	if errors.As(err, &refused) && refused.Line == 0 {
		at := c.define.Span()
		refused.Line, refused.Column, refused.EndLine, refused.EndColumn = at.Line, at.Col, at.EndLine, at.EndCol
	}
	return err
}

// unusable lets through the types that Flink takes in a definition though no
// value can have them.
func unusable(err error) error {
	if sqlerr.HasCode(err, sqlerr.CodeNoValue) {
		return nil
	}
	return err
}
