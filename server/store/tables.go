package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

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
		if err := t.mayDefine(env, table.Key()); err != nil {
			return err
		}
		err := t.exec(`INSERT INTO tables VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET definition = excluded.definition`,
			env, table.Catalog, table.Database, table.Name, string(table.Definition))
		if err != nil {
			return fmt.Errorf("put table: %w", err)
		}
	}
	for key := range before {
		if err := t.mayDefine(env, key); err != nil {
			return err
		}
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

// seen are the Kafka catalogs and databases whose secret, if they need one, is
// mapped into an environment.
const seen = `SELECT kind, parent, name FROM (
		SELECT kind, parent, name, coalesce(doc ->> CASE kind
			WHEN ?1 THEN '$.spec.srInstance.connectionSecretId' ELSE '$.spec.kafkaCluster.connectionSecretId' END, '') AS secret
		FROM objects WHERE kind IN (?1, ?2))
	WHERE secret = '' OR EXISTS (
		SELECT 1 FROM objects m WHERE m.kind = ?3 AND m.env = ?4 AND m.parent = '' AND m.name = secret)
	ORDER BY kind, parent, name`

// KafkaNames implements service.KafkaNames.
func (s *Store) KafkaNames(ctx context.Context) (map[string][]string, error) {
	names := map[string][]string{}
	env := service.EnvironmentOf(ctx)
	if env == "" {
		return names, nil
	}
	err := s.read(ctx, func(c *conn) error {
		rows, err := c.rows(ctx, seen, string(service.KindCatalog), string(service.KindDatabase), string(service.KindSecretMapping), env)
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
				names[name] = nil
			} else if databases, visible := names[parent]; visible {
				names[parent] = append(databases, name)
			}
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("names of Kafka catalogs: %w", err)
	}
	return names, nil
}

// mayDefine refuses a change of a table in a Kafka database whose
// ddlEnvironments do not name the environment.
func (t *tx) mayDefine(env string, key [3]string) error {
	if key[2] == "" {
		return nil
	}
	database, err := t.Get(service.Scope{Kind: service.KindDatabase, Parent: key[0]}, key[1])
	if errors.Is(err, service.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	var allowed []string
	if raw := database.Doc.Get("spec", "ddlEnvironments"); raw != nil {
		if err := json.Unmarshal(raw, &allowed); err != nil {
			return fmt.Errorf("ddlEnvironments of %s: %w", key[1], err)
		}
	}
	if slices.Contains(allowed, env) {
		return nil
	}
	return &service.SQLError{Message: "Environment '" + env + "' may not define tables in '" + key[0] + "." + key[1] +
		"': the database's ddlEnvironments do not name it."}
}
