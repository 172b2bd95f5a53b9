package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"drey/client/cmf"
	"drey/client/flinkrest"
	"drey/client/flinksql"
	"drey/client/flinksql/parse"
	"drey/server/engine"
	"drey/server/engine/types"
)

// columnsOf asks Flink for the schema of a query, as that of a view over it.
func (s *Statements) columnsOf(
	ctx context.Context, session string, run engine.StatementRun,
) ([]cmf.ResultColumn, error) {
	view := "`default_catalog`.`default_database`.`drey_" + run.ID + "`" // a session's own
	query := strings.TrimRight(run.SQL, "; \n\t")
	if first := flinksql.Lex(query); len(first) > 0 && first[0].Is("EXECUTE") {
		query = query[first[0].End():]
	}
	err := s.opts.Gateway.Configure(ctx, session, "CREATE TEMPORARY VIEW "+view+" AS "+query)
	var names []string
	if err != nil && !unavailable(err) { // such as two columns of one name, which a view cannot have
		if names, err = s.fieldsOf(ctx, session, view, query); names == nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	columns, err := s.described(ctx, session, view)
	for i := range columns {
		if names != nil {
			columns[i].Name = names[i]
		}
	}
	return columns, err
}

var inputFields = regexp.MustCompile(`(?s)Input fields: \[(.*)\]`)

// fieldsOf makes the view with names of ours, and tells those of the query: the
// refusal of a view with too few names has them. nil: they cannot be told.
func (s *Statements) fieldsOf(ctx context.Context, session, view, query string) ([]string, error) {
	err := s.opts.Gateway.Configure(ctx, session, "CREATE TEMPORARY VIEW "+view+" (c0) AS "+query)
	var refused *flinkrest.Error
	if !errors.As(err, &refused) {
		return nil, err
	}
	m := inputFields.FindStringSubmatch(refused.Stack())
	if m == nil {
		return nil, nil
	}
	names, ours := strings.Split(m[1], ", "), ""
	for i := range names {
		ours += fmt.Sprintf(", c%d", i)
	}
	err = s.opts.Gateway.Configure(ctx, session, "CREATE TEMPORARY VIEW "+view+" ("+ours[2:]+") AS "+query)
	if err != nil {
		return nil, notRefused(err)
	}
	return distinct(names), nil
}

// distinct gives a name that was there before the number that Flink gives it.
func distinct(names []string) []string {
	out := slices.Clone(names)
	for i, name := range names {
		for n := 0; slices.Contains(out[:i], out[i]); n++ {
			out[i] = fmt.Sprint(name, n)
		}
	}
	return out
}

// described are the columns of a view, which is then dropped.
func (s *Statements) described(ctx context.Context, session, view string) ([]cmf.ResultColumn, error) {
	_, rows, err := s.collect(ctx, session, "DESCRIBE "+view, nil)
	if err != nil {
		return nil, err
	}
	if err := s.opts.Gateway.Configure(ctx, session, "DROP TEMPORARY VIEW "+view); err != nil {
		return nil, err
	}
	var columns []cmf.ResultColumn
	for _, row := range rows {
		var name, written, null string
		if len(row.Row) < 3 || json.Unmarshal(row.Row[0], &name) != nil || json.Unmarshal(row.Row[1], &written) != nil {
			continue
		}
		_ = json.Unmarshal(row.Row[2], &null)
		columns = append(columns, cmf.ResultColumn{Name: name, Type: typeOf(written, strings.EqualFold(null, "true"))})
	}
	return columns, nil
}

// typeOf reads a type as DESCRIBE shows it.
func typeOf(written string, nullable bool) cmf.DataType {
	bare := strings.TrimSpace(strings.NewReplacer("*ROWTIME*", "", "*PROCTIME*", "").Replace(written))
	if t, ok := outsideTables(bare); ok {
		return t.Null(nullable).Wire()
	}
	tree, err := parse.ParseType(bare)
	if err == nil {
		t, err := types.Read(tree)
		if err == nil {
			return t.Null(nullable).Wire()
		}
	}
	name, _, _ := strings.Cut(bare, "(")
	return cmf.DataType{Type: name, Nullable: nullable}
}

var empty = regexp.MustCompile(`^(CHAR|VARCHAR|BINARY|VARBINARY)\(0\)`)

// outsideTables reads types that results have and columns of tables do not:
// intervals, and texts of no letter.
func outsideTables(written string) (types.Type, bool) {
	switch m := empty.FindStringSubmatch(written); {
	case m != nil:
		roots := map[string]types.Root{
			"CHAR": types.Char, "VARCHAR": types.Varchar, "BINARY": types.Binary, "VARBINARY": types.Varbinary,
		}
		return types.Type{Root: roots[m[1]]}, true
	case strings.HasPrefix(written, "INTERVAL MONTH"), strings.HasPrefix(written, "INTERVAL YEAR"):
		return types.Of(types.IntervalMonths), true
	case strings.HasPrefix(written, "INTERVAL "):
		return types.Of(types.IntervalMillis), true
	}
	return types.Type{}, false
}

// wireColumns are the columns of a result as the API has them: Flink writes a
// type as the API does (flink-engine.md §3.3).
func wireColumns(columns []flinkrest.Column) ([]cmf.ResultColumn, error) {
	out := make([]cmf.ResultColumn, len(columns))
	for i, c := range columns {
		out[i].Name = c.Name
		if err := json.Unmarshal(c.Type, &out[i].Type); err != nil {
			return nil, fmt.Errorf("type of column %s: %w", c.Name, err)
		}
	}
	return out, nil
}
