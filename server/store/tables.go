package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"drey/server/engine"
	"drey/server/model"
)

var _ engine.Tables = (*Store)(nil)

// Tables implements service.Tables. The tables of a Kafka database are every
// environment's that sees it; without an environment they are all there is.
func (s *Store) Tables(ctx context.Context, env string) ([]engine.Table, error) {
	var all []engine.Table
	err := s.read(ctx, func(c *conn) error {
		var err error
		all, err = tables(ctx, c, env)
		return err
	})
	return all, err
}

// ChangeTables implements service.Tables.
func (s *Store) ChangeTables(
	ctx context.Context, env string, change func([]engine.Table) ([]engine.Table, error),
) error {
	return s.Update(ctx, func(t model.Tx) error {
		if _, err := t.Get(model.Scope{Kind: model.KindEnvironment}, env); err != nil && env != "" {
			return fmt.Errorf("environment of the table: %w", err)
		}
		tx := t.(*tx)
		// Not with the request's context: SQLite may give up the whole batch with it.
		old, err := tables(tx.ctx, tx.conn, env)
		if err != nil {
			return err
		}
		changed, err := change(append([]engine.Table(nil), old...))
		if err != nil {
			return err
		}
		return tx.replaceTables(env, old, changed)
	})
}

// replaceTables writes what is not the same any more.
func (t *tx) replaceTables(env string, old, changed []engine.Table) error {
	before := map[[3]string][]byte{}
	for _, table := range old {
		before[table.Key()] = table.Definition
	}
	for _, table := range changed {
		stored, ok := before[table.Key()]
		delete(before, table.Key())
		if ok && bytes.Equal(stored, table.Definition) {
			continue
		}
		home, err := t.home(env, table.Key())
		if err != nil {
			return err
		}
		err = t.exec(`INSERT INTO tables VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET definition = excluded.definition`,
			home, table.Catalog, table.Database, table.Name, string(table.Definition))
		if err != nil {
			return fmt.Errorf("put table: %w", err)
		}
	}
	for key := range before {
		home, err := t.home(env, key)
		if err != nil {
			return err
		}
		err = t.exec(
			"DELETE FROM tables WHERE env IN (?, ?) AND catalog = ? AND db = ? AND name = ?", env, home, key[0], key[1],
			key[2],
		)
		if err != nil {
			return fmt.Errorf("delete table: %w", err)
		}
	}
	return nil
}

func tables(ctx context.Context, c *conn, env string) ([]engine.Table, error) {
	visible, err := kafkaNames(ctx, c, env)
	if err != nil {
		return nil, err
	}
	rows, err := c.rows(
		ctx,
		"SELECT env, catalog, db, name, definition FROM tables WHERE env IN ('', ?) ORDER BY catalog, db, name, env",
		env,
	)
	if err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	defer rows.Close()
	var all []engine.Table
	for rows.Next() {
		var t engine.Table
		var home, definition string
		if err := rows.Scan(&home, &t.Catalog, &t.Database, &t.Name, &definition); err != nil {
			return nil, fmt.Errorf("tables: %w", err)
		}
		t.Definition = []byte(definition)
		hidden := home == "" && env != "" && !slices.Contains(visible[t.Catalog], t.Database)
		if hidden || len(all) > 0 && all[len(all)-1].Key() == t.Key() {
			continue
		}
		all = append(all, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	return all, nil
}
