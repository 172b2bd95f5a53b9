package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"drey/client/cmf"
	"drey/server/model"
)

// columns are those of a record; of one scope, its own need not be read, and
// lists need few.
const (
	columns = "o.kind, o.env, o.parent, " + within
	within  = brief + ", o.uid, o.link, o.created, o.updated, o.due"
	brief   = "o.name, o.state, o.doc, o.note"
)

// selection is which columns are read: of one scope or of several, and all or
// those of lists.
type selection struct {
	scope *model.Scope
	brief bool
}

func (s selection) columns() string {
	switch {
	case s.scope == nil:
		return columns
	case s.brief:
		return brief
	}
	return within
}

// reader is a service.Reader over one transaction. Labels are not read: they
// stand in the documents.
type reader struct {
	ctx  context.Context
	conn *conn
}

func (r *reader) Get(scope model.Scope, name string) (model.Record, error) {
	return r.one(&scope, "WHERE kind = ? AND env = ? AND parent = ? AND name = ?",
		string(scope.Kind), scope.Env, scope.Parent, name)
}

func (r *reader) ByUID(kind model.KindID, uid string) (model.Record, error) {
	return r.one(nil, "WHERE uid = ? AND kind = ? LIMIT 1", uid, string(kind))
}

func (r *reader) one(scope *model.Scope, where string, args ...any) (model.Record, error) {
	stmt, err := r.conn.prepare(r.ctx, "SELECT "+selection{scope: scope}.columns()+" FROM objects o "+where)
	if err != nil {
		return model.Record{}, fmt.Errorf("get: %w", err)
	}
	record, err := newScanned(selection{scope: scope}).scan(stmt.QueryRowContext(r.ctx, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return record, model.ErrMissing
	}
	if err != nil {
		return record, fmt.Errorf("get: %w", err)
	}
	return record, nil
}

func (r *reader) Find(scope model.Scope, query model.Query) (model.Found, error) {
	c := compile(scope, query)
	var found model.Found
	counted, err := r.total(scope, query, &c)
	if err != nil {
		return found, fmt.Errorf("count matches: %w", err)
	}
	found.Total = counted
	if int64(query.Offset) >= counted {
		return found, nil
	}
	page := c.page(query, counted)
	rows, err := r.conn.rows(r.ctx, page.text, append(c.args, page.rows, page.offset)...)
	if err != nil {
		return found, fmt.Errorf("list: %w", err)
	}
	found.Records, err = scanAll(rows, c.selection(), page.rows)
	if err != nil {
		return found, fmt.Errorf("list: %w", err)
	}
	if page.turned {
		slices.Reverse(found.Records)
	}
	return found, nil
}

// total counts the matches; a whole environment's are counted already.
func (r *reader) total(scope model.Scope, query model.Query, c *compiled) (int64, error) {
	states, plain := statesOnly(query.Where)
	if !plain || scope.Parent != "" || query.Everywhere {
		var n int64
		err := r.conn.row(r.ctx, c.count(), c.args, &n)
		return n, err
	}
	counts, err := r.counts(scope, false)
	var n int64
	for state, count := range counts {
		if states == nil || slices.Contains(states, state) {
			n += int64(count)
		}
	}
	return n, err
}

// statesOnly reports whether a query selects by state or by nothing; such
// matches are counted already.
func statesOnly(where []model.Term) (states []string, plain bool) {
	if len(where) == 0 {
		return nil, true
	}
	term := where[0]
	if len(where) > 1 || term.Label != "" || term.Test != model.TestIn || len(term.Fields) != 1 {
		return nil, false
	}
	return term.Values, term.Fields[0].Column == model.ColumnState
}

func (r *reader) Count(scope model.Scope) (map[string]int, error) {
	counts, err := r.counts(scope, scope.Env == "")
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	return counts, nil
}

func (r *reader) counts(scope model.Scope, everywhere bool) (map[string]int, error) {
	text, args := "SELECT state, n FROM counts WHERE kind = ? AND env = ? AND n > 0", []any{
		string(scope.Kind), scope.Env,
	}
	if everywhere {
		text, args = "SELECT state, sum(n) FROM counts WHERE kind = ? AND n > 0 GROUP BY state", args[:1]
	}
	rows, err := r.conn.rows(r.ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, err
		}
		counts[state] = n
	}
	return counts, rows.Err()
}

