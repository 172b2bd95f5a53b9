package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
)

// migrations bring a data folder from the version of their index to the next.
// Those that were released are never changed.
var migrations = []string{
	`CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
	CREATE TABLE objects (
		id      INTEGER PRIMARY KEY,
		kind    TEXT NOT NULL,
		env     TEXT NOT NULL,
		parent  TEXT NOT NULL,
		name    TEXT NOT NULL,
		uid     TEXT NOT NULL,
		state   TEXT NOT NULL,
		link    TEXT NOT NULL,
		created INTEGER NOT NULL,
		updated INTEGER NOT NULL,
		due     INTEGER,
		doc     TEXT NOT NULL,
		note    TEXT
	);
	CREATE UNIQUE INDEX objects_name ON objects (kind, env, parent, name);
	CREATE INDEX objects_created ON objects (kind, env, parent, created, name);
	CREATE INDEX objects_state ON objects (kind, env, parent, state, created, name);
	CREATE INDEX objects_link ON objects (kind, env, link) WHERE link <> '';
	CREATE INDEX objects_uid ON objects (uid);
	CREATE INDEX objects_due ON objects (due) WHERE due IS NOT NULL;
	CREATE TABLE labels (
		object INTEGER NOT NULL,
		key    TEXT NOT NULL,
		value  TEXT NOT NULL,
		PRIMARY KEY (object, key)
	) WITHOUT ROWID;
	CREATE INDEX labels_value ON labels (key, value, object);
	CREATE TABLE counts (
		kind  TEXT NOT NULL,
		env   TEXT NOT NULL,
		state TEXT NOT NULL,
		n     INTEGER NOT NULL,
		PRIMARY KEY (kind, env, state)
	) WITHOUT ROWID;
	CREATE TRIGGER objects_added AFTER INSERT ON objects BEGIN
		INSERT INTO counts VALUES (new.kind, new.env, new.state, 1)
			ON CONFLICT DO UPDATE SET n = n + 1;
	END;
	CREATE TRIGGER objects_moved AFTER UPDATE OF state ON objects WHEN old.state <> new.state BEGIN
		UPDATE counts SET n = n - 1 WHERE kind = old.kind AND env = old.env AND state = old.state;
		INSERT INTO counts VALUES (new.kind, new.env, new.state, 1)
			ON CONFLICT DO UPDATE SET n = n + 1;
	END;
	CREATE TRIGGER objects_removed AFTER DELETE ON objects BEGIN
		UPDATE counts SET n = n - 1 WHERE kind = old.kind AND env = old.env AND state = old.state;
		DELETE FROM counts WHERE kind = old.kind AND env = old.env AND state = old.state AND n <= 0;
		DELETE FROM labels WHERE object = old.id;
	END;`,
	`CREATE TABLE tables (
		env        TEXT NOT NULL,
		catalog    TEXT NOT NULL,
		db         TEXT NOT NULL,
		name       TEXT NOT NULL,
		definition TEXT NOT NULL,
		PRIMARY KEY (env, catalog, db, name)
	) WITHOUT ROWID;
	CREATE TRIGGER environment_removed AFTER DELETE ON objects WHEN old.kind = 'environment' BEGIN
		DELETE FROM tables WHERE env = old.name;
	END;`,
	labelled + used,
	// Tables without an environment are those of Kafka databases.
	`CREATE TRIGGER database_removed AFTER DELETE ON objects WHEN old.kind = 'database' BEGIN
		DELETE FROM tables WHERE env = '' AND catalog = old.parent AND db = old.name;
	END;`,
	// Most rows are events, which take nothing: no trigger reads their notes.
	`DROP TRIGGER used_more;
	DROP TRIGGER used_less;
	CREATE TRIGGER used_more AFTER INSERT ON objects
		WHEN new.kind IN ('application', 'statement') AND new.note IS NOT NULL BEGIN ` + use("new", "+", "") + ` END;
	CREATE TRIGGER used_less AFTER DELETE ON objects
		WHEN old.kind IN ('application', 'statement') AND old.note IS NOT NULL BEGIN ` + use("old", "-", "") + ` END;`,
}

