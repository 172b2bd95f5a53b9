package sql

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"drey/client/flinkrest"
	"drey/client/flinksql"
	"drey/server/engine"
)

func unavailable(err error) bool { return errors.Is(err, engine.ErrUnavailable) }

// plan has Flink plan a query or an INSERT, which shows what is wrong with it,
// without running it. The session is kept for the start.
func (s *Statements) plan(ctx context.Context, run engine.StatementRun, kind flinksql.Kind) (engine.Prepared, error) {
	session, err := s.sessions.take(ctx, run)
	if err != nil {
		return engine.Prepared{}, err
	}
	p, err := s.planIn(ctx, session, run, kind)
	if err != nil {
		s.sessions.drop(session)
		return p, err
	}
	s.sessions.plan(run.ID, session)
	return p, nil
}

func (s *Statements) planIn(
	ctx context.Context, session string, run engine.StatementRun, kind flinksql.Kind,
) (engine.Prepared, error) {
	const explain = "EXPLAIN CHANGELOG_MODE "
	p := engine.Prepared{Kind: string(kind), AppendOnly: true}
	conf := configuration(run)
	if kind == flinksql.Select && withoutTable(run.SQL) {
		p.Bounded = true
		if p.Columns, _ = s.columnsOf(ctx, session, run); p.Columns != nil {
			return p, nil
		} // else Flink says why
	}
	sql, prefix := explain+run.SQL, len(explain)
	if kind == flinksql.StatementSet {
		if rest, ok := withoutExecute(run.SQL); ok {
			sql, prefix = "EXPLAIN "+rest, 0
		}
	}
	text, err := s.explain(ctx, session, sql, conf)
	if err != nil {
		return p, sqlError(err, run.SQL, prefix)
	}
	p.Bounded = strings.EqualFold(conf[runtimeMode], "batch") ||
		!strings.Contains(text, "TableSourceScan(") && !strings.Contains(text, "DataStreamScan(")
	if !p.Bounded && kind != flinksql.StatementSet {
		if p.Bounded, err = s.endsInBatch(ctx, session, run); err != nil {
			return p, err
		}
	}
	if kind != flinksql.Select {
		p.Columns = nil
		return p, nil
	}
	p.AppendOnly = appendOnly(text) && !ranks(text)
	if p.Columns, err = s.columnsOf(ctx, session, run); err == nil && !p.AppendOnly {
		p.UpsertColumns = upsertColumns(text, len(p.Columns))
	}
	return p, err
}

var executeSet = regexp.MustCompile(`(?is)^\s*EXECUTE\s+(STATEMENT\s+SET\b.*)$`)

func withoutExecute(sql string) (string, bool) {
	m := executeSet.FindStringSubmatch(strings.TrimRight(sql, "; \n\t"))
	if m == nil {
		return "", false
	}
	return m[1], true
}

// explain is the text of a plan.
func (s *Statements) explain(ctx context.Context, session, sql string, conf map[string]string) (string, error) {
	_, rows, err := s.collect(ctx, session, sql, conf)
	if err != nil || len(rows) == 0 || len(rows[0].Row) == 0 {
		return "", err
	}
	var text string
	if err := json.Unmarshal(rows[0].Row[0], &text); err != nil {
		return "", err
	}
	return text, nil
}

// endsInBatch asks whether the sources end: Flink plans a batch job over no others.
func (s *Statements) endsInBatch(ctx context.Context, session string, run engine.StatementRun) (bool, error) {
	conf := configuration(run)
	conf[runtimeMode] = "batch"
	_, err := s.explain(ctx, session, "EXPLAIN "+run.SQL, conf)
	var refused *flinkrest.Error
	if !errors.As(err, &refused) || flinkrest.Says(err, "unbounded table") {
		return err == nil, notRefused(err)
	}
	// A time attribute of a streaming session is none of a batch plan.
	run.Configuration = maps.Clone(run.Configuration)
	if run.Configuration == nil {
		run.Configuration = map[string]string{}
	}
	run.Configuration[runtimeMode] = "batch"
	if session, err = s.sessions.take(ctx, run); err != nil {
		return false, err
	}
	defer s.sessions.drop(session)
	_, err = s.explain(ctx, session, "EXPLAIN "+run.SQL, conf)
	return err == nil, notRefused(err)
}

// notRefused is an error that says nothing of the statement.
func notRefused(err error) error {
	var refused *flinkrest.Error
	if errors.As(err, &refused) {
		return nil
	}
	return err
}

var rootMode = regexp.MustCompile(`(?m)^== Optimized Physical Plan ==\n(.*)$`)

// appendOnly reads the changelog mode of a plan's root; a batch plan has none.
func appendOnly(plan string) bool {
	m := rootMode.FindStringSubmatch(plan)
	return m == nil || !strings.Contains(m[1], "changelogMode=[") || strings.Contains(m[1], "changelogMode=[I]")
}

// withoutTable reports whether a query reads nothing: it has one row, and its
// plan tells nothing that is not known.
func withoutTable(sql string) bool {
	tokens := flinksql.Lex(sql)
	return len(tokens) > 0 && tokens[0].Is("SELECT") && !slices.ContainsFunc(tokens, func(t flinksql.Token) bool {
		return t.Is("FROM") || t.Is("SELECT") && t.Offset != tokens[0].Offset || t.Is("ORDER") || t.Is("UNNEST")
	})
}