// Usage sums up what the kind's objects take.
func (r *reader) Usage(scope model.Scope, link string) (cmf.ResourceUsageSummary, error) {
	var jm, tm cmf.ResourceUsage
	err := r.conn.row(r.ctx, `SELECT total(jm_cpu), CAST(total(jm_memory) AS INTEGER), CAST(total(jm_count) AS INTEGER),
			total(tm_cpu), CAST(total(tm_memory) AS INTEGER), CAST(total(tm_count) AS INTEGER)
			FROM used WHERE kind = ?1 AND (?2 = '' OR env = ?2) AND (?3 = '' OR link = ?3)`,
		[]any{string(scope.Kind), scope.Env, link}, &jm.CPU, &jm.Memory, &jm.Count, &tm.CPU, &tm.Memory, &tm.Count)
	if err != nil {
		return cmf.ResourceUsageSummary{}, fmt.Errorf("usage: %w", err)
	}
	return summary(jm, tm), nil
}

const overviews = `SELECT env, kind, state, n, 0, 0, 0, 0, 0, 0 FROM counts
	WHERE kind IN (SELECT value FROM json_each(?1)) AND env IN (SELECT value FROM json_each(?2)) AND n > 0
	UNION ALL SELECT env, '', '', 0, total(jm_cpu), CAST(total(jm_memory) AS INTEGER), CAST(total(jm_count) AS INTEGER),
		total(tm_cpu), CAST(total(tm_memory) AS INTEGER), CAST(total(tm_count) AS INTEGER) FROM used
	WHERE kind IN (SELECT value FROM json_each(?1)) AND env IN (SELECT value FROM json_each(?2)) GROUP BY env`

// Overviews reads what Count and Usage do, of many environments.
func (r *reader) Overviews(environments []string, kinds ...model.KindID) (map[string]model.Overview, error) {
	rows, err := r.conn.rows(r.ctx, overviews, string(model.MustEncode(kinds)), string(model.MustEncode(environments)))
	if err != nil {
		return nil, fmt.Errorf("overviews: %w", err)
	}
	defer rows.Close()
	all := map[string]model.Overview{}
	for rows.Next() {
		var env, kind, state string
		var n int
		var jm, tm cmf.ResourceUsage
		if err := rows.Scan(
			&env, &kind, &state, &n, &jm.CPU, &jm.Memory, &jm.Count, &tm.CPU, &tm.Memory, &tm.Count,
		); err != nil {
			return nil, fmt.Errorf("overviews: %w", err)
		}
		one, ok := all[env]
		if !ok {
			one.Counts = map[model.KindID]map[string]int{}
		}
		if kind == "" {
			one.Usage = summary(jm, tm)
		} else {
			id := model.KindID(kind)
			if one.Counts[id] == nil {
				one.Counts[id] = map[string]int{}
			}
			one.Counts[id][state] = n
		}
		all[env] = one
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("overviews: %w", err)
	}
	return all, nil
}

// summary rounds: sums of differences drift in the last digits.
func summary(jm, tm cmf.ResourceUsage) cmf.ResourceUsageSummary {
	jm.CPU, tm.CPU = math.Round(jm.CPU*1e6)/1e6, math.Round(tm.CPU*1e6)/1e6
	return cmf.ResourceUsageSummary{JobManager: &jm, TaskManager: &tm}
}

type scanner interface{ Scan(into ...any) error }

// scanned is one row, read again and again.
type scanned struct {
	record                model.Record
	created, updated, due sql.NullInt64
	doc, state            []byte
	into                  []any
}

func newScanned(selected selection) *scanned {
	s := &scanned{}
	s.into = []any{
		&s.record.Kind, &s.record.Env, &s.record.Parent, &s.record.Name, &s.record.State, &s.doc, &s.state,
		&s.record.UID, &s.record.Link, &s.created, &s.updated, &s.due,
	}
	if selected.scope != nil {
		s.record.Scope, s.into = *selected.scope, s.into[3:]
		if selected.brief {
			s.into = s.into[:4]
		}
	}
	return s
}

func (s *scanned) scan(row scanner) (model.Record, error) {
	err := row.Scan(s.into...)
	record := s.record
	record.Created, record.Updated, record.Due = fromNanos(s.created), fromNanos(s.updated), fromNanos(s.due)
	record.Doc, record.ControllerState = cmf.Object(s.doc), cmf.Object(s.state)
	return record, err
}

// scanAll reads about so many rows.
func scanAll(rows *sql.Rows, selected selection, about int64) ([]model.Record, error) {
	defer rows.Close()
	row := newScanned(selected)
	records := make([]model.Record, 0, min(about, 4096))
	for rows.Next() {
		record, err := row.scan(rows)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, rows.Err()
}

func fromNanos(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.Unix(0, n.Int64).UTC()
}

func toNanos(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixNano(), Valid: !t.IsZero()}
}
