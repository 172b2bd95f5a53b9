// Package catalog knows the names of an environment's catalogs: a tree of
// catalogs, databases, tables and columns that is asked for a branch at a time,
// as a pane to look at and as what a completion offers.
//
// CMF has no list of tables: they are known by SHOW and DESCRIBE, which are
// statements (cmf-behaviour.md §4). Each answer costs one, which is deleted at
// once.
package catalog

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/client/flinksql"
)

// Place is where the names are asked for.
type Place struct{ Environment, Pool string }

// Name is a catalog, database, table or column.
type Name struct {
	Name string
	Type string // of a column, as Flink writes it
}

// Quoted is a name as it stands in a statement: in backticks where it must.
func Quoted(name string) string {
	plain := name != "" && !flinksql.IsReserved(name)
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		plain = plain && (letter || i > 0 && r >= '0' && r <= '9')
	}
	if plain {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

// Join is a path of names as it stands in a statement.
func Join(path []string) string {
	quoted := make([]string, len(path))
	for i, name := range path {
		quoted[i] = Quoted(name)
	}
	return strings.Join(quoted, ".")
}

// Levels of the tree, as the length of a path to one of them.
const (
	Root = iota
	Catalog
	Database
	Table
	Column
)

// ask finds what is below path: the catalogs below nothing.
func ask(ctx context.Context, c *cmfapi.Client, place Place, path []string) ([]Name, error) {
	properties := map[string]string{}
	if len(path) >= Catalog {
		properties[cmf.PropertyCatalog] = path[0]
	}
	if len(path) >= Database {
		properties[cmf.PropertyDatabase] = path[1]
	}
	switch len(path) {
	case Root:
		return rowsOf(ctx, c, place, "SHOW CATALOGS", nil)
	case Catalog:
		return rowsOf(ctx, c, place, "SHOW DATABASES", properties)
	case Database:
		return rowsOf(ctx, c, place, "SHOW TABLES", properties)
	case Table:
		return rowsOf(ctx, c, place, "DESCRIBE "+Quoted(path[2]), properties)
	}
	return nil, nil
}

// patience is how long a statement may take to answer.
const patience = 30 * time.Second

// rowsOf runs a metadata statement, gives the first columns of its rows and
// deletes it.
func rowsOf(ctx context.Context, c *cmfapi.Client, place Place, text string, properties map[string]string) ([]Name, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	scope, name := cmf.Scope{Environment: place.Environment}, newName()
	s, err := cmfapi.Create(ctx, c, cmf.Statements, scope, cmf.Statement{
		APIVersion: cmf.APIVersion, Kind: cmf.Statements.Name,
		Metadata: cmf.Metadata{Name: name},
		Spec:     cmf.StatementSpec{Statement: text, ComputePoolName: place.Pool, Properties: properties},
	})
	if err != nil && !fault.Of(err).Lost {
		return nil, err // the server took nothing
	}
	defer remove(ctx, c, scope, name) // also when the answer was lost
	if err != nil {
		return nil, err
	}
	if s, err = ended(ctx, c, scope, s); err != nil {
		return nil, err
	}
	if s.Phase() != cmf.PhaseCompleted {
		return nil, errors.New(s.Status.Detail)
	}
	rows, err := resultOf(ctx, c, scope, s)
	names := make([]Name, 0, len(rows))
	for _, row := range rows {
		names = append(names, Name{Name: cell(row, 0), Type: cell(row, 1)})
	}
	return names, err
}

// newName begins as all names that drey invents do (cmf-behaviour.md §3.8).
func newName() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return "drey-names-" + hex.EncodeToString(b[:])
}

// remove leaves nothing behind, also when the question was given up.
func remove(ctx context.Context, c *cmfapi.Client, scope cmf.Scope, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = cmfapi.Delete(ctx, c, cmf.Statements, scope, name, false)
}

// ended waits until the statement is in its last phase.
func ended(ctx context.Context, c *cmfapi.Client, scope cmf.Scope, s cmf.Statement) (cmf.Statement, error) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		switch s.Phase() {
		case cmf.PhaseCompleted, cmf.PhaseFailed, cmf.PhaseStopped:
			return s, nil
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-tick.C:
		}
		next, err := cmfapi.Get[cmf.Statement](ctx, c, cmf.Statements, scope, s.Metadata.Name)
		if err != nil {
			return s, err
		}
		s = next
	}
}

// resultOf is the result inside the statement, or else its pages.
func resultOf(ctx context.Context, c *cmfapi.Client, scope cmf.Scope, s cmf.Statement) ([]cmf.ResultRow, error) {
	if s.Result != nil {
		return s.Result.Results.Data, nil
	}
	pager := c.NewResultPager(scope, s.Metadata.Name)
	var all []cmf.ResultRow
	for {
		rows, done, err := pager.Next(ctx)
		all = append(all, rows...)
		if err != nil || done {
			return all, err
		}
	}
}

func cell(row cmf.ResultRow, i int) string {
	var text string
	if i < len(row.Row) {
		_ = json.Unmarshal(row.Row[i], &text) // what is no text has no name
	}
	return text
}
