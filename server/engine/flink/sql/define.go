package sql

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
	"drey/server/engine"
)

// define has Flink carry out a change of the environment's tables in a session,
// and keeps what came of it, as Flink shows it.
func (s *Statements) define(ctx context.Context, run engine.StatementRun, kind flinksql.Kind) (engine.Prepared, error) {
	s.ddl.Lock()
	defer s.ddl.Unlock()
	at := sessionKey{catalog: run.Catalog, database: run.Database}
	if at.catalog == "" {
		at.catalog = "default_catalog"
	}
	if at.database == "" {
		at.database = map[string]string{
			"default_catalog": "default_database", exampleCatalog: "marketplace",
		}[at.catalog]
	}
	to, known := targetOf(run.SQL, at.catalog, at.database)
	if known {
		if err := to.check(); err != nil {
			return engine.Prepared{}, err
		}
	}
	tables, err := s.opts.Tables.Tables(ctx, run.Environment)
	if err != nil {
		return engine.Prepared{}, err
	}
	if known && madeBy(tables, to.key, run.ID) {
		return engine.Prepared{Kind: string(kind), Bounded: true, AppendOnly: true, Immediate: true}, nil
	}
	session, err := s.sessions.take(ctx, run)
	if err != nil {
		return engine.Prepared{}, err
	}
	defer s.sessions.drop(session)
	p, err := s.immediate(ctx, session, run, kind)
	if err != nil || !known {
		return p, err
	}
	made, err := s.shown(ctx, session, to, run.SQL)
	if err != nil {
		return p, err
	}
	return p, s.opts.Tables.ChangeTables(ctx, run.Environment, func(all []engine.Table) ([]engine.Table, error) {
		return to.apply(all, definition{SQL: made, By: run.ID}), nil
	})
}

// check refuses what sessions cannot share, and changes of the examples.
func (t target) check() error {
	reason := t.refused
	if t.key[0] == exampleCatalog || t.old[0] == exampleCatalog {
		reason = "the catalog examples cannot be changed"
	}
	if reason == "" {
		return nil
	}
	return &engine.SQLError{
		Line: t.pos.Line, Column: t.pos.Col, EndLine: t.pos.EndLine, EndColumn: t.pos.EndCol,
		Class: "org.apache.flink.table.api.ValidationException", Message: reason,
	}
}

func madeBy(tables []engine.Table, key [3]string, run string) bool {
	return slices.ContainsFunc(tables, func(t engine.Table) bool { return t.Key() == key && read(t).By == run })
}

// shown is the statement that makes the target, "" after a drop.
func (s *Statements) shown(ctx context.Context, session string, to target, sql string) (string, error) {
	switch {
	case to.drops:
		return "", nil
	case to.key[2] == "":
		if strings.HasPrefix(string(flinksql.KindOf(sql)), "ALTER") {
			return "", nil
		}
		if to.key[1] == "" {
			return strings.TrimRight(sql, "; \n\t"), nil
		}
		return "CREATE DATABASE IF NOT EXISTS " + ast.Quoted(to.key[0]) + "." + ast.Quoted(to.key[1]), nil
	}
	name := ast.Quoted(to.key[0]) + "." + ast.Quoted(to.key[1]) + "." + ast.Quoted(to.key[2])
	text, err := s.explain(ctx, session, "SHOW CREATE "+to.what+" "+name, nil)
	if err != nil && !unavailable(err) {
		return strings.TrimRight(sql, "; \n\t"), nil
	}
	return strings.TrimSpace(text), err
}

// apply makes the new list of tables.
func (t target) apply(all []engine.Table, d definition) []engine.Table {
	order := 0
	out := slices.DeleteFunc(slices.Clone(all), func(have engine.Table) bool {
		order = max(order, read(have).Order)
		key := have.Key()
		if key == t.key && d.SQL != "" {
			d.By = read(have).By // IF NOT EXISTS and ALTER make nothing new
		}
		return key == t.old || key == t.key && (t.drops || d.SQL != "") || t.drops && t.holds(key)
	})
	if t.drops || d.SQL == "" {
		return out
	}
	d.Order = order + 1
	b, _ := json.Marshal(d) // of strings and a number
	return append(out, engine.Table{Catalog: t.key[0], Database: t.key[1], Name: t.key[2], Definition: b})
}

// holds reports whether the target is a catalog or a database with this in it.
func (t target) holds(key [3]string) bool {
	switch {
	case t.key[2] != "":
		return false
	case t.key[1] != "":
		return key[0] == t.key[0] && key[1] == t.key[1]
	}
	return key[0] == t.key[0]
}
