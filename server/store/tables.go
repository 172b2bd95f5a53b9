package store

import (
	"bytes"
	"context"
	"fmt"

	"drey/server/service"
)

var (
	_ service.Tables     = (*Store)(nil)
	_ service.KafkaNames = (*Store)(nil)
)

// Tables implements service.Tables.
func (s *Store) Tables(ctx context.Context, env string) ([]service.Table, error) {
	var all []service.Table
	err := s.read(ctx, func(c *conn) error {
		var err error
		all, err = tables(ctx, c, env)
		return err
	})
	return all, err
}

// ChangeTables implements service.Tables.
func (s *Store) ChangeTables(ctx context.Context, env string, change func([]service.Table) ([]service.Table, error)) error {
	return s.Update(ctx, func(t service.Tx) error {
		if _, err := t.Get(service.Scope{Kind: service.KindEnvironment}, env); err != nil {
			return fmt.Errorf("environment of the table: %w", err)
		}
		tx := t.(*tx)
		old, err := tables(ctx, tx.conn, env)
		if err != nil {
			return err
		}
		changed, err := change(append([]service.Table(nil), old...))
		if err != nil {
			return err
		}
		return tx.replaceTables(env, old, changed)
	})
}

// replaceTables writes what is not the same any more.
func (t *tx) replaceTables(env string, old, changed []service.Table) error {
	before := map[[3]string][]byte{}
	for _, table := range old {
		before[table.Key()] = table.Definition
	}
	for _, table := range changed {
		kept, ok := before[table.Key()]
		delete(before, table.Key())
		if ok && bytes.Equal(kept, table.Definition) {
			continue
		}
		err := t.exec(`INSERT INTO tables VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET definition = excluded.definition`,
			env, table.Catalog, table.Database, table.Name, string(table.Definition))
		if err != nil {
			return fmt.Errorf("put table: %w", err)
		}
	}
	for key := range before {
		err := t.exec("DELETE FROM tables WHERE env = ? AND catalog = ? AND db = ? AND name = ?", env, key[0], key[1], key[2])
		if err != nil {
			return fmt.Errorf("delete table: %w", err)
		}
	}
	return nil
}

func tables(ctx context.Context, c *conn, env string) ([]service.Table, error) {
	rows, err := c.rows(ctx, "SELECT catalog, db, name, definition FROM tables WHERE env = ? ORDER BY catalog, db, name", env)
	if err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	defer rows.Close()
	var all []service.Table
	for rows.Next() {
		var t service.Table
		var definition string
		if err := rows.Scan(&t.Catalog, &t.Database, &t.Name, &definition); err != nil {
			return nil, fmt.Errorf("tables: %w", err)
		}
		t.Definition = []byte(definition)
		all = append(all, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	return all, nil
}

// KafkaNames implements service.KafkaNames.
func (s *Store) KafkaNames(ctx context.Context) (map[string][]string, error) {
	names := map[string][]string{}
	err := s.read(ctx, func(c *conn) error {
		rows, err := c.rows(ctx, "SELECT kind, parent, name FROM objects WHERE kind IN (?, ?) ORDER BY kind, parent, name",
			string(service.KindCatalog), string(service.KindDatabase))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var kind, parent, name string
			if err := rows.Scan(&kind, &parent, &name); err != nil {
				return err
			}
			if kind == string(service.KindCatalog) {
				if _, ok := names[name]; !ok {
					names[name] = nil
				}
				continue
			}
			names[parent] = append(names[parent], name)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("names of Kafka catalogs: %w", err)
	}
	return names, nil
}
