package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"drey/server/engine"
	"drey/server/model"
)

var _ engine.KafkaNames = (*Store)(nil)

// seen are the Kafka catalogs and databases whose secret, if they need one, is
// mapped into an environment.
const seen = `SELECT kind, parent, name FROM (
		SELECT kind, parent, name, coalesce(doc ->> CASE kind
			WHEN ?1 THEN '$.spec.srInstance.connectionSecretId' ELSE '$.spec.kafkaCluster.connectionSecretId' END, '') AS secret
		FROM objects WHERE kind IN (?1, ?2))
	WHERE secret = '' OR EXISTS (
		SELECT 1 FROM objects m WHERE m.kind = ?3 AND m.env = ?4 AND m.parent = '' AND m.name = secret)
	ORDER BY kind, parent, name`

// KafkaNames implements engine.KafkaNames.
func (s *Store) KafkaNames(ctx context.Context, env string) (map[string][]string, error) {
	var names map[string][]string
	err := s.read(ctx, func(c *conn) error {
		var err error
		names, err = kafkaNames(ctx, c, env)
		return err
	})
	return names, err
}

func kafkaNames(ctx context.Context, c *conn, env string) (map[string][]string, error) {
	names := map[string][]string{}
	if env == "" {
		return names, nil
	}
	rows, err := c.rows(
		ctx, seen, string(model.KindCatalog), string(model.KindDatabase), string(model.KindSecretMapping), env,
	)
	if err != nil {
		return nil, fmt.Errorf("names of Kafka catalogs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, parent, name string
		if err := rows.Scan(&kind, &parent, &name); err != nil {
			return nil, fmt.Errorf("names of Kafka catalogs: %w", err)
		}
		if kind == string(model.KindCatalog) {
			names[name] = nil
		} else if databases, visible := names[parent]; visible {
			names[parent] = append(databases, name)
		}
	}
	return names, rows.Err()
}

// home is where a table is kept: with its environment, or with all of them
// where it stands for a topic of a Kafka database. It refuses a change by an
// environment that the database's ddlEnvironments do not name.
func (t *tx) home(env string, key [3]string) (string, error) {
	if key[2] == "" || env == "" {
		return env, nil
	}
	database, err := t.Get(model.Scope{Kind: model.KindDatabase, Parent: key[0]}, key[1])
	if errors.Is(err, model.ErrMissing) {
		return env, nil
	}
	if err != nil {
		return "", err
	}
	var allowed []string
	if raw := database.Doc.Get("spec", "ddlEnvironments"); raw != nil {
		if err := json.Unmarshal(raw, &allowed); err != nil {
			return "", fmt.Errorf("ddlEnvironments of %s: %w", key[1], err)
		}
	}
	if slices.Contains(allowed, env) {
		return "", nil
	}
	return "", &engine.SQLError{Message: "Environment '" + env + "' may not define tables in '" + key[0] + "." + key[1] +
		"': the database's ddlEnvironments do not name it."}
}