// labelled keeps beside a label what lists select and sort by, so that a list
// by label reads one range of an index.
const labelled = `
	CREATE TABLE labelled (
		kind    TEXT NOT NULL,
		env     TEXT NOT NULL,
		parent  TEXT NOT NULL,
		key     TEXT NOT NULL,
		value   TEXT NOT NULL,
		state   TEXT NOT NULL,
		created INTEGER NOT NULL,
		name    TEXT NOT NULL,
		object  INTEGER NOT NULL,
		PRIMARY KEY (kind, env, parent, key, value, state, created, name, object)
	) WITHOUT ROWID;
	INSERT INTO labelled SELECT o.kind, o.env, o.parent, l.key, l.value, o.state, o.created, o.name, o.id
		FROM labels l JOIN objects o ON o.id = l.object;
	CREATE INDEX labelled_object ON labelled (object);
	DROP TRIGGER objects_removed;
	DROP TABLE labels;
	CREATE TRIGGER objects_removed AFTER DELETE ON objects BEGIN
		UPDATE counts SET n = n - 1 WHERE kind = old.kind AND env = old.env AND state = old.state;
		DELETE FROM counts WHERE kind = old.kind AND env = old.env AND state = old.state AND n <= 0;
		DELETE FROM labelled WHERE object = old.id;
	END;
	CREATE TRIGGER labelled_moved AFTER UPDATE OF state ON objects WHEN old.state <> new.state BEGIN
		UPDATE labelled SET state = new.state WHERE object = new.id;
	END;`

// used sums up what applications and running statements take, by environment
// and link, out of their notes.
var used = `
	CREATE TABLE used (
		kind      TEXT NOT NULL,
		env       TEXT NOT NULL,
		link      TEXT NOT NULL,
		jm_cpu    REAL NOT NULL,
		jm_memory INTEGER NOT NULL,
		jm_count  INTEGER NOT NULL,
		tm_cpu    REAL NOT NULL,
		tm_memory INTEGER NOT NULL,
		tm_count  INTEGER NOT NULL,
		PRIMARY KEY (kind, env, link)
	) WITHOUT ROWID;
	` + use("objects", "+", " FROM objects") + `
	CREATE TRIGGER used_more AFTER INSERT ON objects BEGIN ` + use("new", "+", "") + ` END;
	CREATE TRIGGER used_less AFTER DELETE ON objects BEGIN ` + use("old", "-", "") + ` END;
	CREATE TRIGGER used_otherwise AFTER UPDATE OF note, link, state ON objects
		WHEN new.kind IN ('application', 'statement') AND (old.state <> new.state OR old.link <> new.link
			OR old.note ->> '$.resources' IS NOT new.note ->> '$.resources')
	BEGIN ` + use("old", "-", "") + use("new", "+", "") + ` END;`

// use adds what the rows take, or subtracts it.
func use(row, sign, from string) string {
	var sums, adds string
	for _, column := range []struct{ name, path string }{
		{"jm_cpu", "jobManager.cpu"},
		{"jm_memory", "jobManager.memory"},
		{"jm_count", "jobManager.count"},
		{"tm_cpu", "taskManager.cpu"},
		{"tm_memory", "taskManager.memory"},
		{"tm_count", "taskManager.count"},
	} {
		sums += ", " + sign + "total(" + row + ".note ->> '$.resources." + column.path + "')"
		adds += ", " + column.name + " = " + column.name + " + excluded." + column.name
	}
	return "INSERT INTO used SELECT " + row + ".kind, " + row + ".env, " + row + ".link" + sums + from +
		" WHERE " + row + ".note ->> '$.resources' IS NOT NULL AND (" + row + ".kind = 'application' OR " +
		row + ".kind = 'statement' AND " + row + ".state IN ('PENDING', 'RUNNING', 'FAILING')) GROUP BY 1, 2, 3" +
		" ON CONFLICT DO UPDATE SET " + adds[2:] + ";"
}

// migrate brings the schema up to date, each step in one transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return fmt.Errorf("data was written by a newer drey (schema %d, this one knows %d)", version, len(migrations))
	}
	for ; version < len(migrations); version++ {
		if err := step(ctx, db, version); err != nil {
			return fmt.Errorf("migration to schema %d: %w", version+1, err)
		}
	}
	return nil
}

func step(ctx context.Context, db *sql.DB, version int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version+1)); err != nil {
		return err
	}
	return tx.Commit()
}

// secret returns the folder's own random bytes, made at its first opening.
func secret(ctx context.Context, db *sql.DB) ([]byte, error) {
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(
		ctx, "INSERT INTO meta VALUES ('secret', ?) ON CONFLICT DO NOTHING", fresh,
	); err != nil {
		return nil, err
	}
	var stored []byte
	err := db.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'secret'").Scan(&stored)
	return stored, err
}
