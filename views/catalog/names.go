// Package catalog knows the names of an environment's catalogs: a tree of
// catalogs, databases, tables and columns that is asked for a branch at a time,
// as a pane to look at and as what a completion offers.
//
// Platforms have no list of tables: they are known by SHOW and DESCRIBE, which
// are statements. Each answer costs one, which is deleted at once.
package catalog

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"drey/client/flinksql"
	"drey/client/statement"
)

// Target is where the names are asked for. Names are known for an environment and a
// session, which has tables of its own.
type Target struct{ Environment, Pool, Session string }

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
func ask(ctx context.Context, engine statement.Engine, in Target, path []string) ([]Name, error) {
	target := statement.Target{Scope: in.Environment, Pool: in.Pool, Session: in.Session}
	if len(path) >= Catalog {
		target.Catalog = path[0]
	}
	if len(path) >= Database {
		target.Database = path[1]
	}
	switch len(path) {
	case Root:
		return namesOf(ctx, engine, target, "SHOW CATALOGS")
	case Catalog:
		return namesOf(ctx, engine, target, "SHOW DATABASES")
	case Database:
		return namesOf(ctx, engine, target, "SHOW TABLES")
	case Table:
		return namesOf(ctx, engine, target, "DESCRIBE "+Quoted(path[2]))
	}
	return nil, nil
}

// namesTimeout is how long a statement may take to answer.
const namesTimeout = 30 * time.Second

// namesOf runs a metadata statement and gives the first columns of its rows.
func namesOf(ctx context.Context, engine statement.Engine, target statement.Target, text string) ([]Name, error) {
	ctx, cancel := context.WithTimeout(ctx, namesTimeout)
	defer cancel()
	rows, err := statement.Run(ctx, engine, statement.Request{Name: newName(), SQL: text, Target: target})
	names := make([]Name, 0, len(rows))
	for _, row := range rows {
		names = append(names, Name{Name: cell(row, 0), Type: cell(row, 1)})
	}
	return names, err
}

// newName begins as all names that drey invents do; it is one that Kubernetes
// takes.
func newName() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return "drey-names-" + hex.EncodeToString(b[:])
}

func cell(row statement.Row, i int) string {
	var text string
	if i < len(row.Cells) {
		_ = json.Unmarshal(row.Cells[i], &text) // what is no text has no name
	}
	return text
}
